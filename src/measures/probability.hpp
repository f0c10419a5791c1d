// SPDX-License-Identifier: Apache-2.0
// How well probabilities are what they say, and what a cut-off makes of them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "measures/scored.hpp"

namespace gossamer::measures {

// Mean of (probability - label)^2: scikit-learn's brier_score_loss.
Result<double> brier(const Scored& rows);
// Mean of -ln(probability of what came true), probabilities clipped to 2^-52 and 1 - 2^-52:
// scikit-learn's log_loss of float64.
Result<double> log_loss(const Scored& rows);
// The same for several classes. `scores` is row-major, rows x classes; `label` the class's index.
Result<double> log_loss(std::span<const double> scores, std::span<const double> label,
                        std::span<const double> weight, std::size_t classes);

struct CalibrationBin {
  double mean_prediction = 0;
  double mean_label = 0;
  double weight = 0;
};
// Bins of equal frequency: borders are quantiles of the predictions, a value on a border belongs to
// the lower bin, empty bins are left out: scikit-learn's calibration_curve(strategy="quantile").
Result<std::vector<CalibrationBin>> calibration(const Scored& rows, std::size_t bins = 10);
// Expected calibration error: mean over rows of |mean label - mean prediction| of their bin.
Result<double> calibration_error(const Scored& rows, std::size_t bins = 10);

// Weights of the four outcomes where rows with prediction >= cut_off are taken as 1.
struct Confusion {
  double true_positives = 0;
  double false_positives = 0;
  double true_negatives = 0;
  double false_negatives = 0;

  [[nodiscard]] double accuracy() const;
  // 0 where nothing was taken, nothing was there: scikit-learn's zero_division=0.
  [[nodiscard]] double precision() const;
  [[nodiscard]] double recall() const;
  [[nodiscard]] double f1() const;
};
Result<Confusion> confusion(const Scored& rows, double cut_off);

// Several classes, as indices: the share of rows that are right, and unweighted means over classes
// (scikit-learn's average="macro", zero_division=0).
struct ClassFigures {
  double accuracy = 0;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
};
Result<ClassFigures> class_figures(const Scored& rows, std::size_t classes);

}  // namespace gossamer::measures
