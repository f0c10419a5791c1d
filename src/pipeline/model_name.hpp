// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {

// `credit@champion` or `credit/7`.
struct ModelName {
  std::string model;
  std::string alias;  // empty where a version is named
  std::optional<int> version;
};

// Nothing where the text is neither.
std::optional<ModelName> parse_model_name(std::string_view text);

}  // namespace gossamer::pipeline
