// SPDX-License-Identifier: Apache-2.0
// measures: figures over columns. Pure functions of numbers: no model, no file, no clock; any
// number of threads may call them. A figure that its input does not define (AUC of one class) is an
// error of kind invalid_input that says why, never a NaN.
#pragma once

#include <span>

#include "base/result.hpp"

namespace gossamer::measures {

// Predictions against what came true. All spans have one length, weights may be empty (all 1).
struct Scored {
  std::span<const double> prediction;
  std::span<const double> label;
  std::span<const double> weight;

  [[nodiscard]] double weight_at(std::size_t index) const {
    return weight.empty() ? 1.0 : weight[index];
  }
};

// Success if lengths agree, there is a row, every number is finite, weights are not negative and
// have a positive sum. The message names the first bad row, from 1.
Result<void> check(const Scored& rows);

// As check, and every label is 0 or 1, with both present where `both` asks for them.
enum class Classes : bool { one_suffices, both };
Result<void> check_binary(const Scored& rows, Classes classes);

}  // namespace gossamer::measures
