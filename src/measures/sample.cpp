// SPDX-License-Identifier: Apache-2.0
#include "measures/sample.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace gossamer::measures {
namespace {

constexpr std::size_t few_values = 2048;  // fewer are sorted faster by comparing
constexpr unsigned digit_bits = 11;
constexpr std::size_t digits = 4;
// Sign, exponent and 32 bits of the fraction: values that agree in all of these and yet differ are
// rare enough to be put in order afterwards.
constexpr unsigned low_bits = 64 - digits * digit_bits;
constexpr std::size_t buckets = std::size_t{1} << digit_bits;
constexpr std::uint64_t sign = std::uint64_t{1} << 63U;

// An unsigned integer in the order of the numbers: negative ones are turned round.
std::uint64_t key_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

std::size_t digit_of(std::uint64_t key, std::size_t digit) {
  return (key >> (low_bits + digit * digit_bits)) % buckets;
}

// By the lowest digit first, each time in the order of the time before.
void sort_by_digits(std::vector<double>& values) {
  std::array<std::array<std::size_t, buckets>, digits> counts{};
  for (const double value : values) {
    for (std::size_t digit = 0; digit < digits; ++digit)
      ++counts[digit][digit_of(key_of(value), digit)];
  }
  std::vector<double> other(values.size());
  for (std::size_t digit = 0; digit < digits; ++digit) {
    auto& places = counts[digit];
    if (places[digit_of(key_of(values.front()), digit)] == values.size()) continue;  // all the same
    std::size_t next = 0;
    for (std::size_t& place : places) {
      const std::size_t count = place;
      place = next;
      next += count;
    }
    for (const double value : values)
      other[places[digit_of(key_of(value), digit)]++] = value;
    values.swap(other);
  }
}

// Sorts among themselves the neighbours that agree in every digit.
void sort_within_digits(std::vector<double>& values) {
  const auto high = [](double value) { return key_of(value) >> low_bits; };
  for (std::size_t at = 1; at < values.size(); ++at) {
    if (values[at - 1] <= values[at]) continue;
    const auto same = [&, here = high(values[at])](double value) { return high(value) == here; };
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(at);
    const auto first =
        std::find_if_not(std::make_reverse_iterator(middle), values.rend(), same).base();
    const auto last = std::find_if_not(middle, values.end(), same);
    std::sort(first, last);
    at = static_cast<std::size_t>(last - values.begin());
  }
}

}  // namespace

Sample::Sample(std::span<const double> values) {
  sorted_.reserve(values.size());
  std::ranges::copy_if(values, std::back_inserter(sorted_),
                       [](double value) { return !std::isnan(value); });
  missing_ = values.size() - sorted_.size();
  if (std::ranges::is_sorted(sorted_)) return;
  if (sorted_.size() < few_values) {
    std::ranges::sort(sorted_);
    return;
  }
  sort_by_digits(sorted_);
  sort_within_digits(sorted_);
}

std::size_t Sample::count_below(double value) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(sorted_, value) - sorted_.begin());
}

std::size_t Sample::count_up_to(double value) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(sorted_, value) - sorted_.begin());
}

Sample Sample::without(std::span<const double> special) const {
  Sample rest;
  rest.missing_ = missing_;
  std::ranges::copy_if(sorted_, std::back_inserter(rest.sorted_), [&](double value) {
    return std::ranges::find(special, value) == special.end();
  });
  return rest;
}

}  // namespace gossamer::measures
