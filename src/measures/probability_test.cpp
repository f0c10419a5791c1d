// SPDX-License-Identifier: Apache-2.0
#include "measures/probability.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gossamer::measures {
namespace {

using ::testing::HasSubstr;

constexpr double near = 1e-12;
const std::vector<double> scores{0.1, 0.9, 0.8, 0.35};
const std::vector<double> labels{0, 1, 1, 0};

TEST(Probability, Brier) {
  EXPECT_NEAR(*brier({scores, labels, {}}), (0.01 + 0.01 + 0.04 + 0.1225) / 4, near);
}

TEST(Probability, LogLossIsClipped) {
  EXPECT_NEAR(*log_loss({scores, labels, {}}),
              -(2 * std::log(0.9) + std::log(0.8) + std::log(0.65)) / 4, near);
  const std::vector<double> certain{0, 1, 1, 1};
  EXPECT_NEAR(*log_loss({certain, labels, {}}), -std::log(0x1p-52) / 4, 1e-9);
}

TEST(Probability, LogLossOfClasses) {
  const std::vector<double> rows{0.2, 0.5, 0.3, 0.1, 0.1, 0.8};
  const std::vector<double> label{1, 2};
  EXPECT_NEAR(*log_loss(rows, label, {}, 3), -(std::log(0.5) + std::log(0.8)) / 2, near);
  const std::vector<double> unknown{1, 3};
  EXPECT_EQ(log_loss(rows, unknown, {}, 3).error().message,
            "label of row 2 is no class of the model");
}

TEST(Probability, CalibrationLeavesEmptyBinsOut) {
  std::vector<double> same(30, 0.5);
  std::vector<double> label(30, 0);
  for (std::size_t i = 0; i < 12; ++i)
    label[i] = 1;
  const auto bins = calibration({same, label, {}});
  ASSERT_EQ(bins->size(), 1U);
  EXPECT_NEAR(bins->front().mean_label, 0.4, near);
  EXPECT_NEAR(*calibration_error({same, label, {}}), 0.1, near);
}

TEST(Probability, RefusesWhatIsNoProbability) {
  const std::vector<double> margins{0.1, 1.5, 0.8, 0.35};
  EXPECT_EQ(brier({margins, labels, {}}).error().message,
            "prediction of row 2 is 1.5, not a probability");
}

TEST(Probability, CutOffIncludesItself) {
  const auto counts = confusion({scores, labels, {}}, 0.8);
  EXPECT_EQ(counts->true_positives, 2);
  EXPECT_EQ(counts->false_positives, 0);
  EXPECT_EQ(counts->accuracy(), 1);
  const auto none = confusion({scores, labels, {}}, 0.95);
  EXPECT_EQ(none->precision(), 0);
  EXPECT_EQ(none->recall(), 0);
  EXPECT_EQ(none->f1(), 0);
  EXPECT_EQ(none->accuracy(), 0.5);
}

TEST(Probability, ClassFiguresAreMeansOverClasses) {
  const std::vector<double> predicted{0, 1, 1, 0};
  const std::vector<double> label{0, 1, 0, 0};
  const auto figures = class_figures({predicted, label, {}}, 3);
  EXPECT_NEAR(figures->accuracy, 0.75, near);
  EXPECT_NEAR(figures->precision, (1 + 0.5) / 2, near);
  EXPECT_NEAR(figures->recall, (2.0 / 3 + 1) / 2, near);
  EXPECT_NEAR(figures->f1, (0.8 + 2.0 / 3) / 2, near);
}

}  // namespace
}  // namespace gossamer::measures
