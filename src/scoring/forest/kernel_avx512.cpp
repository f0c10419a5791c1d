// SPDX-License-Identifier: Apache-2.0
// GCC 12 warns of values that its own intrinsics leave undefined on purpose (its bug 105593).
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <bit>

#define GOSSAMER_VECTOR [[gnu::target("avx2,avx512f,avx512bw,avx512vl,popcnt")]]

#include "scoring/forest/kernel_loops.hpp"

namespace gossamer::scoring::forest {
namespace {

struct Lanes {
  using Bytes = __m512i;
  static constexpr std::size_t rows = 64;

  GOSSAMER_VECTOR static Bytes every(char byte) { return _mm512_set1_epi8(byte); }
  GOSSAMER_VECTOR static Bytes every64(long long bits) { return _mm512_set1_epi64(bits); }
  GOSSAMER_VECTOR static Bytes twice(const void* bytes) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128(static_cast<const __m128i*>(bytes)));
  }
  GOSSAMER_VECTOR static Bytes load(const void* memory) { return _mm512_load_si512(memory); }
  GOSSAMER_VECTOR static void store(void* memory, Bytes bytes) {
    _mm512_storeu_si512(memory, bytes);
  }
  GOSSAMER_VECTOR static Bytes both(Bytes a, Bytes b) { return _mm512_and_si512(a, b); }
  template <int bits>
  GOSSAMER_VECTOR static Bytes shifted(Bytes a) {
    return _mm512_srli_epi16(a, bits);
  }
  GOSSAMER_VECTOR static Bytes shuffled(Bytes table, Bytes index) {
    return _mm512_shuffle_epi8(table, index);
  }
  GOSSAMER_VECTOR static Bytes least(Bytes a, Bytes b) { return _mm512_min_epu8(a, b); }
  GOSSAMER_VECTOR static Bytes sum(Bytes a, Bytes b) { return _mm512_adds_epu8(a, b); }
  GOSSAMER_VECTOR static Bytes upper(Bytes index, Bytes low, Bytes high) {
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
  }
  GOSSAMER_VECTOR static Bytes keep(Bytes bits, Bytes kept, __mmask64 left) {
    constexpr int a_and_b_or_c = 0xE0;
    return _mm512_ternarylogic_epi64(bits, kept, _mm512_movm_epi8(left), a_and_b_or_c);
  }
  GOSSAMER_VECTOR static Bytes keep_greater(Bytes bits, Bytes kept, Bytes a, Bytes b) {
    return keep(bits, kept, _mm512_cmpgt_epi8_mask(a, b));
  }
  GOSSAMER_VECTOR static Bytes keep_equal(Bytes bits, Bytes kept, Bytes found, Bytes bit) {
    return keep(bits, kept, _mm512_test_epi8_mask(found, bit));
  }
  GOSSAMER_VECTOR static int below(const float* cuts, float value) {
    return std::popcount(static_cast<unsigned>(
        _mm512_cmp_ps_mask(_mm512_load_ps(cuts), _mm512_set1_ps(value), _CMP_LT_OQ)));
  }
  GOSSAMER_VECTOR static int below(const double* cuts, double value) {
    const __m512d all = _mm512_set1_pd(value);
    const auto low =
        static_cast<unsigned>(_mm512_cmp_pd_mask(_mm512_load_pd(cuts), all, _CMP_LT_OQ));
    const auto high =
        static_cast<unsigned>(_mm512_cmp_pd_mask(_mm512_load_pd(cuts + 8), all, _CMP_LT_OQ));
    return std::popcount(low | (high << 8U));
  }
};

// Up to 64 leaves fit into four registers, and looking them up there beats a gather.
GOSSAMER_VECTOR inline __m512 look_up(const __m512* table, std::uint32_t count, __m512i index) {
  const __m512 first = _mm512_permutex2var_ps(table[0], index, table[1]);
  if (count <= 32) return first;
  const __m512 second = _mm512_permutex2var_ps(table[2], index, table[3]);
  const __mmask16 upper = _mm512_test_epi32_mask(index, _mm512_set1_epi32(32));
  return _mm512_mask_blend_ps(upper, first, second);
}

GOSSAMER_VECTOR void add32(const float* leaves, std::uint32_t count, const std::uint8_t* exits,
                           float* sums) {
  __m512 table[4] = {};
  for (std::uint32_t i = 0; i < 4 && i * 16 < count; ++i)
    table[i] = _mm512_load_ps(leaves + std::size_t{16} * i);
  for (std::size_t row = 0; row < block_rows; row += 16) {
    const __m512i index =
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(exits + row)));
    const __m512 leaf =
        count <= 64 ? look_up(table, count, index) : _mm512_i32gather_ps(index, leaves, 4);
    _mm512_store_ps(sums + row, _mm512_add_ps(_mm512_load_ps(sums + row), leaf));
  }
}

// Up to 32 leaves; two of eight in a look-up.
GOSSAMER_VECTOR inline __m512d look_up(const __m512d* table, std::uint32_t count, __m512i index) {
  const __m512d first = _mm512_permutex2var_pd(table[0], index, table[1]);
  if (count <= 16) return first;
  const __m512d second = _mm512_permutex2var_pd(table[2], index, table[3]);
  const __mmask8 upper = _mm512_test_epi64_mask(index, _mm512_set1_epi64(16));
  return _mm512_mask_blend_pd(upper, first, second);
}

GOSSAMER_VECTOR void add64(const double* leaves, std::uint32_t count, const std::uint8_t* exits,
                           double* sums) {
  __m512d table[4] = {};
  for (std::uint32_t i = 0; i < 4 && i * 8 < count; ++i)
    table[i] = _mm512_load_pd(leaves + std::size_t{8} * i);
  for (std::size_t row = 0; row < block_rows; row += 8) {
    const __m512i index =
        _mm512_cvtepu8_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(exits + row)));
    const __m512d leaf =
        count <= 32 ? look_up(table, count, index) : _mm512_i64gather_pd(index, leaves, 8);
    _mm512_store_pd(sums + row, _mm512_add_pd(_mm512_load_pd(sums + row), leaf));
  }
}

}  // namespace

const Kernel& avx512_kernel() {
  static constexpr Kernel kernel{.name = "avx512bw",
                                 .rank32 = rank<Lanes, float>,
                                 .rank64 = rank<Lanes, double>,
                                 .exit_leaves = exit_leaves<Lanes>,
                                 .add32 = add32,
                                 .add64 = add64};
  return kernel;
}

}  // namespace gossamer::scoring::forest
