// SPDX-License-Identifier: Apache-2.0
#include "executors/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/json.hpp"
#include "base/text.hpp"
#include "executors/prepare_views.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptOrder;
using pipeline::StepKind;

// Names that the step's queries read, and those that its kind reads besides.
Result<std::set<std::string>> names_read(const AttemptOrder& order) {
  std::set<std::string> names;
  for (const std::string_view key : {"query", "data"}) {
    const auto query = order.spec.find(key);
    if (query == order.spec.end() || !query->is_object()) continue;
    TRY_ASSIGN(const auto tables,
               require<std::vector<std::string>>(*query, "tables", std::string(key)));
    names.insert(tables.begin(), tables.end());
  }
  const StepKind kind = order.declaration().kind;
  if (kind == StepKind::command || kind == StepKind::notebook) {
    for (const auto& [name, input] : order.pipeline->inputs)
      names.insert(name);
  }
  const bool reads_steps =
      kind == StepKind::command || kind == StepKind::notebook || kind == StepKind::approval;
  for (const auto& [name, result] : order.upstream) {
    if (reads_steps && !result->publications.empty()) names.insert(name);
  }
  for (const pipeline::Check& check : order.declaration().checks) {
    if (check.kind != "foreign_key" || !check.arguments.is_object()) continue;
    TRY_ASSIGN(const auto table, optional<std::string>(check.arguments, "table"));
    if (table) names.insert(*table);
  }
  return names;
}

// A profile of a table that this run wrote shows exactly that. Of another table it shows all of it,
// and beside a reference the run's own partition, where the table has one.
Result<std::vector<InputView>> views_of_profile(const AttemptOrder& order,
                                                const ViewFinder& finder) {
  std::vector<InputView> views;
  TRY_ASSIGN(const auto table, require<std::string>(order.spec, "table", "profile"));
  for (const auto& [step, result] : order.upstream) {
    TRY_ASSIGN(auto view, finder.written(step, table));
    if (!view) continue;
    view->name = table;
    views.push_back(std::move(*view));
    break;
  }
  TRY_ASSIGN(const auto reference, optional<Json>(order.spec, "reference", "profile"));
  if (views.empty()) {
    TRY_ASSIGN(auto view, reference ? finder.slice_of(table) : finder.find(table));
    views.push_back(std::move(view));
  }
  if (reference) {
    TRY_ASSIGN(auto view, finder.reference(table, *reference));
    views.push_back(std::move(view));
  }
  return views;
}

Json upstream_json(const AttemptOrder& order) {
  Json out = Json::object();
  for (const auto& [name, result] : order.upstream) {
    const pipeline::Step* step = order.pipeline->find(name);
    const auto outcome = order.step_outcomes.find(name);
    Json publications = Json::array();
    for (const auto& one : result->publications)
      publications.push_back(release::to_json(one));
    out[name] = {{"kind", step == nullptr ? "" : std::string(name_of(step->kind))},
                 {"outcome", outcome == order.step_outcomes.end() ? "" : outcome->second},
                 {"rows", result->rows},
                 {"report", result->report},
                 {"outputs", result->outputs},
                 {"publications", std::move(publications)}};
  }
  return out;
}

// Columns that people may not see in samples: what one table declares as private stays so in every
// table that carries it on under its name.
Json private_columns(const AttemptOrder& order) {
  std::set<std::string> names;
  for (const auto& [name, table] : order.definition->tables) {
    for (const pipeline::TableColumn& column : table.columns) {
      if (column.is_private) names.insert(lower_case(column.name));
    }
  }
  return names;
}

// What a gate shows beside the results: what its answer would replace, and how versions did before.
Result<Json> facts_of(const AttemptOrder& order, const models::ModelStore& models) {
  Json history = Json::array();
  std::set<std::string> seen;
  for (const auto& [alias, version] : order.step_pins.items()) {
    TRY_ASSIGN(const auto name, models::Name::parse(alias));
    if (!seen.insert(name.model).second) continue;
    TRY_ASSIGN(const auto versions, models.list(name.model));
    for (const models::Version& one : versions) {
      history.push_back({{"version", fmt::format("{}/{}", name.model, one.registration.version)},
                         {"metrics", one.registration.metrics}});
    }
  }
  return Json{{"partition", order.partition.text()},
              {"starter", order.starter.name},
              {"params", order.params},
              {"aliases", order.step_pins},
              {"settings", order.pins.settings},
              {"private", private_columns(order)},
              {"history", std::move(history)}};
}

Result<release::PartitionKey> output_key(const AttemptOrder& order, const pipeline::Table* table) {
  release::PartitionKey key = order.partition;
  if (const auto& foreach = order.declaration().foreach; foreach) {
    const std::string text =
        order.each.is_string() ? order.each.get<std::string>() : order.each.dump();
    key.pairs.emplace_back(foreach->key, text);
  }
  if (table == nullptr || table->partition_by.empty()) return key;
  release::PartitionKey ordered;
  for (const std::string& column : table->partition_by) {
    const auto found =
        std::ranges::find_if(key.pairs, [&](const auto& pair) { return pair.first == column; });
    if (found == key.pairs.end()) {
      return invalid_input(
          fmt::format("table '{}' is partitioned by '{}', but this run's partition "
                      "is {}: the pipeline has no such dimension",
                      table->name, column, key.text()));
    }
    ordered.pairs.push_back(*found);
  }
  if (ordered.pairs.size() != key.pairs.size()) {
    return invalid_input(
        fmt::format("table '{}' is partitioned by fewer columns than this run's partition {} has: "
                    "two runs would "
                    "write the same partition",
                    table->name, key.text()));
  }
  return ordered;
}

// Beside the output and for the same partition. What a person declared of the output's rows does
// not hold for these, and they become visible at once: nobody decides on them.
std::optional<OutputTarget> quarantine_of(const AttemptOrder& order, const OutputTarget& output,
                                          const warehouse::Layout& layout) {
  OutputTarget target;
  target.table = pipeline::quarantine_table(order.declaration());
  if (target.table.empty()) return std::nullopt;
  target.key = output.key;
  target.key_columns = output.key_columns;
  target.folder = layout.partition_files(target.table, order.attempt, target.key).string();
  target.schema_may_change = true;
  return target;
}

}  // namespace

Result<std::optional<OutputTarget>> output_of(const AttemptOrder& order,
                                              const warehouse::CatalogStore& catalog,
                                              const warehouse::Layout& layout) {
  const auto& declared = order.declaration().output;
  if (!declared) return std::nullopt;
  const auto found = order.definition->tables.find(declared->table);
  const pipeline::Table* table = found == order.definition->tables.end() ? nullptr : &found->second;
  OutputTarget target;
  target.table = declared->table;
  TRY_ASSIGN(target.key, output_key(order, table));
  for (const auto& [column, value] : target.key.pairs) {
    target.key_columns.push_back(key_column(table, column, {target.key}));
  }
  target.folder = layout.partition_files(target.table, order.attempt, target.key).string();
  target.checks = order.declaration().checks;
  if (table != nullptr) {
    target.unique = table->unique;
    target.schema_may_change = table->schema_may_change;
  }
  const auto entry = catalog.find_table(target.table);
  if (!entry && entry.error().kind != ErrorKind::not_found) return std::unexpected(entry.error());
  if (entry) target.previous_schema = entry->schema;
  if (declared->release == pipeline::ReleaseMode::manual) {
    target.visibility = release::Visibility::candidate;
    target.candidate = order.run.value();
  }
  if (!order.candidate.empty()) {
    target.visibility = release::Visibility::candidate;
    target.candidate = order.candidate;
  }
  return target;
}

Result<Job> JobMaker::make(const AttemptOrder& order) const {
  const pipeline::Step& step = order.declaration();
  const warehouse::Layout layout(places_.warehouse);
  const ViewFinder finder(order, catalog_, layout);
  Job job;
  job.attempt = order.attempt;
  job.run = order.run;
  job.pipeline = order.pipeline->name;
  job.step = step.name;
  job.kind = std::string(name_of(step.kind));
  const auto& calendar = order.pipeline->partitions.calendar;
  job.timezone = calendar ? calendar->timezone : order.definition->workspace.timezone;
  job.spec = order.spec;
  job.limits = limits_;
  if (step.kind == StepKind::profile) {
    TRY_ASSIGN(job.views, views_of_profile(order, finder));
  }
  TRY_ASSIGN(const auto names, names_read(order));
  for (const std::string& name : names) {
    TRY_ASSIGN(auto view, finder.find(name));
    job.views.push_back(std::move(view));
  }
  TRY_ASSIGN(job.parameters, parameters_of(order));
  TRY_ASSIGN(job.output, output_of(order, catalog_, layout));
  if (job.output) job.quarantine = quarantine_of(order, *job.output, layout);
  TRY_ASSIGN(job.models, models_of(order, models_, places_.state));
  if (step.kind == StepKind::profile) {
    job.facts["private"] = private_columns(order);
  }
  if (step.kind == StepKind::approval) {  // evidence alone tells of earlier steps
    job.upstream = upstream_json(order);
    TRY_ASSIGN(job.facts, facts_of(order, models_));
  }
  return job;
}

}  // namespace gossamer::executors
