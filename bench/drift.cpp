// SPDX-License-Identifier: Apache-2.0
// Every measure of drift over a million rows beside a million others, for a hundred columns: the
// seconds of all columns on one thread.
#include "bench/figure.hpp"
#include "measures/distance.hpp"
#include "measures/distribution.hpp"
#include "measures/sample.hpp"

#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace gossamer;

constexpr std::size_t rows = 1'000'000;
constexpr std::size_t columns = 100;
constexpr std::size_t bins = 20;

std::vector<double> make_column(std::uint64_t seed, double shift) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1p-53; };
  std::vector<double> values(rows);
  for (double& value : values)
    value = uniform() + uniform() + uniform() + shift;
  return values;
}

void measure(const std::vector<double>& of_reference, const std::vector<double>& of_actual) {
  const measures::Sample reference(of_reference);
  const measures::Sample actual(of_actual);
  bench::value_of(measures::stability(reference, actual));
  bench::value_of(measures::kolmogorov_smirnov(reference, actual));
  bench::value_of(measures::wasserstein(reference, actual));
  const auto edges = measures::common_edges(reference, actual, bins);
  const auto before = measures::histogram(reference, edges).counts;
  const auto now = measures::histogram(actual, edges).counts;
  bench::value_of(measures::jensen_shannon(before, now));
  bench::value_of(measures::hellinger(before, now));
}

}  // namespace

int main() {
  double seconds = 0;
  for (std::size_t column = 0; column < columns; ++column) {
    const auto reference = make_column(2 * column, 0);
    const auto actual = make_column(2 * column + 1, 0.01);
    seconds += bench::seconds_of([&] { measure(reference, actual); });
  }
  const Json line{{"bench", "drift"}, {"rows", rows}, {"columns", columns}, {"seconds", seconds}};
  std::printf("%s\n", line.dump().c_str());
}
