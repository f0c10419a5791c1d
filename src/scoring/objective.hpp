// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "scoring/scorer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gossamer::scoring {

// Which values a label may have.
enum class LabelRule : std::uint8_t {
  finite,
  zero_or_one,
  share,  // 0 to 1
  not_negative,
  positive,
  above_minus_one,
  classes,  // two or more distinct integers, strings or booleans
};

// One objective of an engine, under the engine's own name.
struct Objective {
  std::string_view name;
  Task task = Task::regression;
  LabelRule rule = LabelRule::finite;
  std::string_view refused = {};  // why it cannot be used here; empty: it can
};

// invalid_input: unknown (with a suggestion) or refused (with the reason).
Result<Objective> find_objective(std::span<const Objective> objectives, std::string_view name,
                                 std::string_view engine);

// "needs values of 0 or more": for messages.
std::string_view describe(LabelRule rule);
bool allows(LabelRule rule, double value);

}  // namespace gossamer::scoring
