// SPDX-License-Identifier: Apache-2.0
#include "orchestration/requests.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::orchestration {
namespace {

using pipeline::Parameter;

std::unexpected<Error> wrong(const std::string& name, const Json& value, const std::string& why) {
  return invalid_input(fmt::format("parameter {}: {} {}", name, value.dump(), why));
}

// The command line gives texts; they are read as what the parameter is declared to be.
Result<Json> as_declared(const std::string& name, const Parameter& parameter, const Json& given) {
  const std::string& type = parameter.type;
  const bool is_text = given.is_string();
  const std::string text = is_text ? given.get<std::string>() : std::string();
  if (type == "integer") {
    if (given.is_number_integer()) return given;
    if (const auto number = parse_integer(text); is_text && number) return Json(*number);
    return wrong(name, given, "is not an integer");
  }
  if (type == "number") {
    if (given.is_number()) return given;
    if (const auto number = parse_number(text); is_text && number) return Json(*number);
    return wrong(name, given, "is not a number");
  }
  if (type == "boolean") {
    if (given.is_boolean()) return given;
    if (text == "true" || text == "false") return Json(text == "true");
    return wrong(name, given, "is neither true nor false");
  }
  if (type == "date") {
    if (is_text && parse_date(text)) return given;
    return wrong(name, given, "is not a date: write it as 2026-11-22");
  }
  if (is_text) return given;
  return wrong(name, given, "is not a text");
}

Result<void> check_bounds(const std::string& name, const Parameter& parameter, const Json& value) {
  if (value.is_number()) {
    const double number = value.get<double>();
    if (parameter.minimum && number < *parameter.minimum) {
      return wrong(name, value, fmt::format("is less than {}", shortest(*parameter.minimum)));
    }
    if (parameter.maximum && number > *parameter.maximum) {
      return wrong(name, value, fmt::format("is more than {}", shortest(*parameter.maximum)));
    }
  }
  if (parameter.allowed.empty()) return {};
  if (std::ranges::find(parameter.allowed, value) != parameter.allowed.end()) return {};
  return wrong(name, value, fmt::format("is not one of {}", Json(parameter.allowed).dump()));
}

template <class Map>
std::vector<std::string> names_in(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map)
    names.push_back(name);
  return names;
}

}  // namespace

Result<Json> checked_params(const pipeline::Pipeline& pipeline, const Json& given) {
  if (!given.is_object()) return invalid_input("parameters are not names with values");
  Json params = Json::object();
  const auto known = names_in(pipeline.parameters);
  for (const auto& [name, value] : given.items()) {
    if (pipeline.parameters.contains(name)) continue;
    return invalid_input(
        fmt::format("{} has no parameter '{}'{}{}", pipeline.name, name, did_you_mean(name, known),
                    known.empty() ? std::string() : fmt::format(": it has {}", join(known, ", "))));
  }
  for (const auto& [name, parameter] : pipeline.parameters) {
    const bool is_given = given.contains(name);
    if (!is_given && parameter.default_value.is_null()) {
      return invalid_input(
          fmt::format("parameter {} of {} has no default: give it a value", name, pipeline.name));
    }
    Json value = is_given ? given.at(name) : parameter.default_value;
    if (is_given) {
      TRY_ASSIGN(value, as_declared(name, parameter, value));
      TRY(check_bounds(name, parameter, value));
    }
    params[name] = std::move(value);
  }
  return params;
}

Result<const pipeline::Pipeline*> pipeline_named(const pipeline::Definition& definition,
                                                 const std::string& name) {
  const auto found = definition.pipelines.find(name);
  if (found != definition.pipelines.end()) return &found->second;
  std::vector<std::string> known;
  for (const auto& [other, pipeline] : definition.pipelines)
    known.push_back(other);
  return not_found(fmt::format("there is no pipeline '{}'{}: there {} {}", name,
                               did_you_mean(name, known), known.size() == 1 ? "is" : "are",
                               known.empty() ? "none" : join(known, ", ")));
}

std::optional<std::pair<std::string, int>> model_version(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == 0 || slash == std::string_view::npos) return std::nullopt;
  constexpr int most = 1'000'000'000;
  const auto number = parse_integer(text.substr(slash + 1), 1, most);
  if (!number) return std::nullopt;
  return std::pair(std::string(text.substr(0, slash)), static_cast<int>(*number));
}

namespace {

// The names of the models that a step reads, references as "${...}".
struct ModelsRead {
  std::vector<std::string> operator()(const pipeline::SqlStep& body) const {
    return body.query.models;
  }
  std::vector<std::string> operator()(const pipeline::TrainStep& body) const {
    return body.data.models;
  }
  std::vector<std::string> operator()(const pipeline::EvaluateStep& body) const {
    auto names = body.data.models;
    names.push_back(name_in(body.model));
    if (body.against) names.push_back(name_in(*body.against));
    return names;
  }
  std::vector<std::string> operator()(const pipeline::PredictStep& body) const {
    auto names = body.data.models;
    if (body.models.empty()) names.push_back(name_in(body.model));
    for (const auto& [name, model] : body.models)
      names.push_back(name_in(model));
    return names;
  }
  template <class Body>
  std::vector<std::string> operator()(const Body& /*body*/) const {
    return {};
  }

  static std::string name_in(const pipeline::Text& text) {
    const bool is_literal =
        text.pieces.size() == 1 && std::holds_alternative<std::string>(text.pieces.front());
    return is_literal ? std::get<std::string>(text.pieces.front()) : "${...}";
  }
};

}  // namespace

std::vector<std::string> aliases_in(const pipeline::Pipeline& pipeline) {
  std::vector<std::string> aliases;
  for (const auto& step : pipeline.steps) {
    for (auto& name : std::visit(ModelsRead{}, step.body)) {
      const bool is_alias = name.find('@') != std::string::npos || name.starts_with("$");
      if (is_alias && std::ranges::find(aliases, name) == aliases.end()) {
        aliases.push_back(std::move(name));
      }
    }
  }
  return aliases;
}

// --- Selection
// -------------------------------------------------------------------------------------

namespace {

Result<std::size_t> step_named(const pipeline::Pipeline& pipeline, std::string_view name) {
  const auto found = std::ranges::find(pipeline.steps, name, &pipeline::Step::name);
  if (found != pipeline.steps.end()) {
    return static_cast<std::size_t>(found - pipeline.steps.begin());
  }
  std::vector<std::string> known;
  for (const auto& step : pipeline.steps)
    known.push_back(step.name);
  return invalid_input(fmt::format("{} has no step '{}'{}: it has {}", pipeline.name, name,
                                   did_you_mean(name, known), join(known, ", ")));
}

// Dependencies point to earlier steps, so one pass in either direction reaches everything.
std::vector<bool> with_dependents(const pipeline::Pipeline& pipeline, std::vector<bool> chosen) {
  for (std::size_t step = 0; step < chosen.size(); ++step) {
    for (const auto& dependency : pipeline.steps[step].dependencies) {
      if (chosen[dependency.step]) chosen[step] = true;
    }
  }
  return chosen;
}

std::vector<bool> with_dependencies(const pipeline::Pipeline& pipeline, std::vector<bool> chosen) {
  for (std::size_t step = chosen.size(); step-- > 0;) {
    if (!chosen[step]) continue;
    for (const auto& dependency : pipeline.steps[step].dependencies) {
      chosen[dependency.step] = true;
    }
  }
  return chosen;
}

std::vector<bool> joined(std::vector<bool> left, const std::vector<bool>& right) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (right[i]) left[i] = true;
  }
  return left;
}

Result<std::vector<bool>> selected(const pipeline::Pipeline& pipeline, std::string_view word) {
  const bool upward = word.starts_with('+');
  if (upward) word.remove_prefix(1);
  const bool downward = word.ends_with('+');
  if (downward) word.remove_suffix(1);
  TRY_ASSIGN(const std::size_t step, step_named(pipeline, word));
  std::vector<bool> seed(pipeline.steps.size(), false);
  seed[step] = true;
  auto chosen = seed;
  if (upward) chosen = joined(std::move(chosen), with_dependencies(pipeline, seed));
  if (downward) chosen = joined(std::move(chosen), with_dependents(pipeline, seed));
  return chosen;
}

}  // namespace

Result<std::vector<bool>> chosen_steps(const pipeline::Pipeline& pipeline,
                                       const Selection& selection) {
  const std::size_t count = pipeline.steps.size();
  if (selection.empty()) return std::vector<bool>(count, true);
  std::vector<bool> chosen(count, false);
  for (const auto& name : selection.only) {
    TRY_ASSIGN(const std::size_t step, step_named(pipeline, name));
    chosen[step] = true;
  }
  for (const auto& name : selection.from) {
    TRY_ASSIGN(const auto found, selected(pipeline, name + "+"));
    chosen = joined(std::move(chosen), found);
  }
  for (const auto& word : split(selection.select, ' ')) {
    if (trimmed(word).empty()) continue;
    TRY_ASSIGN(const auto found, selected(pipeline, trimmed(word)));
    chosen = joined(std::move(chosen), found);
  }
  return chosen;
}

}  // namespace gossamer::orchestration
