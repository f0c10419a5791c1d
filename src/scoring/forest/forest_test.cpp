// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/forest.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gossamer::scoring::forest {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan = std::nan("");

TEST(GoesLeft, ComparesAndSendsMissingValuesAway) {
  const Forest forest;
  Split split{.threshold = 1.5, .missing = Missing::nan, .default_left = true};
  EXPECT_TRUE(goes_left(forest, split, 1.5));
  EXPECT_TRUE(goes_left(forest, split, -infinity));
  EXPECT_FALSE(goes_left(forest, split, std::nextafter(1.5, 2)));
  EXPECT_TRUE(goes_left(forest, split, nan));
  split.default_left = false;
  EXPECT_FALSE(goes_left(forest, split, nan));
  split.missing = Missing::none;
  EXPECT_TRUE(goes_left(forest, split, nan)) << "NaN counts as 0";
  split.missing = Missing::zero;
  EXPECT_FALSE(goes_left(forest, split, 0.0));
  EXPECT_FALSE(goes_left(forest, split, nan));
  EXPECT_FALSE(goes_left(forest, split, -zero_threshold));
  EXPECT_TRUE(goes_left(forest, split, std::nextafter(zero_threshold, 1)));
}

TEST(GoesLeft, LooksCodesUpInTheSet) {
  Forest forest;
  forest.codes = {2, 5};
  forest.sets = {{0, 2}};
  const Split xgboost{.set = 0, .default_left = true, .set_goes_left = false};
  EXPECT_FALSE(goes_left(forest, xgboost, 5));
  EXPECT_FALSE(goes_left(forest, xgboost, 5.9));
  EXPECT_TRUE(goes_left(forest, xgboost, 3));
  EXPECT_TRUE(goes_left(forest, xgboost, -1));
  EXPECT_TRUE(goes_left(forest, xgboost, nan));
  forest.dialect = Dialect::lightgbm;
  const Split lightgbm{.set = 0, .default_left = false, .set_goes_left = true};
  EXPECT_TRUE(goes_left(forest, lightgbm, 2));
  EXPECT_FALSE(goes_left(forest, lightgbm, nan));
  EXPECT_FALSE(goes_left(forest, lightgbm, 1e10));
}

TEST(CategoryOf, FollowsEachLibrary) {
  EXPECT_EQ(category_of(Dialect::xgboost, 16777215), 16777215);
  EXPECT_EQ(category_of(Dialect::xgboost, 16777216), -1);
  EXPECT_EQ(category_of(Dialect::xgboost, -0.5), -1);
  EXPECT_EQ(category_of(Dialect::xgboost, nan), -1);
  EXPECT_EQ(category_of(Dialect::lightgbm, -0.5), 0);
  EXPECT_EQ(category_of(Dialect::lightgbm, -1), -1);
  EXPECT_EQ(category_of(Dialect::lightgbm, 2147483647.5), 2147483647);
  EXPECT_EQ(category_of(Dialect::lightgbm, 2147483648.0), -1);
  EXPECT_EQ(category_of(Dialect::lightgbm, infinity), -1);
}

}  // namespace
}  // namespace gossamer::scoring::forest
