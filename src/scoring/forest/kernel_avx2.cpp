// SPDX-License-Identifier: Apache-2.0
// GCC 12 warns of values that its own intrinsics leave undefined on purpose (its bug 105593).
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <bit>

// Every function that works on vectors says so: the rest of the program runs on any x86-64.
#define GOSSAMER_VECTOR [[gnu::target("avx2,popcnt")]]

#include "scoring/forest/kernel_loops.hpp"

namespace gossamer::scoring::forest {
namespace {

struct Lanes {
  using Bytes = __m256i;
  static constexpr std::size_t rows = 32;

  GOSSAMER_VECTOR static Bytes every(char byte) { return _mm256_set1_epi8(byte); }
  GOSSAMER_VECTOR static Bytes every64(long long bits) { return _mm256_set1_epi64x(bits); }
  GOSSAMER_VECTOR static Bytes twice(const void* bytes) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(static_cast<const __m128i*>(bytes)));
  }
  GOSSAMER_VECTOR static Bytes load(const void* memory) {
    return _mm256_load_si256(static_cast<const __m256i*>(memory));
  }
  GOSSAMER_VECTOR static void store(void* memory, Bytes bytes) {
    _mm256_storeu_si256(static_cast<__m256i*>(memory), bytes);
  }
  GOSSAMER_VECTOR static Bytes both(Bytes a, Bytes b) { return _mm256_and_si256(a, b); }
  template <int bits>
  GOSSAMER_VECTOR static Bytes shifted(Bytes a) {
    return _mm256_srli_epi16(a, bits);
  }
  GOSSAMER_VECTOR static Bytes shuffled(Bytes table, Bytes index) {
    return _mm256_shuffle_epi8(table, index);
  }
  GOSSAMER_VECTOR static Bytes least(Bytes a, Bytes b) { return _mm256_min_epu8(a, b); }
  GOSSAMER_VECTOR static Bytes sum(Bytes a, Bytes b) { return _mm256_adds_epu8(a, b); }
  GOSSAMER_VECTOR static Bytes upper(Bytes index, Bytes low, Bytes high) {
    return _mm256_blendv_epi8(low, high, index);
  }
  GOSSAMER_VECTOR static Bytes keep(Bytes bits, Bytes kept, Bytes left) {
    return _mm256_and_si256(bits, _mm256_or_si256(kept, left));
  }
  GOSSAMER_VECTOR static Bytes keep_greater(Bytes bits, Bytes kept, Bytes a, Bytes b) {
    return keep(bits, kept, _mm256_cmpgt_epi8(a, b));
  }
  GOSSAMER_VECTOR static Bytes keep_equal(Bytes bits, Bytes kept, Bytes found, Bytes bit) {
    return keep(bits, kept, _mm256_cmpeq_epi8(_mm256_and_si256(found, bit), bit));
  }
  GOSSAMER_VECTOR static int below(const float* cuts, float value) {
    const __m256 all = _mm256_set1_ps(value);
    const __m256 low = _mm256_cmp_ps(_mm256_load_ps(cuts), all, _CMP_LT_OQ);
    const __m256 high = _mm256_cmp_ps(_mm256_load_ps(cuts + 8), all, _CMP_LT_OQ);
    const int mask = _mm256_movemask_ps(low) | (_mm256_movemask_ps(high) << 8);
    return std::popcount(static_cast<unsigned>(mask));
  }
  GOSSAMER_VECTOR static int below(const double* cuts, double value) {
    const __m256d all = _mm256_set1_pd(value);
    unsigned mask = 0;
    for (unsigned i = 0; i < 4; ++i) {
      const __m256d part = _mm256_cmp_pd(_mm256_load_pd(cuts + 4 * i), all, _CMP_LT_OQ);
      mask |= static_cast<unsigned>(_mm256_movemask_pd(part)) << (4 * i);
    }
    return std::popcount(mask);
  }
};

GOSSAMER_VECTOR void add32(const float* leaves, std::uint32_t /*count*/, const std::uint8_t* exits,
                           float* sums) {
  for (std::size_t row = 0; row < block_rows; row += 8) {
    const __m256i index =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(exits + row)));
    const __m256 leaf = _mm256_i32gather_ps(leaves, index, 4);
    _mm256_store_ps(sums + row, _mm256_add_ps(_mm256_load_ps(sums + row), leaf));
  }
}

GOSSAMER_VECTOR void add64(const double* leaves, std::uint32_t /*count*/, const std::uint8_t* exits,
                           double* sums) {
  for (std::size_t row = 0; row < block_rows; row += 4) {
    const __m128i index = _mm_cvtepu8_epi32(_mm_loadu_si32(exits + row));
    const __m256d leaf = _mm256_i32gather_pd(leaves, index, 8);
    _mm256_store_pd(sums + row, _mm256_add_pd(_mm256_load_pd(sums + row), leaf));
  }
}

}  // namespace

const Kernel& avx2_kernel() {
  static constexpr Kernel kernel{.name = "avx2",
                                 .rank32 = rank<Lanes, float>,
                                 .rank64 = rank<Lanes, double>,
                                 .exit_leaves = exit_leaves<Lanes>,
                                 .add32 = add32,
                                 .add64 = add64};
  return kernel;
}

}  // namespace gossamer::scoring::forest
