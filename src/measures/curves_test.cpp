// SPDX-License-Identifier: Apache-2.0
#include "measures/curves.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "measures/ranking.hpp"

namespace gossamer::measures {
namespace {

struct Sample {
  std::vector<double> prediction;
  std::vector<double> label;
  std::vector<double> weight;
  [[nodiscard]] Scored rows() const { return {prediction, label, weight}; }
};

// Scores with many ties, labels that follow them loosely.
Sample a_sample(bool is_weighted) {
  std::mt19937_64 random(7);
  Sample sample;
  for (int i = 0; i < 3000; ++i) {
    const auto score = static_cast<double>(random() % 97) / 97;
    sample.prediction.push_back(score);
    sample.label.push_back(static_cast<double>(random() % 1000) < 700 * score ? 1 : 0);
    if (is_weighted) sample.weight.push_back(static_cast<double>(random() % 5));
  }
  return sample;
}

// The areas under the two curves are measures that scikit-learn confirms.
TEST(RankSteps, AreasAreThoseOfTheMeasures) {
  for (const bool is_weighted : {false, true}) {
    const Sample sample = a_sample(is_weighted);
    const auto steps = rank_steps(sample.rows(), 1'000'000);
    ASSERT_TRUE(steps) << steps.error().message;
    EXPECT_EQ(steps->size(), 97U);
    double area = 0;
    double precision = 0;
    RankStep before;
    for (const RankStep& step : *steps) {
      area += (step.false_positive_rate - before.false_positive_rate) *
              (step.true_positive_rate + before.true_positive_rate) / 2;
      precision += (step.true_positive_rate - before.true_positive_rate) * step.precision;
      EXPECT_GE(step.taken, before.taken);
      before = step;
    }
    EXPECT_NEAR(area, *auc(sample.rows()), 1e-12);
    EXPECT_NEAR(precision, *average_precision(sample.rows()), 1e-12);
    EXPECT_NEAR(steps->back().taken, 1, 1e-12);
    EXPECT_NEAR(steps->back().lift, 1, 1e-12);
  }
}

TEST(RankSteps, AreThinnedEvenlyUpToTheEnd) {
  const Sample sample = a_sample(false);
  const auto all = rank_steps(sample.rows(), 1000);
  const auto few = rank_steps(sample.rows(), 10);
  ASSERT_TRUE(all && few);
  ASSERT_EQ(few->size(), 10U);
  EXPECT_EQ(few->back().taken, all->back().taken);
  EXPECT_EQ((*few)[0].taken, (*all)[8].taken);
}

TEST(RankSteps, NeedBothClassesAndFiniteScores) {
  const std::vector<double> scores{0.1, 0.9};
  const std::vector<double> ones{1, 1};
  EXPECT_FALSE(rank_steps({scores, ones, {}}, 10));
  const std::vector<double> both{0, 1};
  const std::vector<double> odd{0.1, std::nan("")};
  EXPECT_FALSE(rank_steps({odd, both, {}}, 10));
  const std::vector<double> weight{0, 1};
  EXPECT_THAT(rank_steps({scores, both, weight}, 10).error().message,
              ::testing::HasSubstr("needs rows of 0 and of 1"));
}

}  // namespace
}  // namespace gossamer::measures
