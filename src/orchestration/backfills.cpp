// SPDX-License-Identifier: Apache-2.0
#include "orchestration/backfills.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration pause_after_failure = std::chrono::seconds(1);
constexpr std::size_t rows_read_together = 256;
constexpr std::size_t rows_in_one_turn = 256;

PartitionStatus status_of(RunStatus run) {
  switch (run) {
    case RunStatus::succeeded:
      return PartitionStatus::succeeded;
    case RunStatus::failed:
      return PartitionStatus::failed;
    case RunStatus::cancelled:
      return PartitionStatus::cancelled;
    case RunStatus::queued:
    case RunStatus::running:
    case RunStatus::waiting:
      break;
  }
  return PartitionStatus::running;
}

// rule: after a failure no other run is made.
bool is_stopping(const Backfill& backfill) {
  return backfill.on_failure.rule == OnFailure::stop && backfill.failures > 0;
}

// rule: what depends on its past is done one after the other.
std::size_t most_at_work(const Backfill& backfill, const pipeline::Pipeline& pipeline) {
  return pipeline.depends_on_past ? 1 : static_cast<std::size_t>(backfill.max_active);
}

}  // namespace

bool Backfills::advance() {
  if (again_at_ && core_.now() < *again_at_) return false;
  again_at_.reset();
  const auto failed = [&](const Error& error) {
    core_.ports().log.error("a backfill could not go on", {{"error", error}});
    // What the store has is what is so: read again, then tried again.
    is_read_ = false;
    again_at_ = core_.now() + pause_after_failure;
    return false;
  };
  if (!is_read_) {
    if (const auto read = read_open(); !read) return failed(read.error());
  }
  bool is_busy = false;
  for (auto one = open_.begin(); one != open_.end();) {
    const auto moved = advance(one->second);
    if (!moved) return failed(moved.error());
    is_busy = is_busy || *moved;
    const bool is_over = is_final(one->second.backfill.status) && one->second.working.empty();
    one = is_over ? open_.erase(one) : std::next(one);
  }
  return is_busy;
}

Result<void> Backfills::read_open() {
  open_.clear();
  const auto& ports = core_.ports();
  TRY_ASSIGN(auto open, ports.backfills->open());
  for (auto& backfill : open) {
    UnderWay one;
    TRY_ASSIGN(auto view, ports.backfills->find(backfill.id));
    one.counts = view.counts;
    TRY_ASSIGN(one.definition, ports.definitions.find(backfill.definition));
    RowFilter running;
    running.status = PartitionStatus::running;
    running.limit = static_cast<std::size_t>(view.counts.running);
    TRY_ASSIGN(auto rows, ports.backfills->rows(backfill.id, running));
    for (auto& row : rows) {
      if (row.run) one.working.emplace(*row.run, std::move(row));
    }
    const PlanId id = backfill.id;
    one.backfill = std::move(backfill);
    open_.emplace(id, std::move(one));
  }
  is_read_ = true;
  return {};
}

Result<bool> Backfills::advance(UnderWay& one) {
  TRY(take_ended(one));
  TRY(make_runs(one));
  const bool is_over = finish(one);
  if (one.changed.empty() && !is_over) return false;
  TRY(core_.ports().backfills->put(one.backfill, one.changed, std::nullopt, core_.now()));
  one.changed.clear();
  return true;
}

// --- Runs that have ended ------------------------------------------------------------------------

Result<void> Backfills::take_ended(UnderWay& one) {
  for (auto entry = one.working.begin(); entry != one.working.end();) {
    const auto& [run, row] = *entry;
    if (core_.board().find(run) != nullptr) {
      ++entry;
      continue;
    }
    RunFilter filter;
    filter.pipeline = one.backfill.pipeline;
    filter.partition = row.partition;
    filter.model = one.backfill.model;
    TRY_ASSIGN(const auto runs, core_.ports().views.list(filter));
    const auto found = std::ranges::find(runs, run, &RunSummary::id);
    const auto status = found == runs.end() ? PartitionStatus::failed : status_of(found->status);
    if (status == PartitionStatus::running) {  // its picture is being read again
      ++entry;
      continue;
    }
    BackfillRow ended = std::move(entry->second);
    entry = one.working.erase(entry);
    end_row(one, std::move(ended), status);
  }
  return {};
}

void Backfills::end_row(UnderWay& one, BackfillRow row, PartitionStatus status) {
  --count_of(one.counts, row.status);
  ++count_of(one.counts, status);
  row.status = status;
  Backfill& backfill = one.backfill;
  if (status == PartitionStatus::failed) {
    ++backfill.failures;
    const std::string what = fmt::format("{} failed{}{}", row.partition.text(),
                                         row.run ? ": see gossamer runs show " : ": ",
                                         row.run ? row.run->value() : row.detail);
    const auto& rule = backfill.on_failure;
    if (is_stopping(backfill) && backfill.message.empty()) backfill.message = what;
    // rule: so many failures, and it waits for somebody to look.
    if (rule.rule == OnFailure::pause_after && backfill.failures >= rule.failures &&
        backfill.status == BackfillStatus::running && one.counts.pending > 0) {
      backfill.status = BackfillStatus::paused;
      backfill.message = fmt::format("paused after {} failure{}: {}", backfill.failures,
                                     backfill.failures == 1 ? "" : "s", what);
    }
  }
  one.changed.push_back(std::move(row));
}

// --- Runs that begin -----------------------------------------------------------------------------

std::size_t Backfills::at_work(const UnderWay& one) const {
  return static_cast<std::size_t>(std::ranges::count_if(one.working, [&](const auto& entry) {
    const RunState* run = core_.board().find(entry.first);
    return run != nullptr && run->status != RunStatus::waiting;
  }));
}

Result<bool> Backfills::read_next(UnderWay& one) const {
  if (!one.next.empty()) return true;
  if (one.is_all_read) return false;
  RowFilter filter;
  filter.status = PartitionStatus::pending;
  filter.order = one.backfill.order;
  filter.after = one.read_up_to;
  filter.limit = rows_read_together;
  TRY_ASSIGN(auto rows, core_.ports().backfills->rows(one.backfill.id, filter));
  if (!rows.empty()) one.read_up_to = rows.back().ordinal;
  one.is_all_read = rows.size() < filter.limit;
  std::ranges::move(rows, std::back_inserter(one.next));
  return !one.next.empty();
}

Result<void> Backfills::make_runs(UnderWay& one) {
  const auto pipeline = one.definition->pipelines.find(one.backfill.pipeline);
  if (pipeline == one.definition->pipelines.end()) {
    return bug(
        fmt::format("{} has no pipeline {}", one.backfill.id.value(), one.backfill.pipeline));
  }
  const std::size_t most = most_at_work(one.backfill, pipeline->second);
  std::size_t working = at_work(one);
  for (std::size_t turn = 0; turn < rows_in_one_turn && working < most; ++turn) {
    // rule: whoever pauses, cancels or stops it, no other run is made.
    if (one.backfill.status != BackfillStatus::running || is_stopping(one.backfill)) break;
    TRY_ASSIGN(const bool has_more, read_next(one));
    if (!has_more) break;
    BackfillRow row = std::move(one.next.front());
    one.next.pop_front();
    TRY(make_run(one, std::move(row)));
    working = at_work(one);
  }
  return core_.has_staged() ? core_.commit() : Result<void>{};
}

Result<void> Backfills::make_run(UnderWay& one, BackfillRow row) {
  TRY_ASSIGN(const bool is_made, is_made_meanwhile(one, row));
  if (is_made) {
    end_row(one, std::move(row), PartitionStatus::skipped);
    return {};
  }
  const auto requested = request(one, row);
  if (!requested) {
    if (requested.error().kind == ErrorKind::unavailable) {
      return std::unexpected(requested.error());
    }
    row.detail = requested.error().describe();
    end_row(one, std::move(row), PartitionStatus::failed);
    return {};
  }
  row.run = requested->run;
  --one.counts.pending;
  ++one.counts.running;
  row.status = PartitionStatus::running;
  one.changed.push_back(row);
  one.working.emplace(requested->run, std::move(row));
  return {};
}

// rule: what is good when its turn comes is not done again.
Result<bool> Backfills::is_made_meanwhile(const UnderWay& one, BackfillRow& row) const {
  if (row.reason != Reprocess::missing && row.reason != Reprocess::failed) return false;
  RunFilter filter;
  filter.pipeline = one.backfill.pipeline;
  filter.partition = row.partition;
  filter.status = RunStatus::succeeded;
  filter.model = one.backfill.model;
  filter.limit = 1;
  TRY_ASSIGN(const auto runs, core_.ports().views.list(filter));
  if (runs.empty() || !runs.front().finished_at ||
      *runs.front().finished_at < one.backfill.planned_at) {
    return false;
  }
  const Cause& cause = runs.front().cause;  // its own, asked for before a crash
  if (cause.kind == "backfill" && cause.detail == one.backfill.id.value()) return false;
  row.run = runs.front().id;
  row.detail = "made meanwhile";
  return true;
}

Result<RequestedRun> Backfills::request(const UnderWay& one, const BackfillRow& row) {
  const Backfill& backfill = one.backfill;
  RunRequest request;
  request.pipeline = backfill.pipeline;
  request.partition = row.partition.text();
  request.params = backfill.params;
  request.actor = backfill.starter;
  request.cause = Cause{"backfill", std::nullopt, backfill.id.value()};
  request.lane = Lane::backfill;
  request.model = backfill.model;
  request.request_key = fmt::format("backfill/{}/{}", backfill.id.value(), row.partition.text());
  const bool any_success_will_do =
      row.reason == Reprocess::missing || row.reason == Reprocess::failed;
  request.if_active = any_success_will_do ? IfActive::join : IfActive::join_queued;
  const ActiveDefinition planned{one.definition, backfill.applier};
  auto requested = core_.stage_requested(request, planned);
  if (requested || requested.error().kind != ErrorKind::conflict) return requested;
  request.if_active = IfActive::queue_behind;  // that one does something else
  return core_.stage_requested(request, planned);
}

// --- The end -------------------------------------------------------------------------------------

bool Backfills::finish(UnderWay& one) const {
  Backfill& backfill = one.backfill;
  if (backfill.status != BackfillStatus::running || !one.working.empty()) return false;
  const bool is_all_done = one.is_all_read && one.next.empty();
  if (!is_stopping(backfill) && !is_all_done) return false;
  const auto bad = one.counts.failed + one.counts.cancelled;
  backfill.status = bad > 0 ? BackfillStatus::failed : BackfillStatus::succeeded;
  backfill.finished_at = core_.now();
  if (is_stopping(backfill) && one.counts.pending > 0) {
    backfill.message = fmt::format("stopped, {} left: {}", one.counts.pending, backfill.message);
  } else if (bad > 0) {
    backfill.message = fmt::format("{} of {} failed: see gossamer backfills show {} --state failed",
                                   bad, one.counts.total(), backfill.id.value());
  }
  return true;
}

bool Backfills::is_settled(const PlanId& plan) const {
  const auto found = open_.find(plan);
  if (found == open_.end()) return is_read_;
  const auto& one = found->second;
  if (one.backfill.status == BackfillStatus::running && one.working.empty()) return false;
  if (again_at_ || core_.has_staged() || core_.has_effects_under_way()) return false;
  const auto& runs = core_.board().runs();
  const bool is_anything_at_work = std::ranges::any_of(
      runs, [](const auto& entry) { return entry.second.status == RunStatus::running; });
  return std::ranges::all_of(one.working, [&](const auto& entry) {
    const RunState* run = core_.board().find(entry.first);
    if (run == nullptr) return false;  // it has just ended
    const bool is_stuck = run->status == RunStatus::queued && !is_anything_at_work;
    return run->status == RunStatus::waiting || is_stuck;
  });
}

}  // namespace gossamer::orchestration
