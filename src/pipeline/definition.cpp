// SPDX-License-Identifier: Apache-2.0
#include "pipeline/definition.hpp"

#include <algorithm>

#include "pipeline/reference.hpp"

namespace gossamer::pipeline {

bool Text::is_literal() const {
  return std::ranges::none_of(
      pieces, [](const auto& piece) { return std::holds_alternative<Reference>(piece); });
}

std::string Text::literal() const {
  std::string text;
  for (const auto& piece : pieces) {
    if (const auto* reference = std::get_if<Reference>(&piece)) {
      text += to_string(*reference);
    } else {
      text += std::get<std::string>(piece);
    }
  }
  return text;
}

std::string quarantine_table(const Step& step) {
  const auto* predict = std::get_if<PredictStep>(&step.body);
  if (predict == nullptr || predict->on_error != "quarantine" || !step.output) return "";
  return step.output->table + "_quarantine";
}

std::string_view name_of(StepKind kind) {
  switch (kind) {
    case StepKind::sql:
      return "sql";
    case StepKind::command:
      return "command";
    case StepKind::notebook:
      return "notebook";
    case StepKind::train:
      return "train";
    case StepKind::evaluate:
      return "evaluate";
    case StepKind::predict:
      return "predict";
    case StepKind::profile:
      return "profile";
    case StepKind::approval:
      return "approval";
    case StepKind::trigger:
      return "trigger";
    case StepKind::none:
      return "none";
  }
  return "";
}

std::string_view name_of(Every every) {
  switch (every) {
    case Every::hour:
      return "hour";
    case Every::day:
      return "day";
    case Every::week:
      return "week";
    case Every::month:
      return "month";
  }
  return "";
}

const Step* Pipeline::find(std::string_view step) const {
  const auto found = std::ranges::find(steps, step, &Step::name);
  return found == steps.end() ? nullptr : &*found;
}

}  // namespace gossamer::pipeline
