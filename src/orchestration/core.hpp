// SPDX-License-Identifier: Apache-2.0
// The state that the loop, the dispatcher and the verbs share. Inside the library only.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "orchestration/backfills.hpp"
#include "orchestration/board.hpp"
#include "orchestration/engine.hpp"
#include "orchestration/timers.hpp"

namespace gossamer::orchestration {

class Engine::Core {
 public:
  Core(EnginePorts ports, EngineOptions options) : ports_(std::move(ports)), options_(options) {
    if (ports_.backfills != nullptr && ports_.partition_history != nullptr) {
      backfills_.emplace(*this);
    }
  }

  // --- loop.cpp ---
  Result<void> start();
  bool cycle();  // whether anything was done
  std::optional<Instant> next_wake() const;
  void apply_overdue();
  // What each call of a person begins with: the picture is right, and no timer is overdue in it.
  // unavailable while the store cannot be read.
  Result<void> catch_up();

  // --- staging.cpp: transitions made, then committed together ---
  // What the event changes is applied to the picture and waits for commit(); null where it changes
  // nothing. The pointer is good until the next call.
  const Transition* stage(const RunId& run, const Event& event);
  void stage_new(Transition transition);
  // Everything staged, with the outbox rows that are done with. After an error the picture is again
  // what the store says.
  Result<void> commit();
  bool has_staged() const { return !staged_.empty(); }
  // Whether what is staged changes what the store says of versions, aliases and partitions.
  bool stages_releases() const;

  // --- results.cpp: what executors say ---
  void take_result(AttemptResult result);

  // --- orders.cpp ---
  Result<AttemptOrder> order_for(const RunState& run, Place place) const;
  Result<Json> pins_for(const RunState& run, Place place) const;
  Result<RunPins> run_pins(const RunState& run) const;
  // The gate that opens when the evidence of an approval step is ready.
  Result<approval::Gate> gate_for(const RunState& run, Place place,
                                  const AttemptResult& result) const;
  Result<release::Present> present(const release::Switch& change) const;

  // --- creating.cpp ---
  Result<RequestedRun> create(const RunRequest& request);
  // As create, of that definition; a new run is staged, not yet committed.
  Result<RequestedRun> stage_requested(const RunRequest& request, const ActiveDefinition& active);
  // That the pipeline reads an alias of this version's model ("bike_demand/8"), and that there is
  // such a version.
  Result<void> check_version(const pipeline::Pipeline& pipeline, const std::string& model) const;
  Result<RunPreview> preview(const RunRequest& request) const;
  Result<RequestedRun> create_from_failed(const RunState& failed, const RetryRequest& retry);

  // --- dispatch.cpp ---
  bool dispatch();  // whether a row was new
  void effect_done(const EffectDone& done);
  bool has_effects_under_way() const;

  // --- schedules.cpp ---
  // Timers of the active definition with their states; read again when either has changed.
  Result<std::map<std::string, Timer>*> timers();
  // Asks for what has become due. Errors are logged, and tried again.
  void fire_timers();
  // Written down, then true in the picture.
  Result<void> put_timer(Timer& timer, ScheduleState state, const std::optional<AuditNote>& note);

  // --- updates.cpp ---
  // Asks for runs where tables of `when_updated` have changed. Errors are logged, and tried again.
  void fire_updates();

  // --- freshness.cpp ---
  struct Missing {
    std::string what;  // for people
    pipeline::WhenLate late = pipeline::WhenLate::wait;
  };
  // What the step waits for; nothing where all has come.
  Result<std::optional<Missing>> missing_data(const RunState& run, Place place) const;
  // That the step's deadline, or the run's, has passed and was told.
  static bool is_past_deadline(const RunState& run, Place place);
  // Steps whose data has come go on. Errors are logged, and tried again.
  void look_for_data();

  // --- family.cpp ---
  Result<std::optional<std::vector<RunEnd>>> settled(const RunId& root) const;
  // `root` and what is known to follow from it.
  std::set<RunId> family_of(const RunId& root) const;
  void tell_observers(const Transition& transition);

  // Null where the engine has no backfills.
  Backfills* backfills() { return backfills_ ? &*backfills_ : nullptr; }

  EnginePorts& ports() { return ports_; }
  const EnginePorts& ports() const { return ports_; }
  Board& board() { return board_; }
  const Board& board() const { return board_; }
  Instant now() const { return ports_.clock.now(); }
  void observe(ProgressSink sink) { observers_.push_back(std::move(sink)); }
  // The run's picture, or what the store has of a finished one.
  Result<RunState> load(const RunId& run) const;

 private:
  struct KnownRun {
    std::optional<RunId> parent;
    RunEnd end;
  };
  struct Later {
    Instant at;
    OutboxRow row;
  };

  // loop.cpp
  bool take_inbox();
  void plan_and_stage();
  void archive_old_runs();
  bool is_held_back(const QueuedRun& queued) const;
  Result<void> stage_start(const RunId& run);
  Result<void> stage_grant(const Grant& grant);
  std::map<std::string, int> pool_sizes() const;
  // staging.cpp
  // What was staged never happened; the store knows what did, even if it reported a failure
  // wrongly.
  void roll_back(const std::vector<Transition>& refused);
  bool read_again();
  void after_commit(const std::vector<Transition>& committed);
  // results.cpp
  AttemptFinished finished_event(const RunState& run, Place place, AttemptResult result);
  Result<void> number_model(AttemptResult& result);
  std::optional<approval::Gate> standing_gate(const RunState& run, const std::string& step,
                                              const Digest& evidence) const;
  void supersede_others(const RunState& run, std::size_t step, const approval::Gate& gate);
  void settle_results();
  bool commit_one();  // the newest result alone; refused, it becomes a failed one
  // dispatch.cpp
  void carry_out(const OutboxRow& row);
  Result<void> start_run(const OutboxRow& row, const StartRun& effect);
  Result<void> start_followers(const OutboxRow& row, const StartFollowers& effect);
  Result<void> request_mapped(const OutboxRow& row, const std::string& target,
                              const std::string& source_pipeline,
                              const release::PartitionKey& source, const Json& params,
                              const Cause& cause, Lane lane);
  void start_attempt(const StartAttempt& effect);
  void run_elsewhere(const OutboxRow& row);
  void effect_done(const EffectDone& done, const OutboxRow& row);
  // schedules.cpp
  Result<void> fire(Timer& timer);
  // What no person asks for: by the schedule, in the name of whoever applied the definition.
  Result<void> request_scheduled(const std::string& pipeline, const release::PartitionKey& key,
                                 Cause cause, std::string request_key);
  // freshness.cpp
  Result<std::optional<std::string>> late_source(const RunState& run,
                                                 const pipeline::Input& input) const;
  Result<std::optional<std::string>> failed_upstream(const RunState& run,
                                                     const pipeline::Input& input,
                                                     StepStatus status) const;
  Result<void> look_for_data_of(const RunState& run, Place place, std::uint64_t version);
  Result<bool> is_badly_made(const RunSummary& made, const std::string& step,
                             StepStatus status) const;
  // updates.cpp
  struct Update {               // of the tables of one pipeline
    std::uint64_t handled = 0;  // version of the catalog
    std::uint64_t newest = 0;   // `handled` where nothing is new
    Instant first{};            // when this engine saw the first and the newest change
    Instant last{};
  };
  Result<void> read_updates();
  Result<Instant> look_at_updates();
  Result<void> fire_update(const std::string& pipeline, Update& update);
  // creating.cpp
  Result<RunState> fresh_run(const RunRequest& request, const ActiveDefinition& active) const;
  Result<void> leave_out(RunState& run, const std::vector<bool>& chosen) const;
  Result<bool> last_failed(const std::string& pipeline) const;
  Result<const RunState*> joinable(const RunState& fresh, const RunRequest& request) const;

  EnginePorts ports_;
  EngineOptions options_;
  Board board_;
  std::vector<Transition> staged_;
  std::vector<AttemptResult> taken_;     // results behind what is staged
  std::set<RunId> unread_;               // whose picture may be wrong
  std::set<AttemptId> adopted_;          // from the engine before this one
  std::deque<AttemptResult> postponed_;  // arrived, or to be taken again after a failed commit
  std::map<std::string, int> numbered_;  // newest version staged, by model
  std::vector<std::int64_t> acknowledged_;
  std::map<std::string, Timer> timers_;
  std::shared_ptr<const pipeline::Definition> timers_of_;
  std::optional<Instant> timers_at_;  // none before the first turn
  std::map<std::string, Update> updates_;
  std::shared_ptr<const pipeline::Definition> updates_of_;
  std::optional<Instant> updates_at_;  // none before the first turn
  std::optional<Instant> data_at_;     // none where no step waits for data
  std::uint64_t data_version_ = 0;     // of the catalog that was looked at for data
  bool run_ended_ = false;             // since then
  std::optional<Instant> acknowledge_by_;
  std::optional<Instant> archive_at_;            // none before the first turn
  std::optional<Instant> paused_until_;          // after a failed commit
  bool one_by_one_ = false;                      // after a conflict: each result in its own commit
  std::int64_t last_row_ = 0;                    // newest outbox row seen
  int undispatched_ = 0;                         // runs that rows ask for and that are not made yet
  int in_flight_ = 0;                            // effects running elsewhere
  std::map<std::int64_t, OutboxRow> elsewhere_;  // effects running in the background, by row
  std::map<std::int64_t, int> failures_;         // by row
  std::vector<Later> later_;                     // failed ones, to be repeated
  std::map<RunId, KnownRun> known_;
  std::vector<ProgressSink> observers_;
  std::optional<Backfills> backfills_;
};

// A run with all its steps, as people watch it.
RunProgress progress_of(const RunState& run);

}  // namespace gossamer::orchestration
