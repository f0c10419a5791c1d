// SPDX-License-Identifier: Apache-2.0
#include "orchestration/board.hpp"

#include <algorithm>

namespace gossamer::orchestration {
namespace {

constexpr std::string_view default_pool = "default";

std::string pool_of(const pipeline::Step& step) {
  return step.pool.empty() ? std::string(default_pool) : step.pool;
}

WaitingStep waiting_step(const RunState& run, const StepState& row) {
  const pipeline::Step& step = run.pipeline->steps[row.step];
  WaitingStep waiting{run.id,   {row.step, row.instance}, run.priority + step.priority,
                      run.lane, run.created_at,           {}};
  if (const auto* approval = std::get_if<pipeline::ApprovalStep>(&step.body)) {
    if (approval->on_newer == pipeline::OnNewer::queue) {
      for (const auto& alias : approval->on_approved.aliases) {
        waiting.exclusive_aliases.push_back(alias.model + "@" + alias.alias);
      }
    }
  }
  return waiting;
}

}  // namespace

std::set<std::string> aliases_of(const approval::Gate& gate) {
  std::set<std::string> aliases;
  const auto change = release::switch_from_json(gate.proposal);
  if (!change) return aliases;
  for (const auto& alias : change->aliases)
    aliases.insert(alias.model + "@" + alias.alias);
  return aliases;
}

// --- Keeping -------------------------------------------------------------------------------------

void Board::index_row(const RunState& run, const StepState& row, Change change) {
  const bool adds = change == Change::add;
  const auto timer = [&](const std::optional<Instant>& at) {
    if (!at) return;
    const TimerKey key{*at, run.id, static_cast<std::int64_t>(row.step), row.instance};
    if (adds) {
      timers_.insert(key);
    } else {
      timers_.erase(key);
    }
  };
  timer(row.wake_at);
  timer(row.deadline_at);
  const std::string pool = pool_of(run.pipeline->steps[row.step]);
  if (row.status == StepStatus::queued) {
    WaitingStep waiting = waiting_step(run, row);
    if (!waiting.exclusive_aliases.empty()) exclusive_ += adds ? 1 : -1;
    if (adds) {
      waiting_[pool].insert(std::move(waiting));
    } else {
      waiting_[pool].erase(waiting);
    }
  }
  if (row.status == StepStatus::waiting_for_data) {
    const std::pair key(run.id, Place{row.step, row.instance});
    if (adds) {
      waiting_for_data_.insert(key);
    } else {
      waiting_for_data_.erase(key);
    }
  }
  if (row.status == StepStatus::running && row.attempt) {
    Usage& usage = usage_[pool];
    const int by = adds ? 1 : -1;
    usage.used += by;
    if (run.lane == Lane::backfill) usage.used_by_backfill += by;
    if (adds) {
      attempts_[*row.attempt] = AttemptPlace{run.id, {row.step, row.instance}};
    } else {
      attempts_.erase(*row.attempt);
    }
  }
}

void Board::index_header(const RunState& run, Change change) {
  const bool adds = change == Change::add;
  const std::string& pipeline = run.pipeline->name;
  if (run.deadline_at) {
    const TimerKey key{*run.deadline_at, run.id, -1, 0};
    if (adds) {
      timers_.insert(key);
    } else {
      timers_.erase(key);
    }
  }
  if (run.status == RunStatus::queued) {
    if (adds) {
      queued_.insert(run.id);
    } else {
      queued_.erase(run.id);
    }
    return;
  }
  if (is_final(run.status)) return;
  if (adds) {
    active_.emplace(pipeline, run.partition);
  } else {
    active_.erase({pipeline, run.partition});
  }
  if (run.status == RunStatus::running) at_work_[pipeline] += adds ? 1 : -1;
}

void Board::put(RunState run) {
  forget(run.id);
  const RunState& kept = runs_.insert_or_assign(run.id, std::move(run)).first->second;
  index_header(kept, Change::add);
  for (const auto& rows : kept.steps) {
    for (const auto& row : rows)
      index_row(kept, row, Change::add);
  }
}

void Board::forget(const RunId& id) {
  const auto found = runs_.find(id);
  if (found == runs_.end()) return;
  const RunState& run = found->second;
  index_header(run, Change::remove);
  for (const auto& rows : run.steps) {
    for (const auto& row : rows)
      index_row(run, row, Change::remove);
  }
  runs_.erase(found);
}

void Board::apply(const Transition& transition) {
  if (transition.creates_run()) {
    put(orchestration::apply(RunState{}, transition));
    return;
  }
  const auto found = runs_.find(transition.run);
  if (found == runs_.end()) return;
  RunState& run = found->second;
  index_header(run, Change::remove);
  for (const StepState& row : transition.steps) {
    const auto& rows = run.steps[row.step];
    const auto place = static_cast<std::size_t>(row.instance);
    if (place < rows.size()) index_row(run, rows[place], Change::remove);
  }
  run = orchestration::apply(std::move(run), transition);
  index_header(run, Change::add);
  for (const StepState& row : transition.steps)
    index_row(run, row, Change::add);
  if (is_final(run.status)) forget(run.id);
}

// --- Looking -------------------------------------------------------------------------------------

const RunState* Board::find(const RunId& run) const {
  const auto found = runs_.find(run);
  return found == runs_.end() ? nullptr : &found->second;
}

const Board::AttemptPlace* Board::find_attempt(const AttemptId& attempt) const {
  const auto found = attempts_.find(attempt);
  return found == attempts_.end() ? nullptr : &found->second;
}

const RunState* Board::run_of_gate(const GateId& gate) const {
  for (const auto& [id, run] : runs_) {
    if (std::ranges::find(run.gates, gate, &approval::Gate::id) != run.gates.end()) return &run;
  }
  return nullptr;
}

std::vector<std::pair<RunId, GateId>> Board::gates_about(const std::set<std::string>& aliases,
                                                         const RunId& but_not) const {
  std::vector<std::pair<RunId, GateId>> found;
  for (const auto& [id, run] : runs_) {
    if (id == but_not) continue;
    for (const auto& gate : run.gates) {
      const auto own = aliases_of(gate);
      const auto is_asked = [&](const std::string& alias) { return aliases.contains(alias); };
      if (std::ranges::any_of(own, is_asked)) found.emplace_back(id, gate.id);
    }
  }
  return found;
}

std::vector<const RunState*> Board::runs_for(const std::string& pipeline,
                                             const release::PartitionKey& partition) const {
  std::vector<const RunState*> found;
  for (const auto& [id, run] : runs_) {
    if (run.pipeline->name == pipeline && run.partition == partition) found.push_back(&run);
  }
  return found;
}

std::vector<Board::Timer> Board::due(Instant now) const {
  std::vector<Timer> timers;
  for (const auto& [at, run, step, instance] : timers_) {
    if (at > now) break;
    TimePassed event;
    if (step >= 0) event.step = static_cast<std::size_t>(step);
    event.instance = instance;
    timers.push_back(Timer{at, run, event});
  }
  return timers;
}

std::optional<Instant> Board::next_timer() const {
  if (timers_.empty()) return std::nullopt;
  return std::get<0>(*timers_.begin());
}

QueueView Board::queue() const {
  QueueView view;
  for (const RunId& id : queued_) {
    const RunState& run = runs_.at(id);
    view.queued.push_back(QueuedRun{run.id, run.pipeline->name, run.partition, run.priority,
                                    run.lane, run.created_at, run.pipeline->max_active, false});
  }
  view.active = &active_;
  view.at_work = at_work_;
  if (exclusive_ > 0) {
    for (const auto& [id, run] : runs_) {
      for (const auto& gate : run.gates)
        view.aliases_at_gates.merge(aliases_of(gate));
    }
    for (const auto& [attempt, at] : attempts_) {  // gates whose evidence is being made
      StepState row;
      row.step = at.place.step;
      const auto aliases = waiting_step(runs_.at(at.run), row).exclusive_aliases;
      view.aliases_at_gates.insert(aliases.begin(), aliases.end());
    }
  }
  view.waiting = &waiting_;
  return view;
}

Slots Board::slots(const std::map<std::string, int>& sizes, int default_size) const {
  Slots slots;
  for (const auto& [name, waiting] : waiting_) {
    if (waiting.empty()) continue;
    Pool pool;
    const auto size = sizes.find(name);
    pool.size = size == sizes.end() ? default_size : size->second;
    const auto usage = usage_.find(name);
    if (usage != usage_.end()) {
      pool.used = usage->second.used;
      pool.used_by_backfill = usage->second.used_by_backfill;
    }
    slots.emplace(name, pool);
  }
  return slots;
}

}  // namespace gossamer::orchestration
