// SPDX-License-Identifier: Apache-2.0
#include "measures/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace gossamer::measures {
namespace {

using ::testing::HasSubstr;

constexpr double near = 1e-12;

// Expected values are scikit-learn's for the same rows.
struct Rows {
  std::vector<double> score{0.1, 0.4, 0.35, 0.8, 0.35, 0.7};
  std::vector<double> label{0, 0, 1, 1, 0, 1};
  std::vector<double> weight{};

  [[nodiscard]] Scored scored() const { return {score, label, weight}; }
};

TEST(Ranking, TiesCountHalf) {
  EXPECT_NEAR(*auc(Rows().scored()), 7.5 / 9, near);
  EXPECT_NEAR(*gini(Rows().scored()), 2 * 7.5 / 9 - 1, near);
  const std::vector<double> same(6, 0.5);
  EXPECT_NEAR(*auc({same, Rows().label, {}}), 0.5, near);
}

TEST(Ranking, WeightsCountAsRepeatedRows) {
  Rows weighted;
  weighted.weight = {1, 2, 1, 3, 1, 1};
  Rows repeated;
  repeated.score = {0.1, 0.4, 0.4, 0.35, 0.8, 0.8, 0.8, 0.35, 0.7};
  repeated.label = {0, 0, 0, 1, 1, 1, 1, 0, 1};
  EXPECT_NEAR(*auc(weighted.scored()), *auc(repeated.scored()), near);
  EXPECT_NEAR(*ks_power(weighted.scored()), *ks_power(repeated.scored()), near);
  EXPECT_NEAR(*average_precision(weighted.scored()), *average_precision(repeated.scored()), near);
}

TEST(Ranking, KolmogorovSmirnovPower) { EXPECT_NEAR(*ks_power(Rows().scored()), 2.0 / 3, near); }

TEST(Ranking, AveragePrecisionWithoutInterpolation) {
  // Thresholds 0.8, 0.7, 0.4, 0.35: 1/3 x 1 + 1/3 x 1 + 1/3 x 3/5.
  EXPECT_NEAR(*average_precision(Rows().scored()), (1 + 1 + 0.6) / 3, near);
}

TEST(Ranking, TopRowsShareTheTieAtTheBorder) {
  const auto two = top_k(Rows().scored(), 2);
  EXPECT_NEAR(two->precision, 1, near);
  EXPECT_NEAR(two->recall, 2.0 / 3, near);
  // The fourth place is shared by two rows of 0.35, one of them positive.
  const auto four = top_k(Rows().scored(), 4);
  EXPECT_NEAR(four->precision, 2.5 / 4, near);
  EXPECT_NEAR(top_k(Rows().scored(), 6)->recall, 1, near);
  EXPECT_FALSE(top_k(Rows().scored(), 7));
}

TEST(Ranking, SaysWhatIsMissing) {
  Rows rows;
  rows.label = {1, 1, 1, 1, 1, 1};
  EXPECT_EQ(auc(rows.scored()).error().message,
            "all labels are 1; this figure needs rows of 0 and of 1");
  rows.label[2] = 2;
  EXPECT_EQ(auc(rows.scored()).error().message, "label of row 3 is 2; this figure needs 0 or 1");
  rows = Rows();
  rows.score[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(ks_power(rows.scored()).error().message,
            "prediction of row 5 is nan, not a finite number");
  rows = Rows();
  rows.weight = {1, 1, -1, 1, 1, 1};
  EXPECT_THAT(auc(rows.scored()).error().message, HasSubstr("weight of row 3 is -1"));
  rows.weight = std::vector<double>(6, 0);
  EXPECT_THAT(auc(rows.scored()).error().message, HasSubstr("all weights are 0"));
  EXPECT_EQ(auc({}).error().message, "there are no rows to measure");
  // A class whose rows all weigh nothing is not there.
  rows.weight = {1, 1, 0, 0, 1, 0};
  EXPECT_THAT(auc(rows.scored()).error().message, HasSubstr("all labels are 0"));
}

}  // namespace
}  // namespace gossamer::measures
