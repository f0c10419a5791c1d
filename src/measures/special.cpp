// SPDX-License-Identifier: Apache-2.0
#include "measures/special.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace gossamer::measures {
namespace {

constexpr int terms_max = 10'000;
constexpr double precision = std::numeric_limits<double>::epsilon();

double by_series(double shape, double x) {
  double term = 1 / shape;
  double sum = term;
  for (int i = 1; i < terms_max; ++i) {
    term *= x / (shape + i);
    sum += term;
    if (term < sum * precision) break;
  }
  return sum * std::exp(-x + shape * std::log(x) - std::lgamma(shape));
}

// Lentz's method.
double by_fraction(double shape, double x) {
  constexpr double tiny = 1e-300;
  double b = x + 1 - shape;
  double c = 1 / tiny;
  double d = 1 / b;
  double product = d;
  for (int i = 1; i < terms_max; ++i) {
    const double a = -i * (i - shape);
    b += 2;
    d = 1 / std::max(std::abs(a * d + b), tiny) * (a * d + b < 0 ? -1 : 1);
    c = b + a / c;
    if (std::abs(c) < tiny) c = tiny;
    product *= d * c;
    if (std::abs(d * c - 1) < precision) break;
  }
  return 1 - product * std::exp(-x + shape * std::log(x) - std::lgamma(shape));
}

}  // namespace

double gamma_probability(double shape, double x) {
  if (x <= 0) return 0;
  return x < shape + 1 ? by_series(shape, x) : by_fraction(shape, x);
}

double chi_squared_quantile(double probability, double freedom) {
  double low = 0;
  double high = std::max(1.0, freedom);
  while (gamma_probability(freedom / 2, high / 2) < probability)
    high *= 2;
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (gamma_probability(freedom / 2, middle / 2) < probability ? low : high) = middle;
  }
  return high;
}

double kolmogorov_survival(double x) {
  if (x <= 0) return 1;
  // Each of the two series converges within a few terms on its side of 1.
  if (x < 1) {
    const double factor = std::numbers::pi * std::numbers::pi / (8 * x * x);
    double sum = 0;
    for (int k = 1; k < 100; k += 2)
      sum += std::exp(-factor * k * k);
    return 1 - std::sqrt(2 * std::numbers::pi) / x * sum;
  }
  double sum = 0;
  for (int k = 1; k < 100; ++k)
    sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return std::clamp(sum, 0.0, 1.0);
}

}  // namespace gossamer::measures
