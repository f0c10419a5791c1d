// SPDX-License-Identifier: Apache-2.0
#include "measures/sorting.hpp"

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

TEST(SortedValues, AreThoseOfComparing) {
  for (const std::size_t count : {10U, 3000U, 100'000U}) {
    const std::vector<double> values = made(count);
    std::vector<double> expected = values;
    std::ranges::sort(expected);
    EXPECT_EQ(sorted_values(values), expected) << count;
    EXPECT_EQ(sorted_values(expected), expected) << "in order already";
  }
}

TEST(SortedValues, LeaveOutWhatIsNoNumberAndASampleHasItLast) {
  const std::vector<double> values{3, std::nan(""), -1, std::nan(""), 2};
  EXPECT_EQ(sorted_values(values), (std::vector<double>{-1, 2, 3}));
  const std::vector<double> sample = sorted_sample(values);
  ASSERT_EQ(sample.size(), 5U);
  EXPECT_EQ(sample[2], 3);
  EXPECT_TRUE(std::isnan(sample[3]) && std::isnan(sample[4]));
  EXPECT_TRUE(sorted_values({}).empty());
}

TEST(SortedValues, TakeAConstantColumn) {
  const std::vector<double> values(5000, -2.5);
  EXPECT_EQ(sorted_values(values), values);
}

}  // namespace
}  // namespace gossamer::measures
