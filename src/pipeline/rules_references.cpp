// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "pipeline/reference.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

constexpr std::array<std::string_view, 8> run_fields{"id",           "pipeline",    "partition",
                                                     "starter",      "slice_start", "slice_end",
                                                     "window_start", "window_end"};
constexpr std::array<std::string_view, 6> step_fields{"version", "output",  "outputs",
                                                      "rows",    "outcome", "report"};

std::vector<std::string> strings(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

template <class V>
std::vector<std::string> keys(const std::map<std::string, V>& map) {
  std::vector<std::string> names;
  for (const auto& [name, value] : map)
    names.push_back(name);
  return names;
}

bool makes_versions(const Step& step) {
  if (step.kind == StepKind::train) return true;
  const auto* command = std::get_if<CommandStep>(&step.body);
  return command != nullptr && !command->model.empty();
}

class ReferenceRules {
 public:
  ReferenceRules(Rules rules, const PipelineDraft& pipeline, const StepDraft& draft)
      : rules_(rules), pipeline_(pipeline), draft_(draft) {}

  void check(const Reference& reference, const Position& at) const {
    switch (reference.scope) {
      case Scope::steps:
        return check_step(reference, at);
      case Scope::run:
        return check_run(reference, at);
      case Scope::params:
        return check_declared(reference, at, keys(pipeline_.pipeline.parameters),
                              "the pipeline declares no parameter");
      case Scope::settings:
        if (rules_.workspace.node == nullptr) return;
        return check_declared(reference, at, keys(rules_.workspace.workspace.settings),
                              "gossamer.yaml declares no setting");
      case Scope::secrets:
        return check_secret(reference, at);
      case Scope::each:
        return check_each(reference, at);
    }
  }

 private:
  void refuse(const Reference& reference, const Position& at, const std::string& why) const {
    rules_.problems.error(at, fmt::format("{}: {}", to_string(reference), why));
  }

  void check_declared(const Reference& reference, const Position& at,
                      const std::vector<std::string>& names, std::string_view why) const {
    const std::string name = join(reference.path, ".");
    if (std::ranges::find(names, name) != names.end()) return;
    refuse(reference, at, fmt::format("{} `{}`{}", why, name, did_you_mean(name, names)));
  }

  void check_run(const Reference& reference, const Position& at) const {
    const std::vector<std::string> fields = strings(run_fields);
    const std::string name = join(reference.path, ".");
    if (std::ranges::find(fields, name) == fields.end()) {
      std::string hint = did_you_mean(name, fields);
      if (hint.empty()) hint = "; it has " + join(fields, ", ");
      return refuse(reference, at, fmt::format("a run has no `{}`{}", name, hint));
    }
    const bool timed = name.starts_with("slice_") || name.starts_with("window_");
    if (timed && !pipeline_.pipeline.partitions.calendar) {
      refuse(reference, at, "the pipeline has no partitions of time");
    }
  }

  void check_secret(const Reference& reference, const Position& at) const {
    if (draft_.step.kind != StepKind::command) {
      return refuse(reference, at,
                    "a secret can be used in `env` and `argv` of a command only, where it is not "
                    "stored");
    }
    if (rules_.workspace.node == nullptr) return;
    check_declared(reference, at, keys(rules_.workspace.workspace.secrets),
                   "gossamer.yaml declares no secret");
  }

  void check_each(const Reference& reference, const Position& at) const {
    if (!draft_.step.foreach) {
      if (draft_.node->find("foreach") != nullptr) return;
      return refuse(reference, at, "the step has no `foreach`");
    }
    check_declared(reference, at, {draft_.step.foreach->key}, "`foreach` has no key");
  }

  void check_step(const Reference& reference, const Position& at) const {
    const std::string& name = reference.path.front();
    const StepDraft* step = pipeline_.find(name);
    if (step == nullptr) {
      if (pipeline_.is_unreadable(name)) return;
      return refuse(
          reference, at,
          fmt::format("there is no step `{}`{}", name, did_you_mean(name, pipeline_.step_names())));
    }
    if (step == &draft_) return refuse(reference, at, "a step cannot refer to itself");
    if (!step->has_body) return;
    if (reference.path.size() < 2) {
      return refuse(reference, at,
                    fmt::format("say what of the step is meant, such as "
                                "${{steps.{}.{}}}",
                                name, makes_versions(step->step) ? "version" : "output"));
    }
    check_field(reference, at, step->step);
  }

  void check_field(const Reference& reference, const Position& at, const Step& step) const {
    const std::string& field = reference.path[1];
    const std::vector<std::string> fields = strings(step_fields);
    if (std::ranges::find(fields, field) == fields.end()) {
      std::string hint = did_you_mean(field, fields);
      if (hint.empty()) hint = "; it has " + join(fields, ", ");
      return refuse(reference, at, fmt::format("a step has no `{}`{}", field, hint));
    }
    if (field == "version" && !makes_versions(step)) {
      return refuse(reference, at, fmt::format("step `{}` makes no model version", step.name));
    }
    if (field == "output" && !step.output) {
      return refuse(reference, at, fmt::format("step `{}` writes no table", step.name));
    }
    const bool deep = field == "outputs" || field == "report";
    if (deep && reference.path.size() < 3) {
      return refuse(reference, at,
                    fmt::format("say which of the {}, such as `{}.rows`", field, field));
    }
    if (!deep && reference.path.size() > 2) {
      refuse(reference, at, fmt::format("`{}` has no parts", field));
    }
  }

  Rules rules_;
  const PipelineDraft& pipeline_;
  const StepDraft& draft_;
};

}  // namespace

namespace {

// The secrets in addresses of webhooks.
void check_channel(Rules rules, const Json& channel, const YamlNode& node) {
  if (rules.workspace.node == nullptr || !channel.is_object()) return;
  const Json address = channel.value("webhook", Json());
  if (!address.is_object()) return;
  const auto declared = keys(rules.workspace.workspace.secrets);
  for (const Json& piece : address.at("pieces")) {
    if (!piece.is_object()) continue;
    const auto name = piece.at("secret").get<std::string>();
    if (std::ranges::find(declared, name) != declared.end()) continue;
    rules.problems.error(node, fmt::format("${{secrets.{0}}}: gossamer.yaml declares no secret "
                                           "`{0}`{1}",
                                           name, did_you_mean(name, declared)));
  }
}

void check_channels(Rules rules, const PipelineDraft& pipeline) {
  const YamlNode* node = pipeline.node == nullptr ? nullptr : pipeline.node->find("notify");
  if (node != nullptr && pipeline.pipeline.notify.is_object()) {
    for (const auto& [event, channel] : pipeline.pipeline.notify.items()) {
      if (const auto* place = node->find(event)) check_channel(rules, channel, *place);
    }
  }
  for (const StepDraft& draft : pipeline.steps) {
    const auto* approval = std::get_if<ApprovalStep>(&draft.step.body);
    if (approval == nullptr || draft.body == nullptr) continue;
    const YamlNode* place = draft.body->find("notify");
    if (place != nullptr) check_channel(rules, approval->notify, *place);
  }
}

}  // namespace

void check_references(Rules rules, PipelineDraft& pipeline) {
  check_channels(rules, pipeline);
  for (const StepDraft& draft : pipeline.steps) {
    const ReferenceRules check(rules, pipeline, draft);
    for (const Text* text : texts_of(draft)) {
      for (const Reference& reference : references_in(*text)) {
        check.check(reference, text->position);
      }
    }
    if (!draft.step.foreach || !draft.step.foreach->list) continue;
    const YamlNode& list = draft.node->find("foreach")->entries.front().value;
    const Reference& reference = *draft.step.foreach->list;
    if (reference.scope == Scope::steps) {
      check.check(reference, list.position());
    } else {
      rules.problems.error(list, fmt::format("{}: the list must be one that an earlier step "
                                             "returned",
                                             to_string(reference)));
    }
  }
}

}  // namespace gossamer::pipeline
