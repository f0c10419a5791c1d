// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/kernel.hpp"

// GCC 12 warns of values that its own intrinsics leave undefined on purpose (its bug 105593).
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <bit>

#define GOSSAMER_AVX512 [[gnu::target("avx2,avx512f,avx512bw,avx512vl,popcnt")]]

namespace gossamer::scoring::forest {
namespace {

constexpr std::size_t lane_rows = 64;  // of a register of bytes
constexpr std::size_t lanes = 4;       // registers that stay in use: a whole block
static_assert(lane_rows * lanes == block_rows);

GOSSAMER_AVX512 inline int below(const float* cuts, __m512 value) {
  return std::popcount(
      static_cast<unsigned>(_mm512_cmp_ps_mask(_mm512_load_ps(cuts), value, _CMP_LT_OQ)));
}

GOSSAMER_AVX512 inline int below(const double* cuts, __m512d value) {
  const auto low =
      static_cast<unsigned>(_mm512_cmp_pd_mask(_mm512_load_pd(cuts), value, _CMP_LT_OQ));
  const auto high =
      static_cast<unsigned>(_mm512_cmp_pd_mask(_mm512_load_pd(cuts + 8), value, _CMP_LT_OQ));
  return std::popcount(low | (high << 8U));
}

GOSSAMER_AVX512 void rank32(const float* values, const float* cuts, std::uint32_t blocks,
                            std::int8_t* ranks) {
  for (std::size_t row = 0; row < block_rows; ++row) {
    const __m512 value = _mm512_set1_ps(values[row]);
    const int block = blocks > 1 ? below(cuts, value) : 0;
    const int fine = below(cuts + 16 + 16 * block, value);
    ranks[row] = static_cast<std::int8_t>(16 * block + fine - rank_bias);
  }
}

GOSSAMER_AVX512 void rank64(const double* values, const double* cuts, std::uint32_t blocks,
                            std::int8_t* ranks) {
  for (std::size_t row = 0; row < block_rows; ++row) {
    const __m512d value = _mm512_set1_pd(values[row]);
    const int block = blocks > 1 ? below(cuts, value) : 0;
    const int fine = below(cuts + 16 + 16 * block, value);
    ranks[row] = static_cast<std::int8_t>(16 * block + fine - rank_bias);
  }
}

// bits & (kept | left).
GOSSAMER_AVX512 inline __m512i keep(__m512i bits, __m512i kept, __mmask64 left) {
  constexpr int a_and_b_or_c = 0xE0;
  return _mm512_ternarylogic_epi64(bits, kept, _mm512_movm_epi8(left), a_and_b_or_c);
}

GOSSAMER_AVX512 inline void test_ranks(const RankTest& test, const std::int8_t* ranks,
                                       __m512i* bits) {
  const __m512i threshold = _mm512_set1_epi8(test.threshold);
  const __m512i kept = _mm512_set1_epi8(static_cast<char>(test.kept));
  for (std::size_t i = 0; i < lanes; ++i) {
    const __m512i of_rows = _mm512_load_si512(ranks + lane_rows * i);
    bits[i] = keep(bits[i], kept, _mm512_cmpgt_epi8_mask(threshold, of_rows));
  }
}

// The table's bit of each class: its byte by two shuffles of 16, then the bit in it by a third.
GOSSAMER_AVX512 inline void test_sets(const SetTest& test, const SetTable& table,
                                      const std::int8_t* classes, __m512i* bits) {
  const auto* const halves = reinterpret_cast<const __m128i*>(table.data());
  const __m512i low = _mm512_broadcast_i32x4(_mm_loadu_si128(halves));
  const __m512i high = _mm512_broadcast_i32x4(_mm_loadu_si128(halves + 1));
  const __m512i powers = _mm512_set1_epi64(static_cast<long long>(0x8040201008040201ULL));
  const __m512i kept = _mm512_set1_epi8(static_cast<char>(test.kept));
  for (std::size_t i = 0; i < lanes; ++i) {
    const __m512i index = _mm512_load_si512(classes + lane_rows * i);
    const __m512i byte = _mm512_and_si512(_mm512_srli_epi16(index, 3), _mm512_set1_epi8(0x1F));
    const __m512i from_low = _mm512_shuffle_epi8(low, byte);
    // Bit 7 of the index says which half.
    const __m512i found =
        _mm512_mask_shuffle_epi8(from_low, _mm512_movepi8_mask(index), high, byte);
    const __m512i bit = _mm512_shuffle_epi8(powers, _mm512_and_si512(index, _mm512_set1_epi8(7)));
    bits[i] = keep(bits[i], kept, _mm512_test_epi8_mask(found, bit));
  }
}

// The lowest bit of each byte, plus `base`; 255 where there is none.
GOSSAMER_AVX512 inline __m512i lowest_bit(__m512i bits, __m512i base) {
  const __m512i of_low =
      _mm512_broadcast_i32x4(_mm_setr_epi8(-1, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0));
  const __m512i of_high =
      _mm512_broadcast_i32x4(_mm_setr_epi8(-1, 4, 5, 4, 6, 4, 5, 4, 7, 4, 5, 4, 6, 4, 5, 4));
  const __m512i nibble = _mm512_set1_epi8(0x0F);
  const __m512i low = _mm512_shuffle_epi8(of_low, _mm512_and_si512(bits, nibble));
  const __m512i high =
      _mm512_shuffle_epi8(of_high, _mm512_and_si512(_mm512_srli_epi16(bits, 4), nibble));
  return _mm512_adds_epu8(_mm512_min_epu8(low, high), base);
}

GOSSAMER_AVX512 void exit_leaves(const TreeTests& tests, const std::int8_t* planes,
                                 std::uint8_t* exits) {
  const __m512i ones = _mm512_set1_epi8(-1);
  __m512i found[lanes] = {ones, ones, ones, ones};
  for (std::size_t byte = 0; byte < tests.bytes.size(); ++byte) {
    const ByteTests& of_byte = tests.bytes[byte];
    __m512i bits[lanes] = {ones, ones, ones, ones};
    const RankTest* const rank_tests = tests.rank_tests + of_byte.first_rank_test;
    for (std::uint32_t i = 0; i < of_byte.rank_tests; ++i)
      test_ranks(rank_tests[i], planes + rank_tests[i].plane * block_rows, bits);
    const SetTest* const set_tests = tests.set_tests + of_byte.first_set_test;
    for (std::uint32_t i = 0; i < of_byte.set_tests; ++i) {
      test_sets(set_tests[i], tests.tables[set_tests[i].table],
                planes + set_tests[i].plane * block_rows, bits);
    }
    const __m512i base = _mm512_set1_epi8(static_cast<char>(byte * 8));
    for (std::size_t i = 0; i < lanes; ++i)
      found[i] = _mm512_min_epu8(found[i], lowest_bit(bits[i], base));
  }
  for (std::size_t i = 0; i < lanes; ++i)
    _mm512_storeu_si512(exits + lane_rows * i, found[i]);
}

// Up to 64 leaves fit into four registers, and looking them up there beats a gather.
GOSSAMER_AVX512 inline __m512 look_up(const __m512* table, std::uint32_t count, __m512i index) {
  const __m512 first = _mm512_permutex2var_ps(table[0], index, table[1]);
  if (count <= 32) return first;
  const __m512 second = _mm512_permutex2var_ps(table[2], index, table[3]);
  const __mmask16 upper = _mm512_test_epi32_mask(index, _mm512_set1_epi32(32));
  return _mm512_mask_blend_ps(upper, first, second);
}

GOSSAMER_AVX512 void add32(const float* leaves, std::uint32_t count, const std::uint8_t* exits,
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
GOSSAMER_AVX512 inline __m512d look_up(const __m512d* table, std::uint32_t count, __m512i index) {
  const __m512d first = _mm512_permutex2var_pd(table[0], index, table[1]);
  if (count <= 16) return first;
  const __m512d second = _mm512_permutex2var_pd(table[2], index, table[3]);
  const __mmask8 upper = _mm512_test_epi64_mask(index, _mm512_set1_epi64(16));
  return _mm512_mask_blend_pd(upper, first, second);
}

GOSSAMER_AVX512 void add64(const double* leaves, std::uint32_t count, const std::uint8_t* exits,
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
                                 .rank32 = rank32,
                                 .rank64 = rank64,
                                 .exit_leaves = exit_leaves,
                                 .add32 = add32,
                                 .add64 = add64};
  return kernel;
}

}  // namespace gossamer::scoring::forest
