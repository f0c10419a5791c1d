// SPDX-License-Identifier: Apache-2.0
#include "measures/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gossamer::measures {
namespace {

// Weighted mean of `distance(prediction, label)`.
template <class Distance>
Result<double> mean_of(const Scored& rows, const Distance& distance) {
  TRY(check(rows));
  double sum = 0;
  double weights = 0;
  for (std::size_t row = 0; row < rows.prediction.size(); ++row) {
    sum += rows.weight_at(row) * distance(rows.prediction[row], rows.label[row]);
    weights += rows.weight_at(row);
  }
  return sum / weights;
}

double squared(double prediction, double label) {
  return (prediction - label) * (prediction - label);
}

}  // namespace

Result<double> root_mean_squared_error(const Scored& rows) {
  TRY_ASSIGN(const double mean, mean_of(rows, squared));
  return std::sqrt(mean);
}

Result<double> mean_absolute_error(const Scored& rows) {
  return mean_of(rows,
                 [](double prediction, double label) { return std::abs(prediction - label); });
}

Result<double> mean_absolute_percentage_error(const Scored& rows) {
  return mean_of(rows, [](double prediction, double label) {
    return std::abs(prediction - label) /
           std::max(std::abs(label), std::numeric_limits<double>::epsilon());
  });
}

Result<double> r2(const Scored& rows) {
  TRY_ASSIGN(const double residual, mean_of(rows, squared));
  TRY_ASSIGN(const double mean, mean_of(rows, [](double, double label) { return label; }));
  TRY_ASSIGN(const double total,
             mean_of(rows, [&](double, double label) { return squared(mean, label); }));
  if (rows.label.size() < 2 || total <= 0) {
    return invalid_input("all labels are the same; R2 needs labels that differ");
  }
  return 1 - residual / total;
}

}  // namespace gossamer::measures
