// SPDX-License-Identifier: Apache-2.0
// Small cases by hand, and input that has no figure; measures_python_test compares with SciPy.
#include "measures/distance.hpp"

#include "measures/delong.hpp"
#include "measures/distribution.hpp"
#include "measures/fairness.hpp"
#include "measures/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace gossamer::measures {
namespace {

using ::testing::HasSubstr;
using Values = std::vector<double>;

constexpr double near = 1e-12;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

Sample of(const Values& values) { return Sample(values); }

TEST(Distance, WassersteinIsTheWayThatRowsWent) {
  const auto moved = wasserstein(of({0, 1, 2, nan}), of({3, 4, 5}));
  ASSERT_TRUE(moved);
  EXPECT_NEAR(moved->distance, 3, near);
  EXPECT_NEAR(moved->relative, 3 / std::sqrt(2.0 / 3), near);
  EXPECT_EQ(wasserstein(of({1, 1}), of({1}))->relative, 0);
  EXPECT_EQ(wasserstein(of({1, 1}), of({2}))->relative, infinity);
  EXPECT_THAT(wasserstein(of({nan}), of({1})).error().message, HasSubstr("values on both"));
  EXPECT_THAT(wasserstein(of({1}), of({infinity})).error().message, HasSubstr("finite"));
}

TEST(Distance, CountsOfCategories) {
  EXPECT_NEAR(*hellinger(Values{1, 0}, Values{0, 9}), 1, near);
  EXPECT_NEAR(*hellinger(Values{1, 3}, Values{2, 6}), 0, near);
  EXPECT_THAT(hellinger(Values{0, 0}, Values{1, 1}).error().message, HasSubstr("on both sides"));
  const auto apart = chi_squared(Values{10, 0, 0}, Values{0, 10, 0});
  ASSERT_TRUE(apart);
  EXPECT_NEAR(apart->statistic, 20, near);
  EXPECT_EQ(apart->freedom, 1U) << "a column without rows is none";
  EXPECT_NEAR(apart->cramers_v, 1, near);
  EXPECT_THAT(chi_squared(Values{3}, Values{4}).error().message, HasSubstr("two values"));
}

TEST(Stability, SpecialValuesHaveBinsOfTheirOwn) {
  Values before;
  Values after;
  for (int i = 0; i < 100; ++i) {
    before.push_back(i < 20 ? -1 : i);
    after.push_back(i < 40 ? -1 : i);
  }
  const auto found = stability(of(before), of(after), 10, Values{-1});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bins, 11U);
  EXPECT_GT(found->index, (0.4 - 0.2) * std::log(0.4 / 0.2));
}

TEST(Delong, NeedsTwoRowsOfEachClass) {
  const Values score{0.1, 0.4, 0.35, 0.8};
  EXPECT_THAT(auc_estimate({score, Values{0, 0, 0, 1}, {}}).error().message,
              HasSubstr("two rows of 0 and two of 1"));
  const Values label{0, 0, 1, 1};
  const auto same = compare_auc(score, score, label);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->p_value, 1);
  EXPECT_NEAR(same->left.auc, 0.75, near);
  EXPECT_NEAR(*auc({score, label, {}}), same->left.auc, near);
}

TEST(Wilson, EndsAreExact) {
  EXPECT_EQ(wilson(0, 10).low, 0);
  EXPECT_EQ(wilson(10, 10).high, 1);
  EXPECT_NEAR(wilson(5, 10).low + wilson(5, 10).high, 1, near);
}

TEST(TopK, WeightsAreValues) {
  const Values score{0.9, 0.8, 0.7, 0.6};
  const Values label{1, 0, 1, 1};
  const auto by_value = top_k({score, label, Values{100, 50, 25, 25}}, 2);
  ASSERT_TRUE(by_value);
  EXPECT_NEAR(by_value->precision, 100.0 / 150, near);
  EXPECT_NEAR(by_value->recall, 100.0 / 150, near);
  EXPECT_THAT(top_k({score, label, {}}, 5).error().message, HasSubstr("the top 5 of 4 rows"));
}

TEST(Fairness, TheWorstGroupCounts) {
  const std::vector<GroupFigures> groups{{.weight = 10,
                                          .selection_rate = 0.5,
                                          .selection_interval = {},
                                          .true_positive_rate = 0.8,
                                          .calibration_gap = -0.1},
                                         {.weight = 10,
                                          .selection_rate = 0.2,
                                          .selection_interval = {},
                                          .true_positive_rate = {},
                                          .calibration_gap = 0.05}};
  const auto found = fairness(groups);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->selection_rate_ratio, 0.4, near);
  EXPECT_EQ(found->equal_opportunity_gap, 0) << "one group has a rate";
  EXPECT_NEAR(found->calibration_gap, 0.1, near);
  EXPECT_FALSE(fairness({}));
}

}  // namespace
}  // namespace gossamer::measures
