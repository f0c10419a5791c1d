// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "web/handlers/handlers.hpp"
#include "web/views.hpp"

namespace gossamer::web {

namespace {

constexpr std::int64_t recent_runs = 30;
constexpr std::int64_t recent_runs_max = 1000;

std::string partitions_text(const pipeline::PartitionScheme& scheme) {
  std::string text;
  if (scheme.calendar) text = pipeline::name_of(scheme.calendar->every);
  for (const auto& category : scheme.categories)
    text += (text.empty() ? "" : ", ") + category.key;
  return text.empty() ? "all" : text;
}

// Oldest first, as time goes.
Result<Json> recent_of(const orchestration::RunViews& views, const std::string& pipeline,
                       std::int64_t limit) {
  orchestration::RunFilter filter;
  filter.pipeline = pipeline;
  filter.limit = static_cast<std::size_t>(limit);
  TRY_ASSIGN(const auto runs, views.list(filter));
  Json rows = Json::array();
  for (auto run = runs.rbegin(); run != runs.rend(); ++run)
    rows.push_back(run_summary_json(*run));
  return rows;
}

Result<Json> pipeline_json(const pipeline::Pipeline& pipeline, const orchestration::RunViews& views,
                           std::int64_t limit) {
  TRY_ASSIGN(auto recent, recent_of(views, pipeline.name, limit));
  return Json{{"pipeline", pipeline.name},
              {"description", pipeline.description},
              {"owner", pipeline.owner},
              {"file", pipeline.file},
              {"partitions", partitions_text(pipeline.partitions)},
              {"steps", pipeline.steps.size()},
              {"recent", std::move(recent)}};
}

Json parameter_json(const std::string& name, const pipeline::Parameter& parameter) {
  return {{"parameter", name},
          {"type", parameter.type},
          {"default", parameter.default_value},
          {"description", parameter.description}};
}

// As pipeline_json, with the steps in order, the parameters, and the file as it was applied.
Result<Json> detail_json(const pipeline::Definition& definition, const pipeline::Pipeline& pipeline,
                         const orchestration::RunViews& views, std::int64_t limit) {
  TRY_ASSIGN(auto shown, pipeline_json(pipeline, views, limit));
  Json steps = Json::array();
  for (const auto& step : pipeline.steps) {
    steps.push_back({{"step", step.name},
                     {"kind", pipeline::name_of(step.kind)},
                     {"after", after_json(pipeline, step)},
                     {"output", step.output ? Json(step.output->table) : Json()},
                     {"checks", step.checks.size()}});
  }
  Json parameters = Json::array();
  for (const auto& [name, parameter] : pipeline.parameters)
    parameters.push_back(parameter_json(name, parameter));
  Json inputs = Json::array();
  for (const auto& [name, input] : pipeline.inputs)
    inputs.push_back({{"input", name}, {"table", input.table}});
  const auto text = definition.files.find(pipeline.file);
  shown["steps"] = std::move(steps);
  shown["parameters"] = std::move(parameters);
  shown["inputs"] = std::move(inputs);
  shown["text"] = text == definition.files.end() ? "" : text->second;
  return shown;
}

}  // namespace

std::vector<Route> pipeline_reads(const orchestration::Definitions& definitions,
                                  const orchestration::RunViews& views) {
  return {{"GET", "/api/v1/pipelines", "Pipelines as they were applied last, with recent runs",
           [&](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto limit,
                        query_integer(call.request, "runs", recent_runs, 1, recent_runs_max));
             const auto active = definitions.active();
             Json rows = Json::array();
             // Where nothing was applied yet there is none.
             if (!active && active.error().kind == ErrorKind::not_found) return rows;
             if (!active) return std::unexpected(active.error());
             for (const auto& [name, pipeline] : active->definition->pipelines) {
               TRY_ASSIGN(auto row, pipeline_json(pipeline, views, limit));
               rows.push_back(std::move(row));
             }
             return rows;
           }},
          {"GET", "/api/v1/pipelines/:pipeline", "One pipeline with its steps and its file",
           [&](const Call& call) -> Result<Json> {
             TRY_ASSIGN(const auto limit,
                        query_integer(call.request, "runs", recent_runs, 1, recent_runs_max));
             TRY_ASSIGN(const auto active, definitions.active());
             const auto& pipelines = active.definition->pipelines;
             const auto found = pipelines.find(call.path.at("pipeline"));
             if (found == pipelines.end()) {
               return not_found(fmt::format("there is no pipeline {}", call.path.at("pipeline")));
             }
             return detail_json(*active.definition, found->second, views, limit);
           }}};
}

}  // namespace gossamer::web
