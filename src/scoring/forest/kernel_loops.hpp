// SPDX-License-Identifier: Apache-2.0
// The loops that every vector extension shares; a kernel's own file brings the registers as a
// struct `Lanes` and says by GOSSAMER_VECTOR, before it includes this, what its functions need of
// the processor. Lanes has:
//   Bytes, rows: a register of so many signed bytes
//   every(byte), every64(bits), twice(16 bytes, all along), load(aligned), store(unaligned)
//   both(a, b), shifted<bits>(a, 16 bits at a time), shuffled(table of 16, index), least(a, b),
//   sum(a, b, unsigned and saturated), upper(index, low, high): high where bit 7 of index is set
//   keep_greater(bits, kept, a, b): bits, where not a > b only those of kept
//   keep_equal(bits, kept, found, bit): bits, where found lacks bit only those of kept
//   below(16 cuts, value): how many of them are less
#pragma once

#include "scoring/forest/kernel.hpp"

namespace gossamer::scoring::forest {
namespace {

template <class Lanes, class Number>
GOSSAMER_VECTOR void rank(const Number* values, const Number* cuts, std::uint32_t blocks,
                          std::int8_t* ranks) {
  for (std::size_t row = 0; row < block_rows; ++row) {
    const int block = blocks > 1 ? Lanes::below(cuts, values[row]) : 0;
    const int fine = Lanes::below(cuts + 16 + 16 * block, values[row]);
    ranks[row] = static_cast<std::int8_t>(16 * block + fine - rank_bias);
  }
}

// Registers that stay in use.
constexpr std::size_t lanes = 4;

template <class Lanes>
GOSSAMER_VECTOR inline void test_ranks(const RankTest& test, const std::int8_t* ranks,
                                       typename Lanes::Bytes* bits) {
  const auto threshold = Lanes::every(test.threshold);
  const auto kept = Lanes::every(static_cast<char>(test.kept));
  for (std::size_t i = 0; i < lanes; ++i) {
    bits[i] = Lanes::keep_greater(bits[i], kept, threshold, Lanes::load(ranks + Lanes::rows * i));
  }
}

// The table's bit of each class: its byte by two shuffles of 16, then the bit in it by a third.
template <class Lanes>
GOSSAMER_VECTOR inline void test_sets(const SetTest& test, const SetTable& table,
                                      const std::int8_t* classes, typename Lanes::Bytes* bits) {
  const auto low = Lanes::twice(table.data());
  const auto high = Lanes::twice(table.data() + 16);
  const auto powers = Lanes::every64(static_cast<long long>(0x8040201008040201ULL));
  const auto kept = Lanes::every(static_cast<char>(test.kept));
  for (std::size_t i = 0; i < lanes; ++i) {
    const auto index = Lanes::load(classes + Lanes::rows * i);
    const auto byte = Lanes::both(Lanes::template shifted<3>(index), Lanes::every(0x1F));
    const auto found = Lanes::upper(index, Lanes::shuffled(low, byte), Lanes::shuffled(high, byte));
    const auto bit = Lanes::shuffled(powers, Lanes::both(index, Lanes::every(7)));
    bits[i] = Lanes::keep_equal(bits[i], kept, found, bit);
  }
}

// The lowest bit of each byte, plus `base`; 255 where there is none.
template <class Lanes>
GOSSAMER_VECTOR inline typename Lanes::Bytes lowest_bit(typename Lanes::Bytes bits,
                                                        typename Lanes::Bytes base) {
  alignas(16) static constexpr std::int8_t of_low[16] = {-1, 0, 1, 0, 2, 0, 1, 0,
                                                         3,  0, 1, 0, 2, 0, 1, 0};
  alignas(16) static constexpr std::int8_t of_high[16] = {-1, 4, 5, 4, 6, 4, 5, 4,
                                                          7,  4, 5, 4, 6, 4, 5, 4};
  const auto nibble = Lanes::every(0x0F);
  const auto low = Lanes::shuffled(Lanes::twice(of_low), Lanes::both(bits, nibble));
  const auto high =
      Lanes::shuffled(Lanes::twice(of_high), Lanes::both(Lanes::template shifted<4>(bits), nibble));
  return Lanes::sum(Lanes::least(low, high), base);
}

template <class Lanes>
GOSSAMER_VECTOR void exit_leaves(const TreeTests& tests, const std::int8_t* planes,
                                 std::uint8_t* exits) {
  using Bytes = typename Lanes::Bytes;
  constexpr std::size_t pass_rows = Lanes::rows * lanes;
  static_assert(block_rows % pass_rows == 0);
  const Bytes ones = Lanes::every(-1);
  for (std::size_t pass = 0; pass < block_rows; pass += pass_rows) {
    Bytes found[lanes] = {ones, ones, ones, ones};
    for (std::size_t byte = 0; byte < tests.bytes.size(); ++byte) {
      const ByteTests& of_byte = tests.bytes[byte];
      Bytes bits[lanes] = {ones, ones, ones, ones};
      const RankTest* const rank_tests = tests.rank_tests + of_byte.first_rank_test;
      for (std::uint32_t i = 0; i < of_byte.rank_tests; ++i) {
        test_ranks<Lanes>(rank_tests[i], planes + rank_tests[i].plane * block_rows + pass, bits);
      }
      const SetTest* const set_tests = tests.set_tests + of_byte.first_set_test;
      for (std::uint32_t i = 0; i < of_byte.set_tests; ++i) {
        test_sets<Lanes>(set_tests[i], tests.tables[set_tests[i].table],
                         planes + set_tests[i].plane * block_rows + pass, bits);
      }
      const Bytes base = Lanes::every(static_cast<char>(byte * 8));
      for (std::size_t i = 0; i < lanes; ++i)
        found[i] = Lanes::least(found[i], lowest_bit<Lanes>(bits[i], base));
    }
    for (std::size_t i = 0; i < lanes; ++i)
      Lanes::store(exits + pass + Lanes::rows * i, found[i]);
  }
}

}  // namespace
}  // namespace gossamer::scoring::forest
