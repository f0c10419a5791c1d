// SPDX-License-Identifier: Apache-2.0
// The order of one turn: overdue timers, what has arrived, what can start, one commit, its effects.
#include <algorithm>

#include "orchestration/calendar.hpp"
#include "orchestration/core.hpp"
#include "orchestration/resolve.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration pause_after_failure = std::chrono::seconds(1);
constexpr Duration archive_interval = std::chrono::hours(1);
constexpr std::size_t archive_batch = 100;

}  // namespace

Background run_inline() {
  return [](std::string_view, std::move_only_function<void()> task) -> Result<void> {
    task();
    return {};
  };
}

Result<void> Engine::Core::start() {
  TRY_ASSIGN(auto open, ports_.runs.load_open());
  for (auto& run : open) {
    known_[run.id] = KnownRun{run.cause.parent,
                              RunEnd{run.id, run.pipeline->name, run.partition.text(), run.status}};
    board_.put(std::move(run));
  }
  // rule: the executor finds out what became of each attempt; one whose start is still in
  // the outbox is among them, and its row then has nothing left to do.
  const auto attempts = board_.attempts();
  for (const auto& [attempt, at] : attempts) {
    adopted_.insert(attempt);
    auto order = order_for(*board_.find(at.run), at.place);
    if (order) {
      ports_.executor.adopt(*order);
    } else {
      AttemptResult result;
      result.attempt = attempt;
      result.status = AttemptStatus::failed;
      result.failure = Failure{FailureClass::invalid_input, order.error().describe(), {}, {}};
      ports_.inbox.push(std::move(result));
    }
  }
  ports_.executor.sweep(adopted_);
  return {};
}

bool Engine::Core::cycle() {
  if (paused_until_ && now() >= *paused_until_) paused_until_.reset();
  if (!paused_until_ && !read_again()) paused_until_ = now() + pause_after_failure;
  if (!paused_until_) {
    apply_overdue();
    fire_timers();
    fire_updates();
    look_for_data();
  }
  bool is_busy = take_inbox();
  if (paused_until_) return false;
  for (std::size_t left = postponed_.size(); left > 0; --left) {
    is_busy = true;
    AttemptResult result = std::move(postponed_.front());
    postponed_.pop_front();
    take_result(std::move(result));
    // After a conflict nobody knows whose it was: each result is committed alone until it is found.
    if (one_by_one_ && !commit_one()) break;  // the others come next time
  }
  one_by_one_ = false;
  // Nothing is planned by a picture that could not be read again.
  if (!unread_.empty() && !paused_until_) paused_until_ = now() + pause_after_failure;
  if (paused_until_) return false;
  plan_and_stage();
  is_busy = is_busy || has_staged();
  const bool acknowledges = acknowledge_by_ && *acknowledge_by_ <= now();
  if (has_staged() || acknowledges || !taken_.empty()) {
    if (!commit()) return one_by_one_;
  }
  if (backfills_ && backfills_->advance()) is_busy = true;
  if (dispatch()) is_busy = true;
  if (!is_busy) archive_old_runs();
  return is_busy;
}

// rule: from time to time, when there is nothing better to do.
void Engine::Core::archive_old_runs() {
  if (archive_at_ && now() < *archive_at_) return;
  archive_at_ = now() + archive_interval;
  const auto active = ports_.definitions.active();
  if (!active || !active->definition->workspace.history_keep) return;
  const Instant before = now() - *active->definition->workspace.history_keep;
  const auto moved = ports_.runs.archive(before, archive_batch);
  if (!moved) {
    ports_.log.error("old runs could not be moved out", {{"error", moved.error()}});
  } else if (*moved == archive_batch) {
    archive_at_ = now();  // the rest in the next turns
  }
}

// Calls are made even while the store fails: they say so to whoever asked.
bool Engine::Core::take_inbox() {
  bool is_busy = false;
  for (auto& item : ports_.inbox.take()) {
    is_busy = true;
    if (auto* result = std::get_if<AttemptResult>(&item)) {
      postponed_.push_back(std::move(*result));
    } else if (auto* done = std::get_if<EffectDone>(&item)) {
      effect_done(*done);
    } else {
      std::get<Call>(item)();
    }
  }
  return is_busy;
}

Result<void> Engine::Core::catch_up() {
  if (!read_again()) return unavailable("the control database cannot be read: try again");
  apply_overdue();
  return {};
}

void Engine::Core::apply_overdue() {
  for (const auto& timer : board_.due(now()))
    stage(timer.run, timer.event);
}

std::optional<Instant> Engine::Core::next_wake() const {
  if (paused_until_) return paused_until_;
  std::optional<Instant> next = board_.next_timer();
  const auto sooner = [&](const std::optional<Instant>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  sooner(acknowledge_by_);
  sooner(archive_at_);
  sooner(timers_at_);
  if (backfills_) sooner(backfills_->next_wake());
  sooner(updates_at_);
  sooner(data_at_);
  for (const auto& later : later_)
    sooner(later.at);
  return next;
}

// --- Starting runs and steps -------------------------------------------------------------------

std::map<std::string, int> Engine::Core::pool_sizes() const {
  const auto active = ports_.definitions.active();
  return active ? active->definition->workspace.pools : std::map<std::string, int>{};
}

// rule: a run waits until a run of the partition before its own has succeeded.
bool Engine::Core::is_held_back(const QueuedRun& queued) const {
  const RunState& run = *board_.find(queued.run);
  if (!run.pipeline->depends_on_past) return false;
  const auto partitions = Partitions::make(run.pipeline->partitions);
  if (!partitions) return false;
  const auto earlier = partitions->previous(run.partition);
  if (!earlier) return false;
  RunFilter filter;
  filter.pipeline = run.pipeline->name;
  filter.partition = *earlier;
  filter.status = RunStatus::succeeded;
  filter.model = "";  // what is a candidate alone is nobody's past
  filter.limit = 1;
  const auto done = ports_.views.list(filter);
  return !done || done->empty();
}

Result<void> Engine::Core::stage_start(const RunId& run) {
  if (stages_releases()) {  // what it reads must be in the store first
    TRY(commit());
  }
  const RunState* state = board_.find(run);
  if (state == nullptr) return {};
  TRY_ASSIGN(RunPins pins, run_pins(*state));
  stage(run, RunStarted{std::move(pins)});
  return {};
}

Result<void> Engine::Core::stage_grant(const Grant& grant) {
  const RunState* state = board_.find(grant.run);
  if (state == nullptr) return {};
  TRY_ASSIGN(const auto missing, missing_data(*state, grant.place));
  const bool goes_without = missing && missing->late == pipeline::WhenLate::newest &&
                            is_past_deadline(*state, grant.place);
  if (missing && !goes_without) {
    stage(grant.run, DataMissing{grant.place.step, grant.place.instance, missing->what});
    return {};
  }
  const pipeline::Step& step = state->pipeline->steps[grant.place.step];
  StepGranted event{grant.place.step, grant.place.instance, AttemptId::make(ports_.ids),
                    Json::object(), missing ? missing->what : ""};
  const bool may_name_aliases = step.kind != pipeline::StepKind::command;
  if (may_name_aliases && stages_releases()) {
    TRY(commit());
    state = board_.find(grant.run);
    if (state == nullptr) return {};
  }
  TRY_ASSIGN(event.pins, pins_for(*state, grant.place));
  stage(grant.run, event);
  return {};
}

void Engine::Core::plan_and_stage() {
  // A run that starts queues its first steps, so runs are planned before steps.
  if (board_.has_queued_runs()) {
    QueueView queue = board_.queue();
    for (auto& run : queue.queued)
      run.is_held_back = is_held_back(run);
    queue.waiting = nullptr;
    for (const RunId& run : plan(queue, {}).start) {
      if (auto started = stage_start(run); !started) {
        ports_.log.error("a run could not start", {{"run", run}, {"error", started.error()}});
        paused_until_ = now() + pause_after_failure;  // then it is planned again
        return;
      }
    }
  }
  const auto sizes = pool_sizes();
  QueueView queue = board_.queue();
  queue.queued.clear();
  for (const Grant& grant : plan(queue, board_.slots(sizes, options_.default_pool_size)).grant) {
    if (auto granted = stage_grant(grant); !granted) {
      ports_.log.error("a step could not start", {{"run", grant.run}, {"error", granted.error()}});
      paused_until_ = now() + pause_after_failure;
      return;
    }
  }
}

// --- Engine --------------------------------------------------------------------------------------

Engine::Engine(EnginePorts ports, EngineOptions options)
    : core_(std::make_unique<Core>(std::move(ports), options)) {}

Engine::~Engine() = default;

Result<void> Engine::start() { return core_->start(); }

void Engine::work() {
  while (core_->cycle()) {
  }
}

void Engine::flush() {
  // What cannot be written now is found in the outbox by the next engine, and done again.
  static_cast<void>(core_->commit());
}

std::optional<Instant> Engine::next_wake() const { return core_->next_wake(); }

Result<std::optional<std::vector<RunEnd>>> Engine::settled(const RunId& run) const {
  return core_->settled(run);
}

void Engine::observe(ProgressSink sink) { core_->observe(std::move(sink)); }

}  // namespace gossamer::orchestration
