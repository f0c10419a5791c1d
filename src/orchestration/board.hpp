// SPDX-License-Identifier: Apache-2.0
// The engine's picture of all open runs, with what it needs to find quickly: timers, waiting steps,
// slots in use, open gates. Everything here follows from the runs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestration/planner.hpp"
#include "orchestration/transition.hpp"

namespace gossamer::orchestration {

class Board {
 public:
  // Takes a run up, in the place of an older picture of it.
  void put(RunState run);
  void forget(const RunId& run);
  // The run moves on; one that becomes final is forgotten.
  void apply(const Transition& transition);

  [[nodiscard]] const RunState* find(const RunId& run) const;
  [[nodiscard]] const std::map<RunId, RunState>& runs() const { return runs_; }

  struct AttemptPlace {
    RunId run;
    Place place;
  };
  [[nodiscard]] const AttemptPlace* find_attempt(const AttemptId& attempt) const;
  [[nodiscard]] const std::map<AttemptId, AttemptPlace>& attempts() const { return attempts_; }
  // The run that has this open gate.
  [[nodiscard]] const RunState* run_of_gate(const GateId& gate) const;
  // Open gates of other runs that are about one of these aliases ("model@alias").
  [[nodiscard]] std::vector<std::pair<RunId, GateId>> gates_about(
      const std::set<std::string>& aliases, const RunId& but_not) const;
  // Runs of this partition that are queued, running or waiting, the oldest first.
  [[nodiscard]] std::vector<const RunState*> runs_for(const std::string& pipeline,
                                                      const release::PartitionKey& partition) const;

  struct Timer {
    Instant at;
    RunId run;
    TimePassed event;
  };
  [[nodiscard]] std::vector<Timer> due(Instant now) const;  // in order of time
  [[nodiscard]] std::optional<Instant> next_timer() const;

  // What the planner looks at, until the board changes. `QueuedRun::is_held_back` is left false.
  [[nodiscard]] QueueView queue() const;
  [[nodiscard]] bool has_queued_runs() const { return !queued_.empty(); }
  // `sizes` of declared pools; others have `default_size`.
  [[nodiscard]] Slots slots(const std::map<std::string, int>& sizes, int default_size) const;
  [[nodiscard]] bool has_running() const { return !attempts_.empty(); }

  // Steps that wait for data.
  [[nodiscard]] const std::set<std::pair<RunId, Place>>& waiting_for_data() const {
    return waiting_for_data_;
  }

 private:
  // Adds (or takes away) what a row or a header contributes.
  enum class Change { add, remove };
  void index_row(const RunState& run, const StepState& row, Change change);
  void index_header(const RunState& run, Change change);

  using TimerKey = std::tuple<Instant, RunId, std::int64_t, int>;  // step -1: the run's deadline
  struct Usage {
    int used = 0;
    int used_by_backfill = 0;
  };

  std::map<RunId, RunState> runs_;
  std::set<TimerKey> timers_;
  WaitingSteps waiting_;
  std::map<AttemptId, AttemptPlace> attempts_;
  std::map<std::string, Usage> usage_;
  std::set<RunId> queued_;
  ActivePartitions active_;
  std::map<std::string, int> at_work_;
  std::set<std::pair<RunId, Place>> waiting_for_data_;
  int exclusive_ = 0;  // waiting steps with exclusive aliases
};

// "model@alias" of what an approval of this gate would move.
std::set<std::string> aliases_of(const approval::Gate& gate);

}  // namespace gossamer::orchestration
