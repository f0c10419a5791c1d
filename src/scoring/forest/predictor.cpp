// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/predictor.hpp"

#include "scoring/features.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace gossamer::scoring::forest {
namespace {

// The value that a library's own trees compare.
double seen_by(Dialect dialect, double value) {
  if (dialect == Dialect::xgboost) return static_cast<float>(value);
  // LightGBM drops what is within zero_threshold of 0 on its way in, and takes 0 for it.
  return std::abs(value) <= zero_threshold ? 0 : value;
}

constexpr std::size_t trees_at_once = 8;

// As goes_left() says, and quick where nothing is unusual.
std::int32_t next_node(const Forest& forest, const Split& split, double value) {
  const bool is_plain = split.set == no_set && split.missing != Missing::zero && !std::isnan(value);
  const bool left = is_plain ? value <= split.threshold : goes_left(forest, split, value);
  return left ? split.left : split.right;
}

bool sends_zero_away(Fill fill) { return fill == Fill::zero_left || fill == Fill::zero_right; }

// Which values are missing, as bytes of ones; whether any is.
template <class T>
bool mark_missing(const T* values, bool with_zero, std::uint8_t* missing) {
  std::uint8_t any = 0;
  for (std::size_t row = 0; row < block_rows; ++row) {
    const bool is_nan = std::isnan(values[row]);
    const bool is_zero = values[row] == 0;
    missing[row] = static_cast<std::uint8_t>(-static_cast<int>(is_nan || (with_zero && is_zero)));
    any |= missing[row];
  }
  return any != 0;
}

// What a plane holds where the value is missing.
int instead_of_missing(Fill fill, const Chunk& chunk) {
  switch (fill) {
    case Fill::nan_left:
    case Fill::zero_left:
      return -rank_bias;
    case Fill::nan_right:
    case Fill::zero_right:
      return rank_bias - 1;
    case Fill::nan_as_zero:
      break;
  }
  return chunk.rank_of_zero;
}

}  // namespace

// What a block needs on its way; one per thread that scores.
struct Predictor::Scratch {
  AlignedVector<float> values32;   // block_rows per used feature
  AlignedVector<double> values64;  // likewise, in the lightgbm dialect
  AlignedVector<std::int8_t> planes;
  // Bytes of ones where a value is NaN, and where it is NaN or 0.
  AlignedVector<std::uint8_t> nans = AlignedVector<std::uint8_t>(block_rows);
  AlignedVector<std::uint8_t> zeros = AlignedVector<std::uint8_t>(block_rows);
  AlignedVector<std::uint8_t> exits = AlignedVector<std::uint8_t>(block_rows);
  AlignedVector<float> sums32;  // block_rows per output
  AlignedVector<double> sums64;
};

Predictor::Predictor(Forest forest) : Predictor(std::move(forest), available_paths().back()) {}

Predictor::Predictor(Forest forest, Path path)
    : forest_(std::move(forest)),
      plan_(make_plan(forest_)),
      code_(&kernel_of(path)),
      slots_(forest_.splits) {
  for (const Split& split : slots_)
    used_.push_back(split.feature);
  std::ranges::sort(used_);
  const auto rest = std::ranges::unique(used_);
  used_.erase(rest.begin(), rest.end());
  for (Split& split : slots_) {
    split.feature =
        static_cast<std::uint32_t>(std::ranges::lower_bound(used_, split.feature) - used_.begin());
  }
  walked_ =
      static_cast<std::size_t>(std::ranges::count(plan_.trees, true, &PlannedTree::is_walked));
  kernel_name_ = fmt::format("forest {}", name_of(path));
  if (walked_ > 0) {
    kernel_name_ += fmt::format(" ({} of {} trees walked)", walked_, plan_.trees.size());
  }
}

std::size_t Predictor::memory_bytes() const {
  return plan_.memory_bytes() + (forest_.splits.size() + slots_.size()) * sizeof(Split) +
         forest_.leaves.size() * sizeof(double) + forest_.codes.size() * sizeof(std::uint32_t);
}

void Predictor::load(std::span<const Column* const> columns, std::size_t begin, std::size_t rows,
                     Scratch& scratch) const {
  for (std::size_t i = 0; i < used_.size(); ++i) {
    const Column& column = *columns[used_[i]];
    if (forest_.dialect == Dialect::xgboost) {
      copy_numbers(column, begin, std::span(scratch.values32).subspan(i * block_rows, rows));
      continue;
    }
    const auto values = std::span(scratch.values64).subspan(i * block_rows, rows);
    copy_numbers(column, begin, values);
    for (double& value : values)
      value = seen_by(Dialect::lightgbm, value);
  }
}

void Predictor::rank(const PlannedFeature& feature, std::size_t index, Scratch& scratch) const {
  const bool narrow = forest_.dialect == Dialect::xgboost;
  const float* const values32 = narrow ? scratch.values32.data() + index * block_rows : nullptr;
  const double* const values64 = narrow ? nullptr : scratch.values64.data() + index * block_rows;
  const auto mark = [&](bool with_zero, std::uint8_t* missing) {
    return narrow ? mark_missing(values32, with_zero, missing)
                  : mark_missing(values64, with_zero, missing);
  };
  const bool any_nan = mark(false, scratch.nans.data());
  const bool any_zero =
      std::ranges::any_of(feature.fills, sends_zero_away) && mark(true, scratch.zeros.data());
  for (const Chunk& chunk : feature.chunks) {
    std::int8_t* const first = scratch.planes.data() + chunk.first_plane * block_rows;
    if (narrow) {
      code_->rank32(values32, plan_.cuts32.data() + chunk.first_cut, chunk.blocks, first);
    } else {
      code_->rank64(values64, plan_.cuts64.data() + chunk.first_cut, chunk.blocks, first);
    }
    // The other planes from the first, which is settled last.
    for (std::size_t i = feature.fills.size(); i-- > 0;) {
      const Fill fill = feature.fills[i];
      std::int8_t* const plane = first + i * block_rows;
      if (sends_zero_away(fill) ? !any_zero : !any_nan) {
        if (i > 0) std::copy_n(first, block_rows, plane);
        continue;
      }
      const std::uint8_t* const missing =
          sends_zero_away(fill) ? scratch.zeros.data() : scratch.nans.data();
      const int instead = instead_of_missing(fill, chunk);
      for (std::size_t row = 0; row < block_rows; ++row) {
        plane[row] =
            static_cast<std::int8_t>((first[row] & ~missing[row]) | (instead & missing[row]));
      }
    }
  }
}

void Predictor::classify(const PlannedFeature& feature, std::size_t index, Scratch& scratch) const {
  for (const CategoryPlane& categories : feature.categories) {
    std::int8_t* const plane = scratch.planes.data() + categories.plane * block_rows;
    for (std::size_t row = 0; row < block_rows; ++row) {
      const double value = forest_.dialect == Dialect::xgboost
                               ? scratch.values32[index * block_rows + row]
                               : scratch.values64[index * block_rows + row];
      const std::int64_t code = category_of(forest_.dialect, value);
      std::uint8_t of_row = std::isnan(value) ? 1 : 0;
      if (code >= 0 && static_cast<std::size_t>(code) < categories.class_of.size()) {
        of_row = categories.class_of[static_cast<std::size_t>(code)];
      }
      plane[row] = static_cast<std::int8_t>(of_row);
    }
  }
}

void Predictor::walk_tree(const Tree& tree, std::size_t rows, Scratch& scratch) const {
  const Split* const splits = slots_.data() + tree.first_split;
  const bool narrow = forest_.dialect == Dialect::xgboost;
  for (std::size_t row = 0; row < rows; ++row) {
    std::int32_t node = tree.splits == 0 ? ~0 : 0;
    while (node >= 0) {
      const Split& split = splits[node];
      const std::size_t at = split.feature * block_rows + row;
      const double value = narrow ? scratch.values32[at] : scratch.values64[at];
      node = next_node(forest_, split, value);
    }
    const double leaf = forest_.leaves[tree.first_leaf + static_cast<std::size_t>(~node)];
    if (narrow) {
      scratch.sums32[tree.output * block_rows + row] += static_cast<float>(leaf);
    } else {
      scratch.sums64[tree.output * block_rows + row] += leaf;
    }
  }
}

void Predictor::sum_block(Scratch& scratch) const {
  const bool narrow = forest_.dialect == Dialect::xgboost;
  for (std::size_t i = 0; i < plan_.trees.size(); ++i) {
    const PlannedTree& tree = plan_.trees[i];
    if (tree.is_walked) {
      walk_tree(forest_.trees[i], block_rows, scratch);
      continue;
    }
    code_->exit_leaves({.bytes = std::span(plan_.bytes).subspan(tree.first_byte, tree.bytes),
                        .rank_tests = plan_.rank_tests.data(),
                        .set_tests = plan_.set_tests.data(),
                        .tables = plan_.tables.data()},
                       scratch.planes.data(), scratch.exits.data());
    const std::size_t sums = tree.output * block_rows;
    if (narrow) {
      code_->add32(plan_.leaves32.data() + tree.first_leaf, tree.leaves, scratch.exits.data(),
                   scratch.sums32.data() + sums);
    } else {
      code_->add64(plan_.leaves64.data() + tree.first_leaf, tree.leaves, scratch.exits.data(),
                   scratch.sums64.data() + sums);
    }
  }
}

void Predictor::margins(std::span<const Column* const> columns, std::size_t begin, std::size_t rows,
                        std::span<double> out) const {
  const bool narrow = forest_.dialect == Dialect::xgboost;
  Scratch scratch;
  scratch.planes.resize(plan_.planes * block_rows);
  (narrow ? scratch.values32.resize(used_.size() * block_rows)
          : scratch.values64.resize(used_.size() * block_rows));
  (narrow ? scratch.sums32.resize(outputs() * block_rows)
          : scratch.sums64.resize(outputs() * block_rows));
  for (std::size_t done = 0; done < rows; done += block_rows) {
    const std::size_t count = std::min(block_rows, rows - done);
    load(columns, begin + done, count, scratch);
    for (const PlannedFeature& feature : plan_.features) {
      const auto index = static_cast<std::size_t>(std::ranges::lower_bound(used_, feature.feature) -
                                                  used_.begin());
      rank(feature, index, scratch);
      classify(feature, index, scratch);
    }
    for (std::size_t k = 0; k < outputs(); ++k) {
      const auto base = forest_.base[k];
      if (narrow) {
        std::fill_n(scratch.sums32.data() + k * block_rows, block_rows, static_cast<float>(base));
      } else {
        std::fill_n(scratch.sums64.data() + k * block_rows, block_rows, base);
      }
    }
    sum_block(scratch);
    for (std::size_t row = 0; row < count; ++row) {
      for (std::size_t k = 0; k < outputs(); ++k) {
        const std::size_t at = k * block_rows + row;
        out[(done + row) * outputs() + k] = narrow ? scratch.sums32[at] : scratch.sums64[at];
      }
    }
  }
}

void Predictor::margins_of_row(std::span<const double> row, std::span<double> out) const {
  // Most models use fewer features than this; then nothing is allocated.
  std::array<double, 256> few;
  std::vector<double> many(used_.size() > few.size() ? used_.size() : 0);
  double* const values = many.empty() ? few.data() : many.data();
  for (std::size_t i = 0; i < used_.size(); ++i)
    values[i] = seen_by(forest_.dialect, row[used_[i]]);
  std::ranges::copy(forest_.base, out.begin());
  std::array<std::int32_t, trees_at_once> nodes;
  for (std::size_t begin = 0; begin < forest_.trees.size(); begin += trees_at_once) {
    const std::span trees =
        std::span(forest_.trees)
            .subspan(begin, std::min(trees_at_once, forest_.trees.size() - begin));
    descend(trees, values, nodes);
    for (std::size_t i = 0; i < trees.size(); ++i) {
      const double leaf = forest_.leaves[trees[i].first_leaf + static_cast<std::size_t>(~nodes[i])];
      double& sum = out[trees[i].output];
      sum = forest_.dialect == Dialect::xgboost ? static_cast<float>(sum) + static_cast<float>(leaf)
                                                : sum + leaf;
    }
  }
}

void Predictor::descend(std::span<const Tree> trees, const double* values,
                        std::span<std::int32_t> nodes) const {
  for (std::size_t i = 0; i < trees.size(); ++i)
    nodes[i] = trees[i].splits == 0 ? ~0 : 0;
  // A step in each tree by turns: while one waits for its node, the others go on.
  bool is_inside = true;
  while (is_inside) {
    is_inside = false;
    for (std::size_t i = 0; i < trees.size(); ++i) {
      if (nodes[i] < 0) continue;
      const Split& split = slots_[trees[i].first_split + static_cast<std::uint32_t>(nodes[i])];
      nodes[i] = next_node(forest_, split, values[split.feature]);
      is_inside = true;
    }
  }
}

}  // namespace gossamer::scoring::forest
