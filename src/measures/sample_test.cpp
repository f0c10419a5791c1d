// SPDX-License-Identifier: Apache-2.0
#include "measures/sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace gossamer::measures {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Numbers of every size and sign, with repetitions.
std::vector<double> made(std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<double> values{infinity, -infinity, 0.0, -0.0, 5e-324, -5e-324, 1.5, 1.5};
  while (values.size() < count) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isnan(value)) values.push_back(value);
    values.push_back(static_cast<double>(random() % 100) - 50);
  }
  return values;
}

using Values = std::vector<double>;

Values sorted(std::span<const double> values) {
  const Sample sample(values);
  return {sample.values().begin(), sample.values().end()};
}

TEST(Sample, IsInTheOrderOfComparing) {
  for (const std::size_t count : {10U, 3000U, 100'000U}) {
    const Values values = made(count);
    Values expected = values;
    std::ranges::sort(expected);
    EXPECT_EQ(sorted(values), expected) << count;
    EXPECT_EQ(sorted(expected), expected) << "in order already";
  }
}

TEST(Sample, TellsNeighbouringNumbersApart) {
  // Thousands of values that agree in more bits than are sorted by, between some that do not.
  Values values;
  for (const double base : {7.0, -1e300, 3e-310}) {
    double value = base;
    for (int i = 0; i < 3000; ++i)
      values.push_back(value = std::nextafter(value, std::numeric_limits<double>::infinity()));
  }
  std::mt19937_64 random(3);
  std::ranges::shuffle(values, random);
  Values expected = values;
  std::ranges::sort(expected);
  EXPECT_EQ(sorted(values), expected);
}

TEST(Sample, CountsWhatIsNoNumberApart) {
  const Sample sample(Values{3, std::nan(""), -1, std::nan(""), 2});
  EXPECT_EQ(Values(sample.values().begin(), sample.values().end()), (Values{-1, 2, 3}));
  EXPECT_EQ(sample.missing(), 2U);
  EXPECT_EQ(sample.rows(), 5U);
  EXPECT_EQ(Sample().rows(), 0U);
}

TEST(Sample, CountsUpToAndBelowAValue) {
  const Sample sample(Values{2, 1, 2, 5});
  EXPECT_EQ(sample.count_below(2), 1U);
  EXPECT_EQ(sample.count_up_to(2), 3U);
  EXPECT_EQ(sample.count_up_to(9), 4U);
}

TEST(Sample, LosesOnlyTheRowsWithSpecialValues) {
  const Sample rest = Sample(Values{2, std::nan(""), -1, -1, 5}).without(Values{-1, 7});
  EXPECT_EQ(Values(rest.values().begin(), rest.values().end()), (Values{2, 5}));
  EXPECT_EQ(rest.missing(), 1U);
}

TEST(Sample, TakesAConstantColumn) {
  const Values values(5000, -2.5);
  EXPECT_EQ(sorted(values), values);
}

}  // namespace
}  // namespace gossamer::measures
