// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/link.hpp"

#include <algorithm>
#include <cmath>

namespace gossamer::scoring::forest {
namespace {

float sigmoid_f32(float x) {
  constexpr float epsilon = 1e-16F;
  const float negated = std::min(-x, 88.7F);
  const float denominator = std::exp(negated) + 1.0F + epsilon;
  return 1.0F / denominator;
}

// XGBoost's common::Softmax.
void softmax_f32(std::span<double> row) {
  auto largest = static_cast<float>(row[0]);
  for (const double x : row)
    largest = std::fmax(static_cast<float>(x), largest);
  double sum = 0;
  for (double& x : row) {
    x = std::exp(static_cast<float>(x) - largest);
    sum += x;
  }
  for (double& x : row)
    x = static_cast<float>(x) / static_cast<float>(sum);
}

// LightGBM's Common::Softmax.
void softmax(std::span<double> row) {
  double largest = row[0];
  for (const double x : row)
    largest = std::max(x, largest);
  double sum = 0;
  for (double& x : row) {
    x = std::exp(x - largest);
    sum += x;
  }
  for (double& x : row)
    x /= sum;
}

// By insertion, as XGBoost does it: equal margins (0 and -0) keep their order.
void sort_stably(std::span<double> row) {
  for (std::size_t i = 1; i < row.size(); ++i) {
    for (std::size_t at = i; at > 0 && row[at - 1] > row[at]; --at)
      std::swap(row[at - 1], row[at]);
  }
}

void apply_to_rows(LinkKind kind, std::span<double> values, std::size_t outputs) {
  for (std::size_t begin = 0; begin < values.size(); begin += outputs) {
    const auto row = values.subspan(begin, outputs);
    if (kind == LinkKind::softmax_f32) {
      softmax_f32(row);
    } else if (kind == LinkKind::softmax) {
      softmax(row);
    } else {
      sort_stably(row);
    }
  }
}

double apply_to_one(const Link& link, double x) {
  switch (link.kind) {
    case LinkKind::sigmoid_f32:
      return sigmoid_f32(static_cast<float>(x));
    case LinkKind::exp_f32:
      return std::exp(static_cast<float>(x));
    case LinkKind::exp_rounded:
      return static_cast<float>(std::exp(x));
    case LinkKind::hinge_f32:
      return x > 0 ? 1 : 0;
    case LinkKind::sigmoid:
      return 1.0 / (1.0 + std::exp(-link.scale * x));
    case LinkKind::exp:
      return std::exp(x);
    case LinkKind::log1p_exp:
      return std::log1p(std::exp(x));
    case LinkKind::signed_square:
      return static_cast<double>(static_cast<int>(x > 0) - static_cast<int>(x < 0)) * x * x;
    case LinkKind::identity:
    case LinkKind::softmax_f32:
    case LinkKind::ordered_f32:
    case LinkKind::softmax:
      break;
  }
  return x;
}

}  // namespace

void apply(const Link& link, std::span<double> values, std::size_t outputs) {
  if (link.divisor != 1) {
    for (double& x : values)
      x /= link.divisor;
  }
  switch (link.kind) {
    case LinkKind::identity:
      return;
    case LinkKind::softmax_f32:
    case LinkKind::softmax:
    case LinkKind::ordered_f32:
      apply_to_rows(link.kind, values, outputs);
      return;
    case LinkKind::sigmoid_f32:
    case LinkKind::exp_f32:
    case LinkKind::exp_rounded:
    case LinkKind::hinge_f32:
    case LinkKind::sigmoid:
    case LinkKind::exp:
    case LinkKind::log1p_exp:
    case LinkKind::signed_square:
      break;
  }
  for (double& x : values)
    x = apply_to_one(link, x);
}

}  // namespace gossamer::scoring::forest
