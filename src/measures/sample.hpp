// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gossamer::measures {

// A column of numbers in ascending order, put in order once for every measure that asks. NaN are
// missing values: counted, and no part of the values.
class Sample {
 public:
  Sample() = default;
  // Time is linear in the number of values, and a single pass where they are in order already.
  explicit Sample(std::span<const double> values);

  // Ascending.
  [[nodiscard]] std::span<const double> values() const { return sorted_; }
  [[nodiscard]] std::size_t missing() const { return missing_; }
  [[nodiscard]] std::size_t rows() const { return sorted_.size() + missing_; }

  // How many values are less than this one.
  [[nodiscard]] std::size_t count_below(double value) const;
  // How many values are this one or less.
  [[nodiscard]] std::size_t count_up_to(double value) const;

  // The same rows but those with one of these values.
  [[nodiscard]] Sample without(std::span<const double> special) const;

 private:
  std::vector<double> sorted_;
  std::size_t missing_ = 0;
};

}  // namespace gossamer::measures
