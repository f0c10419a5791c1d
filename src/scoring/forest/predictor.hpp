// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/columns/batch.hpp"
#include "base/result.hpp"
#include "scoring/forest/forest.hpp"
#include "scoring/forest/kernel.hpp"
#include "scoring/forest/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gossamer::scoring::forest {

// A forest that scores. Raw margins have the library's own bits on every path.
class Predictor {
 public:
  // With the fastest path that the processor has, or with one of available_paths().
  explicit Predictor(Forest forest);
  Predictor(Forest forest, Path path);

  [[nodiscard]] const Forest& forest() const { return forest_; }
  [[nodiscard]] std::size_t outputs() const { return forest_.outputs; }
  // "forest avx512bw", and where trees are walked instead, how many.
  [[nodiscard]] const std::string& kernel() const { return kernel_name_; }
  // Trees of more than leaves_max leaves, or with too many categories, for which a row is followed
  // from node to node.
  [[nodiscard]] std::size_t walked_trees() const { return walked_; }
  [[nodiscard]] std::size_t memory_bytes() const;

  // Margins of rows [begin, begin + rows), row-major, rows x outputs. `columns` are the forest's
  // features in order, numeric (boolean, int64, float64, float32); null is missing.
  void margins(std::span<const Column* const> columns, std::size_t begin, std::size_t rows,
               std::span<double> out) const;
  // Of one row of all features; NaN is missing. Quicker than a block of one.
  void margins_of_row(std::span<const double> row, std::span<double> out) const;
  // Margins to predictions, in place.
  void apply_link(std::span<double> margins) const {
    apply(forest_.link, margins, forest_.outputs);
  }

 private:
  struct Scratch;
  void load(std::span<const Column* const> columns, std::size_t begin, std::size_t rows,
            Scratch& scratch) const;
  void rank(const PlannedFeature& feature, std::size_t index, Scratch& scratch) const;
  void classify(const PlannedFeature& feature, std::size_t index, Scratch& scratch) const;
  void sum_block(Scratch& scratch) const;
  // The leaf of each of up to eight trees, as ~leaf. `values`: by slot.
  void descend(std::span<const Tree> trees, const double* values,
               std::span<std::int32_t> nodes) const;
  void walk_tree(const Tree& tree, std::size_t rows, Scratch& scratch) const;

  Forest forest_;
  Plan plan_;
  const Kernel* code_ = nullptr;
  std::vector<std::uint32_t> used_;  // features that splits use, ascending
  std::vector<Split> slots_;         // the forest's splits, with a place in used_ as feature
  std::size_t walked_ = 0;           // trees that are walked
  std::string kernel_name_;
};

}  // namespace gossamer::scoring::forest
