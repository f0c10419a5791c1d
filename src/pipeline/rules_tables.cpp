// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/rules.hpp"

namespace gossamer::pipeline {
namespace {

// The key columns of what a step writes: the run's partition, then the instance's own key.
std::vector<std::string> keys_of(const PipelineDraft& pipeline, const Step& step) {
  std::vector<std::string> keys;
  const PartitionScheme& scheme = pipeline.pipeline.partitions;
  if (scheme.calendar) keys.emplace_back(name_of(scheme.calendar->every));
  for (const CategoryDimension& category : scheme.categories)
    keys.push_back(category.key);
  if (step.foreach && !step.foreach->key.empty()) keys.push_back(step.foreach->key);
  return keys;
}

void give_output(const Rules& rules, const PipelineDraft& pipeline, StepDraft& draft) {
  const Kind& kind = kind_of(draft.step.kind);
  const YamlNode* output = draft.node->find("output");
  const YamlNode* checks = draft.node->find("checks");
  if (kind.output == OutputUse::refused && output != nullptr) {
    rules.problems.error(*output, fmt::format("a step of kind {} writes no rows, so it has no "
                                              "`output`",
                                              name_of(kind.kind)));
  }
  if (kind.output == OutputUse::by_default && output == nullptr &&
      !pipeline.pipeline.name.empty()) {
    std::string table = pipeline.pipeline.name;
    std::ranges::replace(table, '-', '_');
    // A pipeline's name may begin with a digit, a table's may not.
    if (!table.empty() && table.front() >= '0' && table.front() <= '9') table.insert(0, "p");
    draft.step.output =
        Output{table + "." + draft.step.name, ReleaseMode::automatic, draft.step.position};
  }
  if (checks != nullptr && !draft.step.output && output == nullptr) {
    rules.problems.error(*checks, "checks look at the step's rows; this step has no `output`");
  }
}

void declare(const Rules& rules, const TableDraft& draft, Tables& tables) {
  if (draft.table.name.empty()) return;
  const auto [first, is_new] = tables.all.emplace(draft.table.name, draft.table);
  if (is_new) return;
  rules.problems.error(*draft.node->find("table"),
                       fmt::format("table `{}` is declared already at {}", draft.table.name,
                                   to_string(first->second.position)));
}

void check_declared(const Rules& rules, const TableDraft& draft) {
  constexpr std::array<std::string_view, 4> units{"hour", "day", "week", "month"};
  const auto is_unit = [&](std::string_view key) {
    return std::ranges::find(units, key) != units.end();
  };
  bool has_unit = false;
  std::set<std::string> seen;
  for (const YamlNode* key : items_of(draft.node->find("partition_by"))) {
    if (!seen.insert(key->text).second) {
      rules.problems.error(*key, fmt::format("`{}` is a key already", key->text));
    } else if (is_unit(key->text) && (has_unit || seen.size() > 1)) {
      rules.problems.error(
          *key, has_unit ? "a table has one key of time only" : "the key of time comes first");
    }
    has_unit = has_unit || is_unit(key->text);
  }
  if (rules.workspace.node == nullptr) return;
  const auto& groups = rules.workspace.workspace.groups;
  for (const YamlNode* reader : items_of(draft.node->find("readers"))) {
    if (!reader->text.starts_with("group:") || groups.contains(reader->text.substr(6))) continue;
    std::vector<std::string> names;
    for (const auto& [group, users] : groups)
      names.push_back(group);
    rules.problems.error(*reader,
                         fmt::format("gossamer.yaml has no group `{}`{}", reader->text.substr(6),
                                     did_you_mean(reader->text.substr(6), names)));
  }
}

std::string key_list(const std::vector<std::string>& keys) {
  return keys.empty() ? "no key" : "`" + join(keys, "`, `") + "`";
}

// Declared keys may leave the order of categories open, but not which there are.
bool same_keys(std::vector<std::string> left, std::vector<std::string> right) {
  std::ranges::sort(left);
  std::ranges::sort(right);
  return left == right;
}

void add_writer(const Rules& rules, const PipelineDraft& pipeline, const StepDraft& draft,
                const std::string& name, Tables& tables) {
  const Position& position = draft.step.output->position;
  auto [entry, is_new] = tables.all.try_emplace(name);
  Table& table = entry->second;
  const std::vector<std::string> keys = keys_of(pipeline, draft.step);
  if (is_new) {
    table.name = name;
    table.partition_by = keys;
    table.position = position;
  }
  if (!table.writer_step.empty()) {
    rules.problems.error(position,
                         fmt::format("table `{}` is written by step `{}` of pipeline `{}` already; "
                                     "one step writes a table",
                                     name, table.writer_step, table.writer_pipeline));
    return;
  }
  table.writer_pipeline = pipeline.pipeline.name;
  table.writer_step = draft.step.name;
  if (is_new) return;
  if (table.partition_by.empty()) {
    table.partition_by = keys;
  } else if (!same_keys(table.partition_by, keys)) {
    rules.problems.error(
        position,
        fmt::format("this step writes partitions by {}, but {} declares `{}` by {}", key_list(keys),
                    to_string(table.position), name, key_list(table.partition_by)));
  }
}

}  // namespace

bool Tables::contains(const std::string& table) const {
  return all.contains(table) || in_catalog.contains(table);
}

std::vector<std::string> Tables::names() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : all)
    names.push_back(name);
  names.insert(names.end(), in_catalog.begin(), in_catalog.end());
  return names;
}

const std::string* Tables::writer_in(const std::string& pipeline, const std::string& table) const {
  const auto entry = all.find(table);
  if (entry == all.end() || entry->second.writer_step.empty()) return nullptr;
  return entry->second.writer_pipeline == pipeline ? &entry->second.writer_step : nullptr;
}

Tables find_tables(Rules rules) {
  Tables tables;
  tables.in_catalog.insert(rules.known.tables.begin(), rules.known.tables.end());
  for (const TableDraft& draft : rules.workspace.tables) {
    declare(rules, draft, tables);
    check_declared(rules, draft);
  }
  for (PipelineDraft& pipeline : rules.workspace.pipelines) {
    for (StepDraft& draft : pipeline.steps) {
      if (draft.has_body) give_output(rules, pipeline, draft);
      if (draft.step.output && !draft.step.output->table.empty()) {
        add_writer(rules, pipeline, draft, draft.step.output->table, tables);
        const std::string aside = quarantine_table(draft.step);
        if (!aside.empty()) add_writer(rules, pipeline, draft, aside, tables);
      }
      const bool has_key = draft.step.foreach && !draft.step.foreach->key.empty();
      const std::vector<std::string> keys = keys_of(pipeline, draft.step);
      if (has_key && std::ranges::count(keys, draft.step.foreach->key) > 1) {
        rules.problems.error(*draft.node->find("foreach"),
                             fmt::format("`{}` is a key of the pipeline's partitions already",
                                         draft.step.foreach->key));
      }
    }
  }
  return tables;
}

}  // namespace gossamer::pipeline
