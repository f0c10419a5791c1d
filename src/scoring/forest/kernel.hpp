// SPDX-License-Identifier: Apache-2.0
// The loops that the time goes into, once in portable code and once for each vector extension. All
// give the same bits: they compare, count and look up, and every row's sum is added in tree order.
#pragma once

#include "scoring/forest/plan.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace gossamer::scoring::forest {

// What exit_leaves reads, of one tree.
struct TreeTests {
  std::span<const ByteTests> bytes;  // of the tree
  const RankTest* rank_tests = nullptr;
  const SetTest* set_tests = nullptr;
  const SetTable* tables = nullptr;
};

// Arrays of rows have block_rows entries; those of the plan and the planes begin on 64 bytes.
struct Kernel {
  std::string_view name;
  // How many of a chunk's cuts are below each value (none is below NaN), less rank_bias.
  void (*rank32)(const float* values, const float* cuts, std::uint32_t blocks,
                 std::int8_t* ranks) = nullptr;
  void (*rank64)(const double* values, const double* cuts, std::uint32_t blocks,
                 std::int8_t* ranks) = nullptr;
  // The place of each row's leaf; `planes` are block_rows bytes each.
  void (*exit_leaves)(const TreeTests& tests, const std::int8_t* planes,
                      std::uint8_t* exits) = nullptr;
  // sums[row] += leaves[exits[row]].
  void (*add32)(const float* leaves, std::uint32_t count, const std::uint8_t* exits,
                float* sums) = nullptr;
  void (*add64)(const double* leaves, std::uint32_t count, const std::uint8_t* exits,
                double* sums) = nullptr;
};

const Kernel& portable_kernel();
const Kernel& avx2_kernel();    // needs AVX2
const Kernel& avx512_kernel();  // needs AVX-512 F, BW and VL

enum class Path : std::uint8_t { portable, avx2, avx512bw };
std::string_view name_of(Path path);
// Those that this processor can run; the last is the fastest.
std::span<const Path> available_paths();
// Of an available path.
const Kernel& kernel_of(Path path);

}  // namespace gossamer::scoring::forest
