// SPDX-License-Identifier: Apache-2.0
// Where scenarios play: an engine over a database, an executor and a clock in memory.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "orchestration/backfills.hpp"
#include "orchestration/engine.hpp"
#include "orchestration/fakes/memory_backfills.hpp"
#include "orchestration/fakes/memory_store.hpp"
#include "orchestration/fakes/scripted_executor.hpp"
#include "orchestration/timers.hpp"
#include "tests/scenarios/script.hpp"

namespace gossamer::scenarios {

class Stage {
 public:
  Stage();
  // Plays one command; the error says what was expected and what is so.
  Result<void> play(const Line& line);

 private:
  using Engine = orchestration::Engine;
  using RunState = orchestration::RunState;
  using Verbs = orchestration::Verbs;

  // doing.cpp
  Result<void> add_file(const std::string& path, const std::string& text);
  Result<void> load_definition(const std::string& by);
  Result<void> set_time(const Line& line);
  Result<void> tick(const Line& line);
  Result<void> request(const Line& line);
  Result<void> preview(const Line& line);
  Result<void> end_step(const Line& line);
  Result<void> crash();
  Result<void> restart();
  Result<void> break_store(const Line& line);
  Result<void> arrive(const Line& line);
  Result<void> put_alias(const Line& line);
  Result<void> put_setting(const Line& line);
  Result<void> lose_step(const Line& line);
  Result<void> executor(const Line& line);
  // people.cpp
  Result<void> decide(const Line& line);
  Result<void> show(const Line& line);
  Result<void> cancel(const Line& line);
  Result<void> retry(const Line& line);
  Result<void> force(const Line& line);
  Result<void> undo(const Line& line);
  Result<void> schedule(const Line& line);
  // backfills.cpp
  Result<void> backfill(const Line& line);
  Result<void> empty_table(const Line& line);
  Result<void> plan_backfill(Options options);
  Result<void> start_backfill(Options options);
  Result<void> expect_backfill(Options options);
  Result<void> expect_planned(Options options);
  // expecting.cpp
  Result<void> expect(const Line& line);
  Result<void> expect_run(Options options);
  Result<void> expect_runs(Options options);
  Result<void> expect_step(Options options);
  Result<void> expect_gate(Options options);
  Result<void> expect_alias(Options options);
  Result<void> expect_setting(Options options);
  Result<void> expect_history(Options options, bool present);
  Result<void> expect_audit(Options options);
  Result<void> expect_notified(Options options);
  Result<void> expect_attempts(Options options);
  Result<void> expect_published(Options options);
  Result<void> expect_projected(Options options);
  Result<void> expect_order(Options options);
  Result<void> expect_stopped(Options options);
  Result<void> expect_settled(Options options);
  Result<void> expect_archived(Options options);
  Result<void> expect_schedule(Options options);
  Result<orchestration::Timer> timer(const std::string& pipeline) const;
  Result<orchestration::SchedulePreview> previewed(const std::string& pipeline) const;
  // finding.cpp
  // `train`, `bike_training/train`, `bike_training@2011-01-03/train`, `each[2]`: of the newest run
  // that has such a step.
  struct StepRef {
    RunState run;
    std::size_t step = 0;
    int instance = -1;  // -1: the step as a whole
  };
  Result<StepRef> step_named(const std::string& name) const;
  Result<RunState> run_named(const std::string& name) const;
  Result<approval::Gate> gate_named(const std::string& step) const;
  Result<AttemptId> running_attempt(const StepRef& step) const;
  // What a command is meant to end in: success, or `-> kind "part of the message"`.
  Result<void> judge(Result<void> outcome, Options& options, const std::string& what) const;
  Result<Verbs*> verbs();
  orchestration::Actor actor(const std::string& name) const;

  ManualClock clock_;
  std::unique_ptr<IdSource> ids_;
  orchestration::fakes::MemoryStore store_;
  orchestration::fakes::MemoryBackfills backfills_{store_};
  orchestration::fakes::MemoryDefinitions definitions_;
  orchestration::fakes::ScriptedExecutor executor_;
  orchestration::fakes::RecordingNotifier notifier_;
  orchestration::fakes::RecordingProjector projector_;
  std::map<std::string, std::string> files_;
  bool is_loaded_ = false;
  std::string applier_ = "olga";
  PlanId plan_;  // the newest
  std::unique_ptr<orchestration::Inbox> inbox_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Verbs> verbs_;
};

}  // namespace gossamer::scenarios
