// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"
#include "pipeline/values.hpp"

namespace gossamer::pipeline {
namespace {

void check_params(const TriggerStep& step, const YamlNode& params, const PipelineDraft& target,
                  Problems& problems) {
  std::vector<std::string> known;
  for (const auto& [param, declaration] : target.pipeline.parameters)
    known.push_back(param);
  for (const YamlEntry& entry : params.entries) {
    const auto declared = target.pipeline.parameters.find(entry.key.text);
    if (declared == target.pipeline.parameters.end()) {
      problems.error(entry.key,
                     fmt::format("pipeline `{}` has no parameter `{}`{}", target.pipeline.name,
                                 entry.key.text, did_you_mean(entry.key.text, known)));
      continue;
    }
    const auto value = step.params.find(entry.key.text);
    if (value == step.params.end() || !value->second.is_literal()) continue;
    check_value(entry.value, declared->second, problems);
  }
}

void check(const StepDraft& draft, const Surroundings& around, Problems& problems) {
  const auto& step = std::get<TriggerStep>(draft.step.body);
  if (step.pipeline.empty()) return;
  const YamlNode& node = *draft.body->find("pipeline");
  const PipelineDraft* target = around.workspace.find(step.pipeline);
  if (target == nullptr) {
    std::vector<std::string> names;
    for (const PipelineDraft& pipeline : around.workspace.pipelines) {
      names.push_back(pipeline.pipeline.name);
    }
    problems.error(node, fmt::format("there is no pipeline `{}`{}", step.pipeline,
                                     did_you_mean(step.pipeline, names)));
    return;
  }
  if (const YamlNode* params = draft.body->find("params")) {
    check_params(step, *params, *target, problems);
  }
  const bool here = around.pipeline.pipeline.partitions.calendar.has_value();
  const bool there = target->pipeline.partitions.calendar.has_value();
  if (step.partition == "same" && there && !here) {
    problems.error(
        node, fmt::format("pipeline `{}` has partitions of time and this one has none: "
                          "say which with `partition: {}=...`",
                          step.pipeline, name_of(target->pipeline.partitions.calendar->every)));
  }
}

}  // namespace

Kind trigger_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::trigger;
  kind.description = "Starts another pipeline once what this step waits for has been applied.";
  kind.body = as_body(object<TriggerStep>(
      "a trigger step",
      {required("pipeline", &TriggerStep::pipeline, name(label("a pipeline's name")),
                "The pipeline to start."),
       optional("partition", &TriggerStep::partition, text("`same` or a partition"),
                "`same` (the default) or a partition's key."),
       optional("params", &TriggerStep::params,
                map_of("a mapping of parameters", identifier("a parameter's name"),
                       text_with_references()),
                "Values for its parameters.")}));
  kind.texts = [](const StepBody& body) {
    std::vector<const Text*> texts;
    for (const auto& [param, text] : std::get<TriggerStep>(body).params)
      texts.push_back(&text);
    return texts;
  };
  kind.check = check;
  return kind;
}

}  // namespace gossamer::pipeline
