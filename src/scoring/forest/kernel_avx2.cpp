// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/kernel.hpp"

// GCC 12 warns of values that its own intrinsics leave undefined on purpose (its bug 105593).
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include <bit>

// Every function that works on vectors says so: the rest of the program runs on any x86-64.
#define GOSSAMER_AVX2 [[gnu::target("avx2,popcnt")]]

namespace gossamer::scoring::forest {
namespace {

constexpr std::size_t lane_rows = 32;  // of a register of bytes
constexpr std::size_t lanes = 4;       // registers that stay in use
constexpr std::size_t pass_rows = lane_rows * lanes;

GOSSAMER_AVX2 inline int below(const float* cuts, __m256 value) {
  const __m256 low = _mm256_cmp_ps(_mm256_load_ps(cuts), value, _CMP_LT_OQ);
  const __m256 high = _mm256_cmp_ps(_mm256_load_ps(cuts + 8), value, _CMP_LT_OQ);
  const int mask = _mm256_movemask_ps(low) | (_mm256_movemask_ps(high) << 8);
  return std::popcount(static_cast<unsigned>(mask));
}

GOSSAMER_AVX2 inline int below(const double* cuts, __m256d value) {
  unsigned mask = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const __m256d part = _mm256_cmp_pd(_mm256_load_pd(cuts + 4 * i), value, _CMP_LT_OQ);
    mask |= static_cast<unsigned>(_mm256_movemask_pd(part)) << (4 * i);
  }
  return std::popcount(mask);
}

GOSSAMER_AVX2 void rank32(const float* values, const float* cuts, std::uint32_t blocks,
                          std::int8_t* ranks) {
  for (std::size_t row = 0; row < block_rows; ++row) {
    const __m256 value = _mm256_set1_ps(values[row]);
    const int block = blocks > 1 ? below(cuts, value) : 0;
    const int fine = below(cuts + 16 + 16 * block, value);
    ranks[row] = static_cast<std::int8_t>(16 * block + fine - rank_bias);
  }
}

GOSSAMER_AVX2 void rank64(const double* values, const double* cuts, std::uint32_t blocks,
                          std::int8_t* ranks) {
  for (std::size_t row = 0; row < block_rows; ++row) {
    const __m256d value = _mm256_set1_pd(values[row]);
    const int block = blocks > 1 ? below(cuts, value) : 0;
    const int fine = below(cuts + 16 + 16 * block, value);
    ranks[row] = static_cast<std::int8_t>(16 * block + fine - rank_bias);
  }
}

GOSSAMER_AVX2 inline __m256i load(const void* memory) {
  return _mm256_load_si256(static_cast<const __m256i*>(memory));
}

GOSSAMER_AVX2 inline void test_ranks(const RankTest& test, const std::int8_t* ranks,
                                     __m256i* bits) {
  const __m256i threshold = _mm256_set1_epi8(test.threshold);
  const __m256i kept = _mm256_set1_epi8(static_cast<char>(test.kept));
  for (std::size_t i = 0; i < lanes; ++i) {
    const __m256i left = _mm256_cmpgt_epi8(threshold, load(ranks + lane_rows * i));
    bits[i] = _mm256_and_si256(bits[i], _mm256_or_si256(kept, left));
  }
}

// The table's bit of each class: its byte by two shuffles of 16, then the bit in it by a third.
GOSSAMER_AVX2 inline void test_sets(const SetTest& test, const SetTable& table,
                                    const std::int8_t* classes, __m256i* bits) {
  const auto* const halves = reinterpret_cast<const __m128i*>(table.data());
  const __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128(halves));
  const __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128(halves + 1));
  const __m256i powers = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201ULL));
  const __m256i kept = _mm256_set1_epi8(static_cast<char>(test.kept));
  for (std::size_t i = 0; i < lanes; ++i) {
    const __m256i index = load(classes + lane_rows * i);
    const __m256i byte = _mm256_and_si256(_mm256_srli_epi16(index, 3), _mm256_set1_epi8(0x1F));
    const __m256i from_low = _mm256_shuffle_epi8(low, byte);
    const __m256i from_high = _mm256_shuffle_epi8(high, byte);
    // Bit 7 of the index says which half.
    const __m256i found = _mm256_blendv_epi8(from_low, from_high, index);
    const __m256i bit = _mm256_shuffle_epi8(powers, _mm256_and_si256(index, _mm256_set1_epi8(7)));
    const __m256i left = _mm256_cmpeq_epi8(_mm256_and_si256(found, bit), bit);
    bits[i] = _mm256_and_si256(bits[i], _mm256_or_si256(kept, left));
  }
}

// The lowest bit of each byte, plus `base`; 255 where there is none.
GOSSAMER_AVX2 inline __m256i lowest_bit(__m256i bits, __m256i base) {
  const __m256i of_low = _mm256_setr_epi8(-1, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0, -1, 0, 1,
                                          0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0);
  const __m256i of_high = _mm256_setr_epi8(-1, 4, 5, 4, 6, 4, 5, 4, 7, 4, 5, 4, 6, 4, 5, 4, -1, 4,
                                           5, 4, 6, 4, 5, 4, 7, 4, 5, 4, 6, 4, 5, 4);
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const __m256i low = _mm256_shuffle_epi8(of_low, _mm256_and_si256(bits, nibble));
  const __m256i high =
      _mm256_shuffle_epi8(of_high, _mm256_and_si256(_mm256_srli_epi16(bits, 4), nibble));
  return _mm256_adds_epu8(_mm256_min_epu8(low, high), base);
}

GOSSAMER_AVX2 void exit_leaves(const TreeTests& tests, const std::int8_t* planes,
                               std::uint8_t* exits) {
  const __m256i ones = _mm256_set1_epi8(-1);
  for (std::size_t pass = 0; pass < block_rows; pass += pass_rows) {
    __m256i found[lanes] = {ones, ones, ones, ones};
    for (std::size_t byte = 0; byte < tests.bytes.size(); ++byte) {
      const ByteTests& of_byte = tests.bytes[byte];
      __m256i bits[lanes] = {ones, ones, ones, ones};
      const RankTest* const rank_tests = tests.rank_tests + of_byte.first_rank_test;
      for (std::uint32_t i = 0; i < of_byte.rank_tests; ++i)
        test_ranks(rank_tests[i], planes + rank_tests[i].plane * block_rows + pass, bits);
      const SetTest* const set_tests = tests.set_tests + of_byte.first_set_test;
      for (std::uint32_t i = 0; i < of_byte.set_tests; ++i) {
        test_sets(set_tests[i], tests.tables[set_tests[i].table],
                  planes + set_tests[i].plane * block_rows + pass, bits);
      }
      const __m256i base = _mm256_set1_epi8(static_cast<char>(byte * 8));
      for (std::size_t i = 0; i < lanes; ++i)
        found[i] = _mm256_min_epu8(found[i], lowest_bit(bits[i], base));
    }
    for (std::size_t i = 0; i < lanes; ++i) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(exits + pass + lane_rows * i), found[i]);
    }
  }
}

GOSSAMER_AVX2 void add32(const float* leaves, std::uint32_t /*count*/, const std::uint8_t* exits,
                         float* sums) {
  for (std::size_t row = 0; row < block_rows; row += 8) {
    const __m256i index =
        _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(exits + row)));
    const __m256 leaf = _mm256_i32gather_ps(leaves, index, 4);
    _mm256_store_ps(sums + row, _mm256_add_ps(_mm256_load_ps(sums + row), leaf));
  }
}

GOSSAMER_AVX2 void add64(const double* leaves, std::uint32_t /*count*/, const std::uint8_t* exits,
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
                                 .rank32 = rank32,
                                 .rank64 = rank64,
                                 .exit_leaves = exit_leaves,
                                 .add32 = add32,
                                 .add64 = add64};
  return kernel;
}

}  // namespace gossamer::scoring::forest
