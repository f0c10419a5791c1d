// SPDX-License-Identifier: Apache-2.0
// The few distributions that the measures need.
#pragma once

namespace gossamer::measures {

// P(X <= x) of the gamma distribution with this shape and scale 1: the regularised lower incomplete
// gamma function, by series or continued fraction (Abramowitz and Stegun 6.5.29, 6.5.31).
double gamma_probability(double shape, double x);

// The x with P(chi-squared <= x) = probability; 0 < probability < 1, freedom > 0.
double chi_squared_quantile(double probability, double freedom);

// P(K > x) of Kolmogorov's limiting distribution: scipy.special.kolmogorov.
double kolmogorov_survival(double x);

}  // namespace gossamer::measures
