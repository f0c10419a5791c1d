// SPDX-License-Identifier: Apache-2.0
#include "scoring/objective.hpp"

#include "base/suggest.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gossamer::scoring {

Result<Objective> find_objective(std::span<const Objective> objectives, std::string_view name,
                                 std::string_view engine) {
  std::vector<std::string> names;
  for (const Objective& objective : objectives) {
    if (objective.name != name) {
      names.emplace_back(objective.name);
      continue;
    }
    if (!objective.refused.empty()) {
      return invalid_input(fmt::format("objective `{}` of {} {}", name, engine, objective.refused));
    }
    return objective;
  }
  return invalid_input(
      fmt::format("{} has no objective `{}`{}", engine, name, did_you_mean(name, names)));
}

std::string_view describe(LabelRule rule) {
  switch (rule) {
    case LabelRule::finite:
      return "needs finite numbers";
    case LabelRule::zero_or_one:
      return "needs 0 or 1";
    case LabelRule::share:
      return "needs values from 0 to 1";
    case LabelRule::not_negative:
      return "needs values of 0 or more";
    case LabelRule::positive:
      return "needs values above 0";
    case LabelRule::above_minus_one:
      return "needs values above -1";
    case LabelRule::classes:
      return "needs classes: integers, texts or booleans";
  }
  return "needs finite numbers";
}

bool allows(LabelRule rule, double value) {
  if (!std::isfinite(value)) return false;
  switch (rule) {
    case LabelRule::finite:
    case LabelRule::classes:
      return true;
    case LabelRule::zero_or_one:
      return value == 0 || value == 1;
    case LabelRule::share:
      return value >= 0 && value <= 1;
    case LabelRule::not_negative:
      return value >= 0;
    case LabelRule::positive:
      return value > 0;
    case LabelRule::above_minus_one:
      return value > -1;
  }
  return false;
}

}  // namespace gossamer::scoring
