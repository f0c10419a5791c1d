// SPDX-License-Identifier: Apache-2.0
// Effects go out, in the order of the outbox; each is safe to repeat.
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/calendar.hpp"
#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration first_pause = std::chrono::seconds(5);
constexpr Duration longest_pause = std::chrono::minutes(5);
// Acknowledgements travel with the next commit; without one they wait this long for it.
constexpr Duration acknowledgement_delay = std::chrono::seconds(1);

bool asks_for_runs(const Effect& effect) {
  return std::holds_alternative<StartRun>(effect.body) ||
         std::holds_alternative<StartFollowers>(effect.body);
}

}  // namespace

bool Engine::Core::has_effects_under_way() const {
  const bool runs_are_to_come = std::ranges::any_of(
      later_, [](const Later& later) { return asks_for_runs(later.row.effect); });
  return !elsewhere_.empty() || undispatched_ > 0 || runs_are_to_come;
}

bool Engine::Core::dispatch() {
  bool is_new = false;
  std::vector<OutboxRow> rows;
  std::erase_if(later_, [&](Later& later) {
    if (later.at > now()) return false;
    rows.push_back(std::move(later.row));
    return true;
  });
  auto fresh = ports_.runs.outbox(last_row_);
  if (!fresh) {
    ports_.log.error("the outbox cannot be read", {{"error", fresh.error()}});
    paused_until_ = now() + acknowledgement_delay;
    return false;
  }
  for (auto& row : *fresh) {
    last_row_ = std::max(last_row_, row.id);
    rows.push_back(std::move(row));
  }
  undispatched_ = static_cast<int>(
      std::ranges::count_if(rows, [](const OutboxRow& row) { return asks_for_runs(row.effect); }));
  for (const OutboxRow& row : rows) {
    is_new = true;
    carry_out(row);
    if (asks_for_runs(row.effect)) --undispatched_;
  }
  return is_new;
}

void Engine::Core::carry_out(const OutboxRow& row) {
  const EffectBody& body = row.effect.body;
  if (std::holds_alternative<ProjectPartition>(body) || std::holds_alternative<Notify>(body)) {
    run_elsewhere(row);
    return;
  }
  Result<void> done;
  if (const auto* start = std::get_if<StartAttempt>(&body)) {
    start_attempt(*start);
  } else if (const auto* stop = std::get_if<StopAttempt>(&body)) {
    ports_.executor.stop(stop->attempt, stop->reason);
  } else if (const auto* run = std::get_if<StartRun>(&body)) {
    done = start_run(row, *run);
  } else if (const auto* followers = std::get_if<StartFollowers>(&body)) {
    done = start_followers(row, *followers);
  }
  effect_done(EffectDone{row.id, std::move(done)}, row);
}

void Engine::Core::effect_done(const EffectDone& done) {
  const auto found = elsewhere_.find(done.row);
  if (found == elsewhere_.end()) return;
  const OutboxRow row = std::move(found->second);
  elsewhere_.erase(found);
  effect_done(done, row);
}

// An effect that another try cannot help is done with; what is only unavailable is tried again.
void Engine::Core::effect_done(const EffectDone& done, const OutboxRow& row) {
  if (!done.result) {
    ports_.log.error("an effect failed",
                     {{"effect", row.effect.key}, {"error", done.result.error()}});
    if (done.result.error().kind == ErrorKind::unavailable) {
      int& failures = failures_[row.id];
      Duration pause = first_pause;
      for (int i = 0; i < failures && pause < longest_pause; ++i)
        pause *= 2;
      ++failures;
      later_.push_back(Later{now() + std::min(pause, longest_pause), row});
      return;
    }
  }
  failures_.erase(row.id);
  acknowledged_.push_back(row.id);
  if (!acknowledge_by_) acknowledge_by_ = now() + acknowledgement_delay;
}

void Engine::Core::start_attempt(const StartAttempt& effect) {
  const auto* at = board_.find_attempt(effect.attempt);
  if (at == nullptr || adopted_.contains(effect.attempt)) return;  // it has ended, or was taken up
  const RunState& run = *board_.find(at->run);
  auto order = order_for(run, at->place);
  if (order) {
    ports_.executor.start(*order);
    return;
  }
  AttemptResult result;
  result.attempt = effect.attempt;
  result.status = AttemptStatus::failed;  // rule
  result.failure = Failure{FailureClass::invalid_input, order.error().describe(), {}, {}};
  ports_.inbox.push(std::move(result));
}

void Engine::Core::run_elsewhere(const OutboxRow& row) {
  elsewhere_[row.id] = row;
  const std::string_view kind = kind_of(row.effect);
  auto taken = ports_.background(kind, [this, row] {
    Result<void> result;
    if (const auto* project = std::get_if<ProjectPartition>(&row.effect.body)) {
      result = ports_.projector.project(project->table, project->key);
    } else {
      result = ports_.notifier.send(row.run, row.effect.key, std::get<Notify>(row.effect.body));
    }
    ports_.inbox.push(EffectDone{row.id, std::move(result)});
  });
  if (!taken) effect_done(EffectDone{row.id, std::move(taken)});
}

// --- Runs that follow from others --------------------------------------------------------------

Result<void> Engine::Core::request_mapped(const OutboxRow& row, const std::string& target,
                                          const std::string& source_pipeline,
                                          const release::PartitionKey& source, const Json& params,
                                          const Cause& cause, Lane lane) {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  const auto& pipelines = active.definition->pipelines;
  const auto to = pipelines.find(target);
  const auto from = pipelines.find(source_pipeline);
  if (to == pipelines.end()) return not_found(fmt::format("there is no pipeline '{}'", target));
  pipeline::PartitionScheme scheme;
  if (from != pipelines.end()) scheme = from->second.partitions;
  TRY_ASSIGN(const Partitions source_partitions, Partitions::make(scheme));
  TRY_ASSIGN(const Partitions target_partitions, Partitions::make(to->second.partitions));
  TRY_ASSIGN(const auto keys, map_partition(source_partitions, source, target_partitions, now()));
  for (const auto& key : keys) {
    RunRequest request;
    request.pipeline = target;
    request.partition = key.text();
    request.params = params;
    request.if_active = IfActive::join_queued;
    request.actor = Actor{active.applied_by, true, "schedule"};
    request.cause = cause;
    request.lane = lane;
    request.request_key = fmt::format("{}/{}/{}", row.effect.key, target, key.text());
    TRY(create(request));
  }
  return {};
}

Result<void> Engine::Core::start_run(const OutboxRow& row, const StartRun& effect) {
  if (effect.partition.empty() || effect.partition == "same") {
    return request_mapped(row, effect.pipeline, effect.source_pipeline, effect.source_partition,
                          effect.params, effect.cause, effect.lane);
  }
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  RunRequest request;
  request.pipeline = effect.pipeline;
  request.partition = effect.partition;
  request.params = effect.params;
  request.if_active = IfActive::join_queued;
  request.actor = Actor{active.applied_by, true, "schedule"};
  request.cause = effect.cause;
  request.lane = effect.lane;
  request.request_key = row.effect.key;
  TRY(create(request));
  return {};
}

// rule: the definition that is active now says who follows.
Result<void> Engine::Core::start_followers(const OutboxRow& row, const StartFollowers& effect) {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  Result<void> outcome;
  for (const auto& [name, pipeline] : active.definition->pipelines) {
    if (!pipeline.schedule) continue;
    const auto& sources = pipeline.schedule->when_finished;
    if (std::ranges::find(sources, effect.source_pipeline) == sources.end()) continue;
    auto requested = request_mapped(row, name, effect.source_pipeline, effect.source_partition,
                                    Json::object(), effect.cause, effect.lane);
    if (requested) continue;
    ports_.log.error("a following run could not be made",
                     {{"pipeline", name}, {"error", requested.error()}});
    // What another try can help decides: those that are made already are not made again.
    const bool is_temporary = requested.error().kind == ErrorKind::unavailable;
    if (outcome || is_temporary) outcome = std::move(requested);
  }
  return outcome;
}

}  // namespace gossamer::orchestration
