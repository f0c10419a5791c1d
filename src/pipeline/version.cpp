// SPDX-License-Identifier: Apache-2.0
#include "pipeline/version.hpp"

#include <fmt/core.h>

#include "pipeline/problems.hpp"

namespace gossamer::pipeline {
namespace {

std::string_view missing_part(const Step& step) {
  if (step.reuse == Reuse::always) return "results of other runs (`reuse: always`)";
  return "";
}

}  // namespace

std::vector<Error> not_in_this_version(const Definition& definition) {
  Problems problems;
  for (const auto& [name, pipeline] : definition.pipelines) {
    for (const Step& step : pipeline.steps) {
      const std::string_view missing = missing_part(step);
      if (missing.empty()) continue;
      problems.error(step.position,
                     fmt::format("step `{}`: {}: not in this version", step.name, missing));
    }
  }
  return problems.take_errors();
}

}  // namespace gossamer::pipeline
