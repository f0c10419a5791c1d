// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "base/numbers.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/model_name.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

struct KnownModels {
  std::set<std::string> names;
  std::map<std::string, std::set<std::string>> aliases;  // those that gates move
};

KnownModels known_models(const Rules& rules) {
  KnownModels known;
  known.names.insert(rules.known.models.begin(), rules.known.models.end());
  for (const PipelineDraft& pipeline : rules.workspace.pipelines) {
    for (const StepDraft& draft : pipeline.steps) {
      const StepBody& body = draft.step.body;
      if (const auto* train = std::get_if<TrainStep>(&body)) known.names.insert(train->model);
      if (const auto* command = std::get_if<CommandStep>(&body)) known.names.insert(command->model);
      const auto* gate = std::get_if<ApprovalStep>(&body);
      if (gate == nullptr) continue;
      for (const SwitchProposal* change : {&gate->on_approved, &gate->on_rejected}) {
        for (const AliasSwitch& alias : change->aliases) {
          known.aliases[alias.model].insert(alias.alias);
        }
      }
    }
  }
  known.names.erase("");
  return known;
}

void check_model(const Rules& rules, const KnownModels& known, const std::string& written,
                 const Position& at) {
  const std::optional<ModelName> name = parse_model_name(written);
  if (!name) {
    rules.problems.error(at, fmt::format("`{}` names no model version: write `name@alias` or "
                                         "`name/7`",
                                         abbreviated(written, 60)));
    return;
  }
  if (!known.names.contains(name->model)) {
    const std::vector<std::string> names(known.names.begin(), known.names.end());
    const std::string hint = did_you_mean(name->model, names);
    std::string message = fmt::format(
        "no step trains a model `{}`, and none is registered under "
        "that name{}",
        name->model, hint);
    // A name near to a known one is a slip; any other may be registered before the first run.
    if (hint.empty()) {
      rules.problems.warning(at, std::move(message));
    } else {
      rules.problems.error(at, std::move(message));
    }
    return;
  }
  const auto aliases = known.aliases.find(name->model);
  if (name->alias.empty() || aliases == known.aliases.end() ||
      aliases->second.contains(name->alias)) {
    return;
  }
  const std::vector<std::string> moved(aliases->second.begin(), aliases->second.end());
  const std::string hint = did_you_mean(name->alias, moved);
  if (hint.empty()) return;
  rules.problems.warning(at,
                         fmt::format("no gate moves `{}@{}`{}", name->model, name->alias, hint));
}

void check_switches(const Rules& rules, const KnownModels& known, const StepDraft& draft) {
  if (std::get_if<ApprovalStep>(&draft.step.body) == nullptr) return;
  for (const char* key : {"on_approved", "on_rejected"}) {
    const YamlNode* change = draft.body->find(key);
    const YamlNode* aliases = change == nullptr ? nullptr : change->find("aliases");
    if (aliases == nullptr) continue;
    for (const YamlNode& alias : aliases->items) {
      const YamlNode* model = alias.find("model");
      if (model == nullptr || known.names.contains(model->text)) continue;
      const std::vector<std::string> names(known.names.begin(), known.names.end());
      const std::string hint = did_you_mean(model->text, names);
      if (hint.empty()) continue;
      rules.problems.error(*model, fmt::format("no step trains a model `{}`{}", model->text, hint));
    }
  }
}

}  // namespace

std::optional<ModelName> parse_model_name(std::string_view text) {
  const std::size_t mark = text.find_first_of("@/");
  if (mark == text.npos || mark == 0) return std::nullopt;
  ModelName name{std::string(text.substr(0, mark)), "", std::nullopt};
  const std::string_view rest = text.substr(mark + 1);
  if (!schema::identifier("").accepts(name.model)) return std::nullopt;
  if (text[mark] == '/') {
    const Result<std::int64_t> version = parse_integer(rest, 1, 1'000'000'000);
    if (!version) return std::nullopt;
    name.version = static_cast<int>(*version);
    return name;
  }
  if (!schema::identifier("").accepts(rest)) return std::nullopt;
  name.alias = rest;
  return name;
}

void check_models(Rules rules) {
  const KnownModels known = known_models(rules);
  for (PipelineDraft& pipeline : rules.workspace.pipelines) {
    for (StepDraft& draft : pipeline.steps) {
      if (!draft.has_body) continue;
      for (const Text* text : kind_of(draft.step.kind).models(draft.step.body)) {
        if (!text->is_literal() || text->pieces.empty()) continue;
        check_model(rules, known, text->literal(), text->position);
      }
      for (const Query* query : queries_of(draft)) {
        const Position at = query->file.empty() ? query->position : Position{query->file, 1, 1};
        for (const std::string& model : query->models)
          check_model(rules, known, model, at);
      }
      check_switches(rules, known, draft);
    }
  }
}

}  // namespace gossamer::pipeline
