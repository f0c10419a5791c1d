// SPDX-License-Identifier: Apache-2.0
// What people ask of backfills.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "orchestration/backfills.hpp"
#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr std::size_t runs_looked_at = 20;  // for the time that one takes
constexpr std::size_t all_rows = std::numeric_limits<std::size_t>::max() / 4;

Result<std::vector<BackfillRow>> rows_of(const BackfillStore& store, const PlanId& plan) {
  RowFilter filter;
  filter.limit = all_rows;
  return store.rows(plan, filter);
}

std::unexpected<Error> has_ended(const Backfill& backfill) {
  return conflict(fmt::format("{} has {}: make a new plan for what is left", backfill.id.value(),
                              backfill.status == BackfillStatus::cancelled
                                  ? "been cancelled"
                                  : std::string(name_of(backfill.status))));
}

// rule: past before present, and nothing behind a gap.
Result<void> check_order(const pipeline::Pipeline& pipeline, const BackfillStart& start) {
  if (!pipeline.depends_on_past) return {};
  if (start.order == BackfillOrder::newest) {
    return invalid_input(fmt::format(
        "{} depends on its past: it can only be done with --order oldest", pipeline.name));
  }
  if (start.on_failure.rule == OnFailure::stop ||
      (start.on_failure.rule == OnFailure::pause_after && start.on_failure.failures == 1)) {
    return {};
  }
  return invalid_input(fmt::format(
      "{} depends on its past: what comes after a failure would read what is not there; use "
      "--on-failure stop or pause-after:1",
      pipeline.name));
}

}  // namespace

// --- Planning ------------------------------------------------------------------------------------

// What an alias means for the runs of this request.
Result<Json> Backfills::aliases_now(const BackfillRequest& request,
                                    const std::vector<PinnedVersions>& versions) const {
  const auto chosen = model_version(request.model);
  Json aliases = Json::object();
  for (const auto& pinned : versions) {
    for (const auto& [name, version] : pinned.pins.items()) {
      if (aliases.contains(name)) continue;
      const std::size_t at = name.find('@');
      if (chosen && chosen->first == name.substr(0, at)) {
        aliases[name] = chosen->second;
        continue;
      }
      TRY_ASSIGN(const auto now,
                 core_.ports().releases.alias(name.substr(0, at), name.substr(at + 1)));
      aliases[name] = now ? Json(*now) : Json(nullptr);
    }
  }
  return aliases;
}

Result<PlannedPartitions> Backfills::planned(const BackfillRequest& request,
                                             const ActiveDefinition& active) const {
  TRY_ASSIGN(const auto* pipeline, pipeline_named(*active.definition, request.pipeline));
  const auto& ports = core_.ports();
  PlanningView view{*pipeline, core_.now(), {}, {}, {}, {}, Json::object()};
  TRY_ASSIGN(view.facts, ports.partition_history->facts(request.pipeline, request.model));
  if (request.model.empty() && request.reprocess.contains(Reprocess::missing)) {
    for (const auto& table : tables_written(*pipeline)) {
      TRY_ASSIGN(auto written, ports.partition_history->written(table));
      view.written.push_back(std::move(written));
    }
  }
  if (request.reprocess.contains(Reprocess::stale)) {
    TRY_ASSIGN(view.versions, ports.partition_history->versions(request.pipeline, request.model));
    TRY_ASSIGN(view.aliases, aliases_now(request, view.versions));
    std::set<Digest> definitions;
    for (const auto& facts : view.facts) {
      if (facts.definition) definitions.insert(*facts.definition);
    }
    for (const auto& digest : definitions) {
      TRY_ASSIGN(const auto definition, ports.definitions.find(digest));
      const auto known = definition->pipelines.find(request.pipeline);
      const bool is_same =
          known != definition->pipelines.end() && is_same_code(known->second, *pipeline);
      if (is_same) view.same_code.push_back(digest);
    }
  }
  return planned_partitions(request, view);
}

Result<std::optional<Duration>> Backfills::expected(const std::string& pipeline) const {
  RunFilter filter;
  filter.pipeline = pipeline;
  filter.status = RunStatus::succeeded;
  filter.limit = runs_looked_at;
  TRY_ASSIGN(const auto runs, core_.ports().views.list(filter));
  Duration sum{};
  std::int64_t count = 0;
  for (const auto& run : runs) {
    if (!run.started_at || !run.finished_at) continue;
    sum += *run.finished_at - *run.started_at;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional(sum / count);
}

// rule: a plan is stored, and nothing runs before somebody starts it.
Result<BackfillView> Backfills::plan(const BackfillRequest& request) {
  auto& ports = core_.ports();
  TRY_ASSIGN(const ActiveDefinition active, ports.definitions.active());
  TRY_ASSIGN(const auto* pipeline, pipeline_named(*active.definition, request.pipeline));
  if (!request.model.empty()) TRY(core_.check_version(*pipeline, request.model));
  TRY(checked_params(*pipeline, request.params));
  if (request.reprocess.empty()) {
    return invalid_input("say what to reprocess: missing, failed, stale or all");
  }
  TRY_ASSIGN(const auto planned, this->planned(request, active));
  BackfillView view;
  Backfill& backfill = view.backfill;
  backfill.definition = active.definition->digest;
  backfill.pipeline = request.pipeline;
  backfill.first = planned.first;
  backfill.last = planned.last;
  backfill.reprocess = request.reprocess;
  backfill.model = request.model;
  backfill.params = request.params;
  backfill.planned_by = request.actor.name;
  backfill.planned_at = core_.now();
  backfill.applier = active.applied_by;
  view.counts.pending = static_cast<std::int64_t>(planned.rows.size());
  if (planned.rows.empty()) return view;
  backfill.id = PlanId::make(ports.ids);
  TRY_ASSIGN(backfill.expected, expected(request.pipeline));
  TRY(ports.backfills->add(backfill, planned.rows,
                           AuditNote{request.actor, "backfill.plan", backfill.id.value(),
                                     Json{{"pipeline", backfill.pipeline},
                                          {"partitions", planned.rows.size()},
                                          {"model", backfill.model}}}));
  return view;
}

// --- Starting ------------------------------------------------------------------------------------

// rule: what is started is what was planned, or nothing.
Result<void> Backfills::check_current(const Backfill& backfill,
                                      const std::vector<BackfillRow>& rows) const {
  const auto& ports = core_.ports();
  const auto again = fmt::format("make a new plan: gossamer backfills plan {}", backfill.pipeline);
  TRY_ASSIGN(const ActiveDefinition active, ports.definitions.active());
  TRY_ASSIGN(const auto definition, ports.definitions.find(backfill.definition));
  const auto now = active.definition->pipelines.find(backfill.pipeline);
  const auto then = definition->pipelines.find(backfill.pipeline);
  const bool is_same = now != active.definition->pipelines.end() &&
                       then != definition->pipelines.end() &&
                       now->second.digest == then->second.digest;
  if (!is_same) {
    return conflict(fmt::format("{} is out of date: {} has changed since it was made; {}",
                                backfill.id.value(), backfill.pipeline, again));
  }
  BackfillRequest request;
  request.pipeline = backfill.pipeline;
  request.from = backfill.first;
  request.to = backfill.last;
  request.reprocess = backfill.reprocess;
  request.model = backfill.model;
  TRY_ASSIGN(const auto planned, this->planned(request, active));
  const auto difference = difference_between(rows, planned.rows);
  if (difference.empty()) return {};
  return conflict(fmt::format("{} is out of date: {}; {}", backfill.id.value(), difference, again));
}

// rule: a partition is in one backfill at a time.
Result<void> Backfills::check_alone(const Backfill& backfill,
                                    const std::vector<BackfillRow>& rows) const {
  const auto& store = *core_.ports().backfills;
  TRY_ASSIGN(const auto open, store.open());
  for (const auto& other : open) {
    if (other.pipeline != backfill.pipeline || other.model != backfill.model) continue;
    if (is_final(other.status)) continue;
    TRY_ASSIGN(const auto others, rows_of(store, other.id));
    std::set<release::PartitionKey> busy;
    for (const auto& row : others) {
      if (row.status == PartitionStatus::pending || row.status == PartitionStatus::running) {
        busy.insert(row.partition);
      }
    }
    const auto taken = std::ranges::find_if(
        rows, [&](const BackfillRow& row) { return busy.contains(row.partition); });
    if (taken == rows.end()) continue;
    return conflict(fmt::format("{} is {} and has {} too: wait for it, or cancel it",
                                other.id.value(), name_of(other.status), taken->partition.text()));
  }
  return {};
}

Result<BackfillView> Backfills::start(const PlanId& plan, const BackfillStart& start) {
  auto& ports = core_.ports();
  TRY_ASSIGN(BackfillView view, ports.backfills->find(plan));
  Backfill& backfill = view.backfill;
  if (is_final(backfill.status)) return has_ended(backfill);
  if (backfill.status != BackfillStatus::planned) {
    return conflict(fmt::format("{} is {} already: {}", plan.value(), name_of(backfill.status),
                                backfill.status == BackfillStatus::paused
                                    ? "gossamer backfills resume goes on with it"
                                    : "gossamer backfills wait follows it"));
  }
  if (start.max_active < 1) return invalid_input("--max-active is at least 1");
  TRY_ASSIGN(const auto rows, rows_of(*ports.backfills, plan));
  TRY(check_current(backfill, rows));
  TRY_ASSIGN(const auto definition, ports.definitions.find(backfill.definition));
  TRY(check_order(definition->pipelines.at(backfill.pipeline), start));
  TRY(check_alone(backfill, rows));
  backfill.status = BackfillStatus::running;
  backfill.order = start.order;
  backfill.max_active = start.max_active;
  backfill.on_failure = start.on_failure;
  backfill.starter = start.actor;
  backfill.started_at = core_.now();
  return put(backfill, AuditNote{start.actor, "backfill.start", plan.value(),
                                 Json{{"max_active", backfill.max_active},
                                      {"order", name_of(backfill.order)},
                                      {"on_failure", text_of(backfill.on_failure)}}});
}

// Written down, and taken up anew from there.
Result<BackfillView> Backfills::put(Backfill backfill, const AuditNote& note) {
  auto& store = *core_.ports().backfills;
  is_read_ = false;
  again_at_.reset();
  TRY(store.put(backfill, {}, note, core_.now()));
  return store.find(backfill.id);
}

// --- Pausing and cancelling ----------------------------------------------------------------------

Result<BackfillView> Backfills::view(const PlanId& plan) const {
  const auto found = open_.find(plan);
  if (found == open_.end() || !is_read_) return core_.ports().backfills->find(plan);
  return BackfillView{found->second.backfill, found->second.counts};
}

Result<BackfillView> Backfills::pause(const PlanId& plan, const Actor& actor) {
  TRY_ASSIGN(BackfillView view, core_.ports().backfills->find(plan));
  Backfill& backfill = view.backfill;
  if (is_final(backfill.status)) return has_ended(backfill);
  if (backfill.status == BackfillStatus::paused) return view;
  if (backfill.status == BackfillStatus::planned) {
    return conflict(fmt::format("{} has not been started", plan.value()));
  }
  backfill.status = BackfillStatus::paused;
  backfill.message = "paused by " + actor.name;
  return put(backfill, AuditNote{actor, "backfill.pause", plan.value(), Json::object()});
}

Result<BackfillView> Backfills::resume(const PlanId& plan, const Actor& actor) {
  TRY_ASSIGN(BackfillView view, core_.ports().backfills->find(plan));
  Backfill& backfill = view.backfill;
  if (is_final(backfill.status)) return has_ended(backfill);
  if (backfill.status == BackfillStatus::running) return view;
  if (backfill.status == BackfillStatus::planned) {
    return conflict(fmt::format("{} has not been started: gossamer backfills start {}",
                                plan.value(), plan.value()));
  }
  backfill.status = BackfillStatus::running;
  backfill.failures = 0;
  backfill.message.clear();
  return put(backfill, AuditNote{actor, "backfill.resume", plan.value(), Json::object()});
}

// rule: its own runs are cancelled with it; one of somebody else's goes on.
Result<BackfillView> Backfills::cancel(const PlanId& plan, const Actor& actor,
                                       const std::string& reason) {
  auto& ports = core_.ports();
  TRY_ASSIGN(BackfillView view, ports.backfills->find(plan));
  Backfill& backfill = view.backfill;
  if (is_final(backfill.status)) return has_ended(backfill);
  backfill.status = BackfillStatus::cancelled;
  backfill.finished_at = core_.now();
  backfill.message = reason.empty() ? "cancelled by " + actor.name
                                    : fmt::format("cancelled by {}: {}", actor.name, reason);
  // Written down first: after a crash in between no other run is made, and those that are at work
  // end by themselves.
  TRY_ASSIGN(view, put(backfill, AuditNote{actor, "backfill.cancel", plan.value(),
                                           Json{{"reason", reason}}}));
  std::vector<RunId> own;
  for (const auto& [id, run] : core_.board().runs()) {
    if (run.cause.kind == "backfill" && run.cause.detail == plan.value()) own.push_back(id);
  }
  for (const auto& run : own)
    core_.stage(run, CancelRequested{actor, "backfill cancelled"});
  TRY(core_.commit());
  return view;
}

}  // namespace gossamer::orchestration
