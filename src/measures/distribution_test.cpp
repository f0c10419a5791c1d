// SPDX-License-Identifier: Apache-2.0
#include "measures/distribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "measures/regression.hpp"
#include "measures/special.hpp"

namespace gossamer::measures {
namespace {

using ::testing::ElementsAre;

constexpr double near = 1e-12;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Distribution, QuantilesInterpolate) {
  const Sample values(std::vector<double>{4, nan, 1, 3, 2});
  const std::vector<double> shares{0, 0.25, 0.5, 0.9, 1};
  const auto found = quantiles(values, shares);
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre(1, 1.75, 2.5, testing::DoubleNear(3.7, near), 4));
  EXPECT_FALSE(quantiles(Sample(std::vector<double>{nan}), shares));
  EXPECT_FALSE(quantiles(values, std::vector<double>{1.5}));
}

TEST(Distribution, CommonEdgesCoverBothSamples) {
  const Sample left(std::vector<double>{0, 1});
  const Sample right(std::vector<double>{-1, 3, nan, std::numeric_limits<double>::infinity()});
  const std::vector<double> edges = common_edges(left, right, 4);
  EXPECT_THAT(edges, ElementsAre(-1, 0, 1, 2, 3));
  const Histogram counts = histogram(right, edges);
  EXPECT_THAT(counts.counts, ElementsAre(1, 0, 0, 1));
  EXPECT_EQ(counts.missing, 1);
  EXPECT_EQ(counts.above, 1);
  // A value on an inner edge belongs to the bin that begins there, the last one to the last bin.
  EXPECT_THAT(histogram(left, edges).counts, ElementsAre(0, 1, 1, 0));
}

TEST(Distribution, EqualValuesAreOneBin) {
  const Sample values(std::vector<double>{2, 2, 2});
  const std::vector<double> edges = common_edges(values, {}, 20);
  EXPECT_THAT(edges, ElementsAre(2, 2));
  EXPECT_THAT(histogram(values, edges).counts, ElementsAre(3));
  EXPECT_TRUE(common_edges(Sample(std::vector<double>{nan}), {}, 20).empty());
}

TEST(Distribution, StabilityOfTheSameSampleIsZero) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i)
    values.push_back(i);
  const Sample sample(values);
  EXPECT_NEAR(stability(sample, sample)->index, 0, near);
  EXPECT_EQ(stability(sample, sample)->bins, 10U);
}

TEST(Distribution, StabilityCountsMissingAndFloorsEmptyBins) {
  std::vector<double> before(100, 1.0);
  std::vector<double> after(100, 1.0);
  for (std::size_t i = 0; i < 20; ++i)
    after[i] = nan;
  // One merged bin (all deciles are 1) and the missing: shares 1 and 0 against 0.8 and 0.2.
  const auto found = stability(Sample(before), Sample(after));
  const double expected = (0.8 - 1) * std::log(0.8 / 1) + (0.2 - 1e-4) * std::log(0.2 / 1e-4);
  EXPECT_NEAR(found->index, expected, near);
  EXPECT_EQ(found->bins, 2U);
  EXPECT_NEAR(found->critical, (1.0 / 100 + 1.0 / 100) * 3.841458820694124, 1e-9);
}

TEST(Distribution, JensenShannon) {
  const std::vector<double> left{1, 0, 0};
  const std::vector<double> right{0, 5, 0};
  EXPECT_NEAR(*jensen_shannon(left, right), 1, near);
  EXPECT_NEAR(*jensen_shannon(left, left), 0, near);
  // scipy.spatial.distance.jensenshannon([1, 2, 3], [3, 2, 1], base=2)
  EXPECT_NEAR(*jensen_shannon(std::vector<double>{1, 2, 3}, std::vector<double>{3, 2, 1}),
              0.35470351519813204, near);
  EXPECT_FALSE(jensen_shannon(left, std::vector<double>{0, 0, 0}));
}

TEST(Distribution, KolmogorovSmirnov) {
  const Sample left(std::vector<double>{1, 2, 3, 4});
  const Sample right(std::vector<double>{3, 4, 5, 6});
  EXPECT_NEAR(kolmogorov_smirnov(left, right)->distance, 0.5, near);
  EXPECT_NEAR(kolmogorov_smirnov(left, left)->p_value, 1, near);
  EXPECT_FALSE(kolmogorov_smirnov(left, Sample(std::vector<double>{nan})));
}

TEST(Distribution, KolmogorovSmirnovLooksBehindEqualValues) {
  const Sample one(std::vector<double>{1});
  const Sample many(std::vector<double>{1, 1, 2, 2, 2, 2, 2, 2});
  EXPECT_NEAR(kolmogorov_smirnov(one, many)->distance, 0.75, near);
  EXPECT_NEAR(kolmogorov_smirnov(many, one)->distance, 0.75, near);
  EXPECT_EQ(kolmogorov_smirnov(one, Sample(std::vector<double>{1, 1}))->distance, 0);
}

TEST(Special, KnownValues) {
  EXPECT_NEAR(chi_squared_quantile(0.95, 1), 3.841458820694124, 1e-10);
  EXPECT_NEAR(chi_squared_quantile(0.95, 9), 16.918977604620448, 1e-10);
  EXPECT_NEAR(kolmogorov_survival(0.5), 0.9639452436648751, 1e-12);
  EXPECT_NEAR(kolmogorov_survival(1.5), 0.022217962616525125, 1e-12);
  EXPECT_EQ(kolmogorov_survival(0), 1);
}

TEST(Regression, WeightedFigures) {
  const std::vector<double> predicted{3, -0.5, 2, 7};
  const std::vector<double> label{2.5, 0.0, 2, 8};
  EXPECT_NEAR(*root_mean_squared_error({predicted, label, {}}), std::sqrt(1.5 / 4), near);
  EXPECT_NEAR(*mean_absolute_error({predicted, label, {}}), 0.5, near);
  const std::vector<double> weight{0, 0, 1, 3};
  EXPECT_NEAR(*mean_absolute_error({predicted, label, weight}), 0.75, near);
  EXPECT_NEAR(*r2({predicted, label, {}}), 1 - 1.5 / 35.1875, near);
  const std::vector<double> same{1, 1, 1, 1};
  EXPECT_EQ(r2({predicted, same, {}}).error().message,
            "all labels are the same; R2 needs labels that differ");
}

}  // namespace
}  // namespace gossamer::measures
