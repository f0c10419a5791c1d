// SPDX-License-Identifier: Apache-2.0
#include "measures/scored.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gossamer::measures {

Result<void> check(const Scored& rows) {
  const std::size_t size = rows.prediction.size();
  if (rows.label.size() != size || (!rows.weight.empty() && rows.weight.size() != size)) {
    return bug(fmt::format("{} predictions, {} labels, {} weights", size, rows.label.size(),
                           rows.weight.size()));
  }
  if (size == 0) return invalid_input("there are no rows to measure");
  double weights = 0;
  for (std::size_t row = 0; row < size; ++row) {
    if (!std::isfinite(rows.prediction[row])) {
      return invalid_input(fmt::format("prediction of row {} is {}, not a finite number", row + 1,
                                       rows.prediction[row]));
    }
    if (!std::isfinite(rows.label[row])) {
      return invalid_input(
          fmt::format("label of row {} is {}, not a finite number", row + 1, rows.label[row]));
    }
    const double weight = rows.weight_at(row);
    if (!(weight >= 0) || std::isinf(weight)) {
      return invalid_input(fmt::format(
          "weight of row {} is {}; weights are finite and not negative", row + 1, weight));
    }
    weights += weight;
  }
  if (weights <= 0) return invalid_input("all weights are 0: there is nothing to measure");
  return {};
}

Result<void> check_binary(const Scored& rows, Classes classes) {
  TRY(check(rows));
  bool has_positive = false;
  bool has_negative = false;
  for (std::size_t row = 0; row < rows.label.size(); ++row) {
    const double label = rows.label[row];
    if (label != 0 && label != 1) {
      return invalid_input(
          fmt::format("label of row {} is {}; this figure needs 0 or 1", row + 1, label));
    }
    (label == 1 ? has_positive : has_negative) |= rows.weight_at(row) > 0;
  }
  if (classes == Classes::both && !(has_positive && has_negative)) {
    return invalid_input(fmt::format("all labels are {}; this figure needs rows of 0 and of 1",
                                     has_positive ? 1 : 0));
  }
  return {};
}

}  // namespace gossamer::measures
