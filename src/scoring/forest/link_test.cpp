// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/link.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gossamer::scoring::forest {
namespace {

std::vector<double> linked(const Link& link, std::vector<double> values, std::size_t outputs = 1) {
  apply(link, values, outputs);
  return values;
}

TEST(Link, KeepsTheSigmoidOfXgboostWithinFloat32) {
  const auto values = linked({LinkKind::sigmoid_f32}, {0, 2, -200, 200});
  EXPECT_EQ(values[0], 0.5);
  EXPECT_EQ(values[1], 1.0F / (std::exp(-2.0F) + 1.0F + 1e-16F));
  EXPECT_GT(values[2], 0) << "the exponent is bounded";
  EXPECT_EQ(values[3], 1);
}

TEST(Link, ScalesTheSigmoidOfLightgbm) {
  EXPECT_EQ(linked({LinkKind::sigmoid, 1.7}, {0.3})[0], 1.0 / (1.0 + std::exp(-1.7 * 0.3)));
}

TEST(Link, SumsSoftmaxPerRow) {
  for (const LinkKind kind : {LinkKind::softmax, LinkKind::softmax_f32}) {
    const auto values = linked({kind}, {1, 2, 3, -5, -5, -5}, 3);
    EXPECT_NEAR(values[0] + values[1] + values[2], 1, 1e-6);
    EXPECT_NEAR(values[3], 1.0 / 3, 1e-7);
    EXPECT_GT(values[2], values[1]);
  }
}

TEST(Link, OrdersTheQuantilesOfARow) {
  EXPECT_EQ(linked({LinkKind::ordered_f32}, {3, 1, 2, 9, 8, 7}, 3),
            (std::vector<double>{1, 2, 3, 7, 8, 9}));
}

TEST(Link, AveragesBeforeItTransforms) {
  EXPECT_EQ(linked({LinkKind::identity, 1, 4}, {10})[0], 2.5);
  EXPECT_EQ(linked({LinkKind::signed_square, 1, 2}, {-6})[0], -9);
}

TEST(Link, TransformsSingleMargins) {
  EXPECT_EQ(linked({LinkKind::exp}, {1.5})[0], std::exp(1.5));
  EXPECT_EQ(linked({LinkKind::exp_f32}, {1.5})[0], std::exp(1.5F));
  EXPECT_EQ(linked({LinkKind::exp_rounded}, {1.5})[0], static_cast<float>(std::exp(1.5)));
  EXPECT_EQ(linked({LinkKind::log1p_exp}, {1.5})[0], std::log1p(std::exp(1.5)));
  EXPECT_EQ(linked({LinkKind::hinge_f32}, {0, 0.1, -3}), (std::vector<double>{0, 1, 0}));
}

}  // namespace
}  // namespace gossamer::scoring::forest
