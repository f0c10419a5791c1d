// SPDX-License-Identifier: Apache-2.0
// Forests made at random, of every kind of split: all paths and the single row against a tree walk
// that is nothing but the definitions.
#include "scoring/forest/predictor.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace gossamer::scoring::forest {
namespace {

struct Shape {
  Dialect dialect = Dialect::xgboost;
  std::size_t trees = 20;
  std::size_t splits_max = 60;
  std::size_t features = 7;
  std::size_t thresholds = 40;  // distinct ones per feature
  double categorical = 0.2;     // share of the splits
  std::size_t codes = 30;
  std::uint32_t outputs = 1;
};

class Maker {
 public:
  Maker(const Shape& shape, std::uint64_t seed) : shape_(shape), random_(seed) {}

  Forest forest() {
    Forest forest;
    forest.dialect = shape_.dialect;
    forest.features = static_cast<std::uint32_t>(shape_.features);
    forest.outputs = shape_.outputs;
    for (std::uint32_t k = 0; k < shape_.outputs; ++k)
      forest.base.push_back(static_cast<float>(number()));
    for (std::size_t i = 0; i < shape_.trees; ++i)
      add_tree(forest, static_cast<std::uint32_t>(i % shape_.outputs));
    return forest;
  }

  // Thresholds, what is beside them, codes, and odd values.
  std::vector<Column> columns(std::size_t rows) {
    static constexpr std::array odd{0.0, -0.0, 1e-36, -1e-35, 5e-324, 3e38, -1.0, -0.5, 1e300};
    std::vector<Column> columns;
    for (std::size_t feature = 0; feature < shape_.features; ++feature) {
      std::vector<double> values(rows);
      std::vector<bool> present(rows, true);
      for (std::size_t row = 0; row < rows; ++row) {
        const double threshold = threshold_of(feature, random_() % shape_.thresholds);
        const std::array kinds{
            threshold,
            std::nextafter(threshold, 1e9),
            static_cast<double>(std::nextafter(static_cast<float>(threshold), 1e9F)),
            number(),
            static_cast<double>(random_() % (shape_.codes + 3)),
            odd[random_() % odd.size()],
            std::numeric_limits<double>::quiet_NaN(),
            std::numeric_limits<double>::infinity(),
            -std::numeric_limits<double>::infinity()};
        values[row] = kinds[random_() % kinds.size()];
        present[row] = random_() % 20 != 0;
      }
      columns.push_back(Column::of_float64("f", std::move(values), present));
    }
    return columns;
  }

 private:
  double number() { return static_cast<double>(random_() >> 11U) * 0x1p-52 - 1; }
  bool chance(double share) { return number() < share * 2 - 1; }

  double threshold_of(std::size_t feature, std::size_t index) const {
    const double value = std::sin(static_cast<double>(feature * 1000 + index)) * 5;
    if (index == 0) return 0;
    if (index == 1) return std::numeric_limits<float>::max();
    return shape_.dialect == Dialect::xgboost ? static_cast<float>(value) : value;
  }

  void add_tree(Forest& forest, std::uint32_t output) {
    Tree tree{.first_split = static_cast<std::uint32_t>(forest.splits.size()),
              .splits = static_cast<std::uint32_t>(random_() % (shape_.splits_max + 1)),
              .first_leaf = static_cast<std::uint32_t>(forest.leaves.size()),
              .output = output};
    // Each new split takes the place of a leaf chosen at random.
    std::vector<std::int32_t*> open;
    forest.splits.resize(forest.splits.size() + tree.splits);
    for (std::uint32_t i = 0; i < tree.splits; ++i) {
      Split& split = forest.splits[tree.first_split + i];
      fill(forest, split);
      if (!open.empty()) {
        std::swap(open[random_() % open.size()], open.back());
        *open.back() = static_cast<std::int32_t>(i);
        open.pop_back();
      }
      open.push_back(&split.left);
      open.push_back(&split.right);
    }
    for (std::size_t leaf = 0; leaf < open.size(); ++leaf)
      *open[leaf] = ~static_cast<std::int32_t>(leaf);
    for (std::size_t leaf = 0; leaf <= tree.splits; ++leaf)
      forest.leaves.push_back(shape_.dialect == Dialect::xgboost ? static_cast<float>(number())
                                                                 : number());
    forest.trees.push_back(tree);
  }

  void fill(Forest& forest, Split& split) {
    split.feature = static_cast<std::uint32_t>(random_() % shape_.features);
    split.default_left = chance(0.5);
    const bool lightgbm = shape_.dialect == Dialect::lightgbm;
    if (chance(shape_.categorical)) {
      CategorySet set{static_cast<std::uint32_t>(forest.codes.size()), 0};
      for (std::uint32_t code = 0; code < shape_.codes; ++code) {
        if (!chance(0.4)) continue;
        forest.codes.push_back(code);
        ++set.size;
      }
      split.set = static_cast<std::uint32_t>(forest.sets.size());
      split.set_goes_left = lightgbm;
      forest.sets.push_back(set);
      return;
    }
    split.threshold = threshold_of(split.feature, random_() % shape_.thresholds);
    if (lightgbm) split.missing = static_cast<Missing>(random_() % 3);
  }

  Shape shape_;
  std::mt19937_64 random_;
};

// The value that the dialect's trees compare.
double seen(Dialect dialect, const Column& column, std::size_t row) {
  if (column.is_null(row)) return std::numeric_limits<double>::quiet_NaN();
  const double value = column.float64s()[row];
  if (dialect == Dialect::xgboost) return static_cast<float>(value);
  return std::abs(value) <= zero_threshold ? 0 : value;
}

std::vector<double> walked(const Forest& forest, const std::vector<Column>& columns,
                           std::size_t rows) {
  std::vector<double> margins;
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<double> sums = forest.base;
    for (const Tree& tree : forest.trees) {
      std::int32_t node = tree.splits == 0 ? ~0 : 0;
      while (node >= 0) {
        const Split& split = forest.splits[tree.first_split + static_cast<std::uint32_t>(node)];
        const double value = seen(forest.dialect, columns[split.feature], row);
        node = goes_left(forest, split, value) ? split.left : split.right;
      }
      const double leaf = forest.leaves[tree.first_leaf + static_cast<std::uint32_t>(~node)];
      double& sum = sums[tree.output];
      sum = forest.dialect == Dialect::xgboost ? static_cast<float>(sum) + static_cast<float>(leaf)
                                               : sum + leaf;
    }
    margins.insert(margins.end(), sums.begin(), sums.end());
  }
  return margins;
}

std::size_t different(const std::vector<double>& a, const std::vector<double>& b) {
  std::size_t count = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; count == 0 && i < a.size(); ++i)
    count += std::bit_cast<std::uint64_t>(a[i]) != std::bit_cast<std::uint64_t>(b[i]) ? 1 : 0;
  return count;
}

// How many of its trees each path walks, after it has been compared with the definitions.
std::size_t compare(const Shape& shape, std::uint64_t seed, std::size_t rows = 700) {
  Maker maker(shape, seed);
  const Forest forest = maker.forest();
  const std::vector<Column> columns = maker.columns(rows);
  std::vector<const Column*> pointers;
  for (const Column& column : columns)
    pointers.push_back(&column);
  const std::vector<double> expected = walked(forest, columns, rows);
  std::size_t walks = 0;
  for (const Path path : available_paths()) {
    SCOPED_TRACE(name_of(path));
    const Predictor predictor(forest, path);
    std::vector<double> margins(rows * forest.outputs);
    predictor.margins(pointers, 0, rows, margins);
    EXPECT_EQ(different(margins, expected), 0U);
    // From the middle, and fewer than a block.
    std::vector<double> part(3 * forest.outputs);
    predictor.margins(pointers, rows - 3, 3, part);
    EXPECT_EQ(part, std::vector<double>(margins.end() - static_cast<std::ptrdiff_t>(part.size()),
                                        margins.end()));
    walks = predictor.walked_trees();
  }
  const Predictor predictor(forest);
  std::vector<double> by_row(rows * forest.outputs);
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<double> values;
    for (const Column& column : columns)
      values.push_back(column.is_null(row) ? std::nan("") : column.float64s()[row]);
    predictor.margins_of_row(values,
                             std::span(by_row).subspan(row * forest.outputs, forest.outputs));
  }
  EXPECT_EQ(different(by_row, expected), 0U) << "row by row";
  return walks;
}

class EachDialect : public ::testing::TestWithParam<Dialect> {};

TEST_P(EachDialect, GivesTheDefinedSumOnEveryPath) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    EXPECT_EQ(compare({.dialect = GetParam()}, seed), 0U);
  }
}

TEST_P(EachDialect, FillsEveryBitOfItsLeaves) {
  EXPECT_EQ(compare({.dialect = GetParam(), .trees = 40, .splits_max = 255}, 1), 0U);
}

TEST_P(EachDialect, WalksTreesOfMoreLeaves) {
  EXPECT_GT(compare({.dialect = GetParam(), .trees = 30, .splits_max = 500}, 2), 0U);
}

TEST_P(EachDialect, SplitsManyThresholdsOverPlanes) {
  EXPECT_EQ(compare({.dialect = GetParam(), .trees = 300, .features = 2, .thresholds = 3000}, 3),
            0U);
}

TEST_P(EachDialect, TakesThresholdsAtTheEdgesOfABlock) {
  for (const std::size_t thresholds : {2U, 15U, 16U, 17U, 32U, 254U, 255U, 256U, 257U}) {
    SCOPED_TRACE(thresholds);
    EXPECT_EQ(compare({.dialect = GetParam(), .trees = 60, .features = 2, .thresholds = thresholds},
                      thresholds),
              0U);
  }
}

TEST_P(EachDialect, SumsSeveralOutputs) {
  EXPECT_EQ(compare({.dialect = GetParam(), .outputs = 5}, 4), 0U);
}

TEST_P(EachDialect, WalksTreesOfTooManyCategories) {
  EXPECT_EQ(compare({.dialect = GetParam(), .codes = 253}, 5), 0U);
  EXPECT_GT(compare({.dialect = GetParam(), .codes = 400}, 5), 0U);
}

TEST_P(EachDialect, AnswersWithoutTreesOrSplits) {
  EXPECT_EQ(compare({.dialect = GetParam(), .trees = 0}, 6), 0U);
  EXPECT_EQ(compare({.dialect = GetParam(), .trees = 3, .splits_max = 0}, 6), 0U);
  EXPECT_EQ(compare({.dialect = GetParam()}, 6, 3), 0U);
}

TEST_P(EachDialect, TakesEveryTypeOfColumn) {
  const Forest forest = Maker({.dialect = GetParam(), .features = 4}, 7).forest();
  std::vector<std::int64_t> integers;
  std::vector<float> singles;
  std::vector<std::uint8_t> booleans;
  std::vector<double> widened[3];
  for (int i = 0; i < 300; ++i) {
    integers.push_back(i % 9 - 4);
    singles.push_back(static_cast<float>(i) / 40 - 3);
    booleans.push_back(i % 2 == 0 ? 1 : 0);
    widened[0].push_back(static_cast<double>(integers.back()));
    widened[1].push_back(singles.back());
    widened[2].push_back(booleans.back());
  }
  const std::vector<bool> present(300, true);
  const std::vector<Column> plain{
      Column::of_float64("a", widened[0]), Column::of_float64("b", widened[1]),
      Column::of_float64("c", widened[2]), Column::of_float64("d", widened[0])};
  const std::vector<Column> typed{Column::of_int64("a", integers), Column::of_float32("b", singles),
                                  Column::of_booleans("c", booleans, present),
                                  Column::of_int64("d", integers)};
  std::vector<const Column*> pointers;
  for (const Column& column : typed)
    pointers.push_back(&column);
  std::vector<double> margins(300);
  Predictor(forest).margins(pointers, 0, 300, margins);
  EXPECT_EQ(margins, walked(forest, plain, 300));
}

INSTANTIATE_TEST_SUITE_P(Predictor, EachDialect,
                         ::testing::Values(Dialect::xgboost, Dialect::lightgbm),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST(Predictor, NamesThePathAndWhatItWalks) {
  const Forest small = Maker({.trees = 2}, 8).forest();
  EXPECT_EQ(Predictor(small, Path::portable).kernel(), "forest portable");
  Forest large = small;
  large.trees.clear();
  large.splits.clear();
  Tree chain{.splits = 300, .first_leaf = 0};
  large.leaves.assign(301, 0.5);
  for (std::int32_t i = 0; i < 300; ++i)
    large.splits.push_back({.left = i == 299 ? ~300 : i + 1, .right = ~i});
  large.trees = {chain};
  const Predictor predictor(large, Path::portable);
  EXPECT_EQ(predictor.kernel(), "forest portable (1 of 1 trees walked)");
  EXPECT_GT(predictor.memory_bytes(), 300 * sizeof(Split));
}

}  // namespace
}  // namespace gossamer::scoring::forest
