// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/reference.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

// What one gate changes, by the names under which others read it.
struct Changes {
  std::set<std::string> aliases;   // model@alias
  std::set<std::string> settings;  // names
  std::set<std::string> tables;    // of held outputs
};

Changes changes_of(const PipelineDraft& pipeline, const ApprovalStep& gate) {
  Changes changes;
  for (const SwitchProposal* change : {&gate.on_approved, &gate.on_rejected}) {
    for (const AliasSwitch& alias : change->aliases) {
      changes.aliases.insert(alias.model + "@" + alias.alias);
    }
    for (const auto& [setting, value] : change->settings)
      changes.settings.insert(setting);
    for (const std::string& step : change->publish) {
      const StepDraft* writer = pipeline.find(step);
      if (writer != nullptr && writer->step.output) {
        changes.tables.insert(writer->step.output->table);
      }
    }
  }
  return changes;
}

// The first thing among the changes that the step reads, for people; empty where there is none.
std::string reads(const PipelineDraft& pipeline, StepDraft& draft, const Changes& changes) {
  if (!draft.has_body) return "";
  for (const Text* text : kind_of(draft.step.kind).models(draft.step.body)) {
    if (text->is_literal() && changes.aliases.contains(text->literal())) return text->literal();
  }
  for (const Text* text : texts_of(draft)) {
    for (const Reference& reference : references_in(*text)) {
      const std::string name = join(reference.path, ".");
      if (reference.scope == Scope::settings && changes.settings.contains(name)) {
        return to_string(reference);
      }
    }
  }
  for (const Query* query : queries_of(draft)) {
    for (const std::string& model : query->models) {
      if (changes.aliases.contains(model)) return model;
    }
    for (const std::string& read : query->tables) {
      const std::string name = lower_case(read);
      // A step's name is the view of its own rows, held or not: no gate changes what it shows.
      if (pipeline.find(name) != nullptr) continue;
      const auto input = pipeline.pipeline.inputs.find(name);
      const std::string& table =
          input == pipeline.pipeline.inputs.end() ? name : input->second.table;
      if (changes.tables.contains(table)) return table;
    }
  }
  return "";
}

// Steps that come surely before (dependencies, followed up) or after (followed down) a gate.
std::set<std::size_t> ordered_with(const PipelineDraft& pipeline, std::size_t gate) {
  std::set<std::size_t> before{gate};
  std::vector<std::size_t> open{gate};
  while (!open.empty()) {
    const std::size_t step = open.back();
    open.pop_back();
    for (const Dependency& dependency : pipeline.steps[step].step.dependencies) {
      if (before.insert(dependency.step).second) open.push_back(dependency.step);
    }
  }
  std::set<std::size_t> after{gate};
  // Steps are in order, so one pass sees every step after what it depends on.
  for (std::size_t step = gate + 1; step < pipeline.steps.size(); ++step) {
    const auto& dependencies = pipeline.steps[step].step.dependencies;
    if (std::ranges::any_of(dependencies, [&](const Dependency& dependency) {
          return after.contains(dependency.step);
        })) {
      after.insert(step);
    }
  }
  before.insert(after.begin(), after.end());
  return before;
}

}  // namespace

void check_gates(Rules rules, PipelineDraft& pipeline) {
  for (std::size_t gate = 0; gate < pipeline.steps.size(); ++gate) {
    const auto* approval = std::get_if<ApprovalStep>(&pipeline.steps[gate].step.body);
    if (approval == nullptr) continue;
    const Changes changes = changes_of(pipeline, *approval);
    const std::set<std::size_t> ordered = ordered_with(pipeline, gate);
    const std::string& name = pipeline.steps[gate].step.name;
    for (std::size_t step = 0; step < pipeline.steps.size(); ++step) {
      if (ordered.contains(step)) continue;
      StepDraft& draft = pipeline.steps[step];
      const std::string what = reads(pipeline, draft, changes);
      if (what.empty()) continue;
      rules.problems.error(
          draft.step.position,
          fmt::format("step `{}` reads {}, which gate `{}` changes: say which comes "
                      "first, for example `after: {{ {}: approved }}`",
                      draft.step.name, what, name, name));
    }
    if (approval->rework_step.empty()) continue;
    const YamlNode& rework = *pipeline.steps[gate].body->find("rework");
    const StepDraft* target = pipeline.find(approval->rework_step);
    const auto index =
        target == nullptr ? gate : static_cast<std::size_t>(target - pipeline.steps.data());
    if (target == nullptr && !pipeline.is_unreadable(approval->rework_step)) {
      rules.problems.error(rework,
                           fmt::format("there is no step `{}`{}", approval->rework_step,
                                       did_you_mean(approval->rework_step, pipeline.step_names())));
    } else if (target != nullptr && (index >= gate || !ordered.contains(index))) {
      rules.problems.error(rework,
                           fmt::format("a rework goes back to a step that this gate depends "
                                       "on; `{}` is none",
                                       approval->rework_step));
    }
  }
}

}  // namespace gossamer::pipeline
