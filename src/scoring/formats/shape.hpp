// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "scoring/artifact.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace gossamer::scoring::formats {

// What a checked model file says of itself.
struct Shape {
  std::int64_t features = 0;
  std::int64_t outputs = 0;  // classes, or 1
  std::int64_t trees = 0;
};

// Beyond these a file is refused: the libraries reserve memory per feature and output, and walk
// some things by recursion.
inline constexpr std::int64_t features_max = 1'000'000;
inline constexpr std::int64_t outputs_max = 10'000;
inline constexpr std::int64_t nodes_max = std::int64_t{1} << 28U;
inline constexpr int levels_max = 2'000;

// The structure of a model file; invalid_input says what is wrong and where in the file. A file
// that passes can be loaded and scored by the library without harm; whether its numbers are those
// of the training, a digest has to say.
Result<Shape> check_xgboost_model(std::string_view bytes);
Result<Shape> check_lightgbm_model(std::string_view text);

// The checked file's shape against what its description says of features and classes.
Result<void> check_description(const Shape& shape, const Description& description);

// One tree's children: entries below 0 are leaves. Refuses a child out of range, a node that is
// reached twice (a cycle is one) and more levels than levels_max; returns how many were reached.
struct Reached {
  std::int64_t nodes = 0;
  std::int64_t leaves = 0;
};
Result<Reached> walk_tree(std::span<const std::int64_t> left, std::span<const std::int64_t> right);

}  // namespace gossamer::scoring::formats
