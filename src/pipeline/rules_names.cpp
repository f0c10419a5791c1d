// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

void check_code(const Rules& rules, const StepDraft& draft) {
  if (const auto* notebook = std::get_if<NotebookStep>(&draft.step.body)) {
    if (notebook->file.empty() || rules.files.exists(notebook->file).value_or(true)) return;
    rules.problems.error(*draft.body->find("file"),
                         fmt::format("there is no notebook `{}` in the workspace", notebook->file));
    return;
  }
  const auto* command = std::get_if<CommandStep>(&draft.step.body);
  if (command == nullptr) return;
  for (const YamlNode* folder : items_of(draft.body->find("code"))) {
    if (rules.files.exists(folder->text).value_or(true)) continue;
    rules.problems.error(*folder,
                         fmt::format("there is no folder `{}` in the workspace", folder->text));
  }
}

void check_pool(const Rules& rules, const StepDraft& draft) {
  const auto& pools = rules.workspace.workspace.pools;
  if (draft.step.pool.empty() || draft.step.pool == "default" || rules.workspace.node == nullptr ||
      pools.contains(draft.step.pool)) {
    return;
  }
  std::vector<std::string> names{"default"};
  for (const auto& [pool, size] : pools)
    names.push_back(pool);
  rules.problems.error(*draft.node->find("pool"),
                       fmt::format("gossamer.yaml has no pool `{}`{}", draft.step.pool,
                                   did_you_mean(draft.step.pool, names)));
}

void check_retries(const Rules& rules, const Retries& retries, const YamlNode* node) {
  if (node == nullptr || retries.backoff <= retries.max_backoff) return;
  const YamlNode* backoff = node->find("backoff");
  if (backoff == nullptr) backoff = node->find("max_backoff");
  rules.problems.error(
      backoff == nullptr ? *node : *backoff,
      fmt::format("the first wait ({}) is longer than the longest one ({})",
                  format_duration(retries.backoff), format_duration(retries.max_backoff)));
}

}  // namespace

std::vector<Query*> queries_of(StepDraft& draft) {
  if (!draft.has_body) return {};
  return kind_of(draft.step.kind).queries(draft.step.body);
}

std::vector<const Text*> texts_of(const StepDraft& draft) {
  if (!draft.has_body) return {};
  return kind_of(draft.step.kind).texts(draft.step.body);
}

std::vector<const YamlNode*> items_of(const YamlNode* node) {
  std::vector<const YamlNode*> items;
  if (node == nullptr) return items;
  if (node->kind != YamlNode::Kind::sequence) {
    if (node->is_scalar()) items.push_back(node);
    return items;
  }
  for (const YamlNode& item : node->items) {
    if (item.is_scalar()) items.push_back(&item);
  }
  return items;
}

void check_names(Rules rules) {
  std::map<std::string, const PipelineDraft*> seen;
  for (const PipelineDraft& draft : rules.workspace.pipelines) {
    const Pipeline& pipeline = draft.pipeline;
    if (!pipeline.name.empty()) {
      const auto [first, is_new] = seen.emplace(pipeline.name, &draft);
      if (!is_new) {
        const YamlNode& other = *first->second->node->find("pipeline");
        rules.problems.error(*draft.node->find("pipeline"),
                             fmt::format("pipeline `{}` is declared already at {}", pipeline.name,
                                         to_string(other.position())));
      }
    }
    for (const StepDraft& step : draft.steps) {
      if (!pipeline.inputs.contains(step.step.name)) continue;
      rules.problems.error(step.step.position,
                           fmt::format("`{}` is the name of an input already; in SQL both would be "
                                       "the same view",
                                       step.step.name));
    }
  }
}

void check_steps(Rules rules, PipelineDraft& pipeline) {
  check_retries(rules, pipeline.retries, pipeline.node->find("retries"));
  const Surroundings around{rules.workspace, pipeline};
  for (StepDraft& draft : pipeline.steps) {
    check_pool(rules, draft);
    if (draft.retries) check_retries(rules, *draft.retries, draft.node->find("retries"));
    draft.step.retries = draft.retries.value_or(pipeline.retries);
    if (!draft.has_body) continue;
    check_code(rules, draft);
    kind_of(draft.step.kind).check(draft, around, rules.problems);
  }
}

}  // namespace gossamer::pipeline
