// SPDX-License-Identifier: Apache-2.0
#include "measures/sorting.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

namespace gossamer::measures {
namespace {

constexpr std::size_t few_values = 2048;  // fewer are sorted faster by comparing
constexpr unsigned digit_bits = 11;
constexpr std::size_t digits = 6;  // of 64 bits
constexpr std::size_t buckets = std::size_t{1} << digit_bits;
constexpr std::uint64_t sign = std::uint64_t{1} << 63U;

using Keys = std::vector<std::uint64_t>;

// Unsigned integers in the order of the numbers: negative ones are turned round.
std::uint64_t key_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & sign) != 0 ? ~bits : bits | sign;
}
double value_of(std::uint64_t key) {
  return std::bit_cast<double>((key & sign) != 0 ? key ^ sign : ~key);
}

std::size_t digit_of(std::uint64_t key, std::size_t digit) {
  return (key >> (digit * digit_bits)) % buckets;
}

// By the lowest digit first, each time in the order of the time before.
void radix_sort(Keys& keys) {
  std::vector<std::array<std::size_t, buckets>> counts(digits);
  for (const std::uint64_t key : keys) {
    for (std::size_t digit = 0; digit < digits; ++digit)
      ++counts[digit][digit_of(key, digit)];
  }
  Keys other(keys.size());
  for (std::size_t digit = 0; digit < digits; ++digit) {
    auto& places = counts[digit];
    if (places[digit_of(keys.front(), digit)] == keys.size()) continue;  // all the same
    std::size_t next = 0;
    for (std::size_t& place : places) {
      const std::size_t count = place;
      place = next;
      next += count;
    }
    for (const std::uint64_t key : keys)
      other[places[digit_of(key, digit)]++] = key;
    keys.swap(other);
  }
}

}  // namespace

std::vector<double> sorted_values(std::span<const double> values) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  std::ranges::copy_if(values, std::back_inserter(sorted),
                       [](double value) { return !std::isnan(value); });
  if (std::ranges::is_sorted(sorted)) return sorted;
  if (sorted.size() < few_values) {
    std::ranges::sort(sorted);
    return sorted;
  }
  Keys keys(sorted.size());
  std::ranges::transform(sorted, keys.begin(), key_of);
  radix_sort(keys);
  std::ranges::transform(keys, sorted.begin(), value_of);
  return sorted;
}

std::vector<double> sorted_sample(std::span<const double> values) {
  std::vector<double> sorted = sorted_values(values);
  sorted.resize(values.size(), std::numeric_limits<double>::quiet_NaN());
  return sorted;
}

}  // namespace gossamer::measures
