// SPDX-License-Identifier: Apache-2.0
// Steps that wait until what they read has come.
#include <fmt/format.h>

#include <algorithm>

#include "base/zone.hpp"
#include "orchestration/calendar.hpp"
#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration look_again = std::chrono::seconds(5);

const pipeline::Query* query_of(const pipeline::StepBody& body) {
  if (const auto* sql = std::get_if<pipeline::SqlStep>(&body)) return &sql->query;
  if (const auto* train = std::get_if<pipeline::TrainStep>(&body)) return &train->data;
  if (const auto* evaluate = std::get_if<pipeline::EvaluateStep>(&body)) return &evaluate->data;
  if (const auto* predict = std::get_if<pipeline::PredictStep>(&body)) return &predict->data;
  return nullptr;
}

// A program is given every input.
bool reads(const pipeline::Step& step, const std::string& input) {
  using pipeline::StepKind;
  if (step.kind == StepKind::command || step.kind == StepKind::notebook) return true;
  const auto* query = query_of(step.body);
  return query != nullptr && std::ranges::find(query->tables, input) != query->tables.end();
}

// What a Parquet footer says of a moment: a day counts as over, a time without an offset is one of
// the zone. Nothing for what is no time.
std::optional<Instant> moment_of(std::string text, const Zone& zone) {
  if (const auto date = parse_date(text)) {
    return zone.start_of_day(Date(std::chrono::local_days(*date) + std::chrono::days(1)));
  }
  std::ranges::replace(text, ' ', 'T');
  if (const auto local = parse_local_time(text)) return zone.to_instant(*local).earlier;
  // DuckDB writes whole hours of an offset alone: +09.
  const std::size_t sign = text.find_last_of("+-");
  if (sign != std::string::npos && text.size() - sign == 3) text += ":00";
  const auto instant = parse_instant(text);
  return instant ? std::optional(*instant) : std::nullopt;
}

}  // namespace

// rule: the newest row of a source is older than the end of the window by more than its
// freshness. What a pipeline writes is there when its step is.
Result<std::optional<std::string>> Engine::Core::missing_data(const RunState& run,
                                                              Place place) const {
  const pipeline::Step& step = run.pipeline->steps[place.step];
  TRY_ASSIGN(const Partitions partitions, Partitions::make(run.pipeline->partitions));
  TRY_ASSIGN(const auto slice, partitions.slice(run.partition));
  if (!slice) return std::nullopt;
  TRY_ASSIGN(const Zone zone, Zone::find(run.definition->workspace.timezone));
  for (const auto& [name, input] : run.pipeline->inputs) {
    if (!input.freshness || input.time_column.empty() || !reads(step, name)) continue;
    const auto table = run.definition->tables.find(input.table);
    const bool is_ours =
        table != run.definition->tables.end() && !table->second.writer_pipeline.empty();
    if (is_ours || input.rows == pipeline::InputRows::all) continue;
    const Duration lag = input.lag.value_or(run.pipeline->window_lag);
    const Instant needed = window_of(*slice, lag, partitions.zone()).end - *input.freshness;
    TRY_ASSIGN(const std::string newest, ports_.schedules.newest(input.table, input.time_column));
    const auto moment = moment_of(newest, zone);
    if (moment ? *moment >= needed : !newest.empty()) continue;
    return fmt::format("input {}: {} has {}, rows up to {} are needed", name, input.table,
                       newest.empty() ? fmt::format("no {}", input.time_column)
                                      : fmt::format("rows up to {}", newest),
                       format_instant(needed));
  }
  return std::nullopt;
}

// rule: looked for whenever the catalog has changed.
void Engine::Core::look_for_data() {
  const auto& waiting = board_.waiting_for_data();
  if (waiting.empty()) {
    data_at_.reset();
    return;
  }
  // What has just begun to wait was just looked at; what an earlier engine left was not.
  if (!data_at_ && data_version_ > 0) data_at_ = now() + look_again;
  if (data_at_ && now() < *data_at_) return;
  data_at_ = now() + look_again;
  const auto version = ports_.runs.catalog_version();
  if (!version) {
    ports_.log.error("the catalog cannot be read", {{"error", version.error()}});
    return;
  }
  if (data_version_ == *version) return;
  const auto places = waiting;  // staging changes it
  for (const auto& [run, place] : places) {
    const auto missing = missing_data(*board_.find(run), place);
    if (!missing) {
      ports_.log.error("it cannot be seen whether data has come",
                       {{"run", run}, {"error", missing.error()}});
      return;
    }
    if (!*missing) stage(run, DataArrived{place.step, place.instance, *version});
  }
  data_version_ = *version;
}

}  // namespace gossamer::orchestration
