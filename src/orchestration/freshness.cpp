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
// Of a partition, the newest first: those behind one that succeeded do not matter.
constexpr std::size_t runs_looked_at = 20;

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
// freshness.
Result<std::optional<std::string>> Engine::Core::late_source(const RunState& run,
                                                             const pipeline::Input& input) const {
  if (!input.freshness || input.time_column.empty()) return std::nullopt;
  if (input.rows == pipeline::InputRows::all) return std::nullopt;
  TRY_ASSIGN(const Partitions partitions, Partitions::make(run.pipeline->partitions));
  TRY_ASSIGN(const auto slice, partitions.slice(run.partition));
  if (!slice) return std::nullopt;
  TRY_ASSIGN(const Zone zone, Zone::find(run.definition->workspace.timezone));
  const Duration lag = input.lag.value_or(run.pipeline->window_lag);
  const Instant needed = window_of(*slice, lag, partitions.zone()).end - *input.freshness;
  TRY_ASSIGN(const std::string newest, ports_.schedules.newest(input.table, input.time_column));
  const auto moment = moment_of(newest, zone);
  if (moment ? *moment >= needed : !newest.empty()) return std::nullopt;
  return fmt::format("input {}: {} has {}, rows up to {} are needed", input.name, input.table,
                     newest.empty() ? fmt::format("no {}", input.time_column)
                                    : fmt::format("rows up to {}", newest),
                     format_instant(needed));
}

// rule: the newest run that was to write what the step reads failed a check there. A step
// that waits already does so until that partition has been made anew.
Result<std::optional<std::string>> Engine::Core::failed_upstream(const RunState& run,
                                                                 const pipeline::Input& input,
                                                                 StepStatus status) const {
  const auto& table = run.definition->tables.at(input.table);
  const auto writer = run.definition->pipelines.find(table.writer_pipeline);
  if (writer == run.definition->pipelines.end() || writer->first == run.pipeline->name) {
    return std::nullopt;
  }
  TRY_ASSIGN(const Partitions ours, Partitions::make(run.pipeline->partitions));
  TRY_ASSIGN(const Partitions theirs, Partitions::make(writer->second.partitions));
  for (const auto& key : ours.read_by(run.partition, input.partition)) {
    TRY_ASSIGN(const auto made_of, map_partition(ours, key, theirs, now()));
    for (const auto& partition : made_of) {
      RunFilter filter;
      filter.pipeline = writer->first;
      filter.partition = partition;
      filter.model = "";
      filter.limit = runs_looked_at;
      TRY_ASSIGN(const auto made, ports_.views.list(filter));
      for (const RunSummary& one : made) {
        if (one.status == RunStatus::succeeded) break;
        TRY_ASSIGN(const bool is_bad, is_badly_made(one, table.writer_step, status));
        if (!is_bad) continue;
        return fmt::format("input {}: {} of {} did not pass its checks in {}", input.name,
                           partition.text(), input.table, one.id.value());
      }
    }
  }
  return std::nullopt;
}

Result<bool> Engine::Core::is_badly_made(const RunSummary& made, const std::string& step,
                                         StepStatus status) const {
  if (!is_final(made.status)) return status == StepStatus::waiting_for_data;
  if (made.status != RunStatus::failed) return false;
  const auto run = ports_.runs.load(made.id);
  if (!run) {  // one that has left the database is nobody's present
    if (run.error().kind == ErrorKind::not_found) return false;
    return std::unexpected(run.error());
  }
  for (const auto& rows : run->steps) {
    if (run->pipeline->steps[rows.front().step].name != step) continue;
    return std::ranges::any_of(rows, [](const StepState& row) {
      return row.status == StepStatus::failed && row.failure &&
             row.failure->failure == FailureClass::check_failed;
    });
  }
  return false;
}

Result<std::optional<Engine::Core::Missing>> Engine::Core::missing_data(const RunState& run,
                                                                        Place place) const {
  const pipeline::Step& step = run.pipeline->steps[place.step];
  const auto instance = static_cast<std::size_t>(place.instance);
  const StepStatus status = run.steps[place.step][instance].status;
  std::optional<Missing> missing;
  for (const auto& [name, input] : run.pipeline->inputs) {
    if (!reads(step, name)) continue;
    const auto table = run.definition->tables.find(input.table);
    const bool is_ours =
        table != run.definition->tables.end() && !table->second.writer_pipeline.empty();
    TRY_ASSIGN(const auto what,
               is_ours ? failed_upstream(run, input, status) : late_source(run, input));
    if (!what) continue;
    // Of several choices the one that does least.
    if (!missing) {
      missing = Missing{*what, input.late};
    } else {
      missing->what += "; " + *what;
      missing->late = std::min(missing->late, input.late);
    }
  }
  return missing;
}

bool Engine::Core::is_past_deadline(const RunState& run, Place place) {
  const StepState& row = run.steps[place.step][static_cast<std::size_t>(place.instance)];
  const bool step_is_late = run.pipeline->steps[place.step].deadline && !row.deadline_at;
  const bool run_is_late = run.pipeline->deadline && !run.deadline_at;
  return step_is_late || run_is_late;
}

// rule: looked for whenever the catalog has changed, or a run has ended.
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
  const bool is_news = data_version_ != *version || std::exchange(run_ended_, false);
  const auto places = waiting;  // staging changes it
  for (const auto& [run, place] : places) {
    const RunState* state = board_.find(run);
    if (state == nullptr || (!is_news && !is_past_deadline(*state, place))) continue;
    if (auto looked = look_for_data_of(*state, place, *version); !looked) {
      ports_.log.error("it cannot be seen whether data has come",
                       {{"run", run}, {"error", looked.error()}});
      run_ended_ = true;  // then it is looked at again
      return;
    }
  }
  data_version_ = *version;
}

// rule: at the deadline the inputs' choice counts.
Result<void> Engine::Core::look_for_data_of(const RunState& run, Place place,
                                            std::uint64_t version) {
  TRY_ASSIGN(const auto missing, missing_data(run, place));
  const bool is_late = is_past_deadline(run, place);
  if (!missing || (is_late && missing->late == pipeline::WhenLate::newest)) {
    stage(run.id, DataArrived{place.step, place.instance, version});
  } else if (is_late && missing->late == pipeline::WhenLate::skip) {
    stage(run.id, DataGivenUp{place.step, place.instance, missing->what});
  }
  return {};
}

}  // namespace gossamer::orchestration
