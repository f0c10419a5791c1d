// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/kernel.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace gossamer::scoring::forest {
namespace {

template <class T>
void rank(const T* values, const T* cuts, std::uint32_t blocks, std::int8_t* ranks) {
  const T* const fine = cuts + 16;
  for (std::size_t row = 0; row < block_rows; ++row) {
    const T value = values[row];
    int block = 0;
    for (std::uint32_t i = 0; i + 1 < blocks; ++i)
      block += static_cast<int>(cuts[i] < value);
    int below = block * 16;
    for (int i = 0; i < 16; ++i)
      below += static_cast<int>(fine[block * 16 + i] < value);
    ranks[row] = static_cast<std::int8_t>(below - rank_bias);
  }
}

void apply(const SetTable& table, std::uint8_t kept, const std::int8_t* classes,
           std::uint8_t* bits) {
  for (std::size_t row = 0; row < block_rows; ++row) {
    const auto index = static_cast<std::uint8_t>(classes[row]);
    const bool left = ((table[index / 8] >> (index % 8)) & 1U) != 0;
    bits[row] &= left ? std::uint8_t{0xFF} : kept;
  }
}

void exit_leaves(const TreeTests& tests, const std::int8_t* planes, std::uint8_t* exits) {
  std::fill_n(exits, block_rows, std::uint8_t{255});
  std::array<std::uint8_t, block_rows> bits;
  for (std::size_t byte = 0; byte < tests.bytes.size(); ++byte) {
    const ByteTests& of_byte = tests.bytes[byte];
    bits.fill(0xFF);
    for (std::uint32_t i = 0; i < of_byte.rank_tests; ++i) {
      const RankTest test = tests.rank_tests[of_byte.first_rank_test + i];
      const std::int8_t* ranks = planes + test.plane * block_rows;
      for (std::size_t row = 0; row < block_rows; ++row) {
        const int left = -static_cast<int>(test.threshold > ranks[row]);
        bits[row] &= static_cast<std::uint8_t>(test.kept | left);
      }
    }
    for (std::uint32_t i = 0; i < of_byte.set_tests; ++i) {
      const SetTest& test = tests.set_tests[of_byte.first_set_test + i];
      apply(tests.tables[test.table], test.kept, planes + test.plane * block_rows, bits.data());
    }
    for (std::size_t row = 0; row < block_rows; ++row) {
      const int leaf = static_cast<int>(byte) * 8 + std::countr_zero(bits[row]);
      const int found = bits[row] == 0 ? 255 : leaf;
      exits[row] = static_cast<std::uint8_t>(std::min<int>(exits[row], found));
    }
  }
}

template <class T>
void add(const T* leaves, std::uint32_t /*count*/, const std::uint8_t* exits, T* sums) {
  for (std::size_t row = 0; row < block_rows; ++row)
    sums[row] += leaves[exits[row]];
}

}  // namespace

const Kernel& portable_kernel() {
  static constexpr Kernel kernel{.name = "portable",
                                 .rank32 = rank<float>,
                                 .rank64 = rank<double>,
                                 .exit_leaves = exit_leaves,
                                 .add32 = add<float>,
                                 .add64 = add<double>};
  return kernel;
}

}  // namespace gossamer::scoring::forest
