// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gossamer::scoring::forest {

// How raw margins become predictions. Names ending in _f32 compute in float32, as XGBoost does, the
// others in float64, as LightGBM does; each follows the library's formula operation by operation.
enum class LinkKind : std::uint8_t {
  identity,
  sigmoid_f32,   // 1 / (expf(min(-x, 88.7)) + 1 + 1e-16)
  exp_f32,       // expf(x)
  exp_rounded,   // exp(x) in float64, rounded to float32
  hinge_f32,     // 1 where x > 0, else 0
  softmax_f32,   // float32 terms, their sum in float64
  ordered_f32,   // the outputs of a row in ascending order: quantiles do not cross
  sigmoid,       // 1 / (1 + exp(-scale x))
  exp,           // exp(x)
  softmax,       // over the outputs of a row
  log1p_exp,     // log(1 + exp(x))
  signed_square  // sign(x) x x
};

struct Link {
  LinkKind kind = LinkKind::identity;
  double scale = 1;    // of a sigmoid
  double divisor = 1;  // of the margin, before the link: LightGBM's average over rounds

  bool operator==(const Link&) const = default;
};

// In place, row-major: rows of `outputs` margins each. float32 links expect float32 values.
void apply(const Link& link, std::span<double> values, std::size_t outputs);

}  // namespace gossamer::scoring::forest
