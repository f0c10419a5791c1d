// SPDX-License-Identifier: Apache-2.0
// A forest prepared for scoring 256 rows at a time, in the manner of RapidScorer (KDD 2018) and
// QuickScorer (SIGIR 2015). A feature's thresholds, in order, become ranks, and a value is replaced
// by how many of them lie below it: then `value <= threshold j` is `rank <= j`, exactly. Each leaf
// of a tree is a bit; a split whose test fails clears the bits of its left subtree; the lowest bit
// that is left is the leaf. Nothing is compared but bytes: a feature with more than 255 thresholds
// has several *planes* of ranks, one for each 255 of them, and one that sends its missing values to
// different sides has a plane for each way.
#pragma once

#include "scoring/forest/aligned.hpp"
#include "scoring/forest/forest.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gossamer::scoring::forest {

inline constexpr std::size_t block_rows = 256;
inline constexpr std::size_t cuts_per_plane = 255;
inline constexpr std::size_t leaves_max = 256;  // of a tree whose leaves are bits

// Ranks are kept less 128, so that signed bytes compare as they should.
inline constexpr int rank_bias = 128;

// `value <= threshold` for a plane's rows: goes left where `threshold > rank`. `kept` are the bits
// that stay where it goes right.
struct RankTest {
  std::uint16_t plane = 0;
  std::int8_t threshold = 0;
  std::uint8_t kept = 0;
};

// A categorical test: the plane holds classes of codes, the table says which go left.
struct SetTest {
  std::uint32_t table = 0;
  std::uint16_t plane = 0;
  std::uint8_t kept = 0;
};
using SetTable = std::array<std::uint8_t, 32>;  // a bit per class

// The tests that touch one byte of a tree's bits.
struct ByteTests {
  std::uint32_t first_rank_test = 0;
  std::uint32_t rank_tests = 0;
  std::uint32_t first_set_test = 0;
  std::uint32_t set_tests = 0;
};

struct PlannedTree {
  bool is_walked = false;  // too many leaves or categories for bits: Plan::walked says which tree
  std::uint32_t first_byte = 0;
  std::uint32_t bytes = 0;
  std::uint32_t first_leaf = 0;  // in Plan::leaves32 or leaves64, padded to 16, 32, 64, ...
  std::uint32_t leaves = 0;
  std::uint32_t output = 0;
};

// What stands in a plane where the value is missing.
enum class Fill : std::uint8_t { nan_left, nan_right, nan_as_zero, zero_left, zero_right };

// Up to 255 cuts. 16 coarse ones, each the last of 16 fine ones but the final block's, then the
// fine ones in blocks of 16; what is not there is NaN, which is below no value.
struct Chunk {
  std::uint32_t first_cut = 0;  // of the coarse ones, in Plan::cuts32 or cuts64
  std::uint32_t blocks = 0;
  std::uint32_t first_plane = 0;  // one for each fill
  std::int8_t rank_of_zero = 0;   // less rank_bias
};

// A feature's codes in classes: 0 for those in no set and what is no code, 1 for NaN, 2... for a
// code of a set each.
struct CategoryPlane {
  std::uint16_t plane = 0;
  std::vector<std::uint8_t> class_of;  // by code
};

struct PlannedFeature {
  std::uint32_t feature = 0;
  std::vector<Fill> fills;
  std::vector<Chunk> chunks;
  std::vector<CategoryPlane> categories;  // none or one
};

struct Plan {
  Dialect dialect = Dialect::xgboost;
  std::vector<PlannedFeature> features;  // those that splits use
  std::size_t planes = 0;
  std::vector<PlannedTree> trees;
  std::vector<ByteTests> bytes;
  std::vector<RankTest> rank_tests;
  std::vector<SetTest> set_tests;
  std::vector<SetTable> tables;
  AlignedVector<float> cuts32;  // of the xgboost dialect; likewise the leaves
  AlignedVector<double> cuts64;
  AlignedVector<float> leaves32;
  AlignedVector<double> leaves64;

  [[nodiscard]] std::size_t memory_bytes() const;
};

Plan make_plan(const Forest& forest);

}  // namespace gossamer::scoring::forest
