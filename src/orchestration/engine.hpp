// SPDX-License-Identifier: Apache-2.0
// The loop: events in, transitions committed, effects out. One thread owns it; EngineService gives
// it that thread. It alone changes runs, so nothing in it locks.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "orchestration/backfill.hpp"
#include "orchestration/inbox.hpp"
#include "orchestration/ports.hpp"
#include "orchestration/requests.hpp"

namespace gossamer::orchestration {

// Where slow effects run; tasks of one kind (project_partition, notify) keep their order. An error
// says that the task was not taken.
using Background =
    std::function<Result<void>(std::string_view kind, std::move_only_function<void()>)>;
// In the caller's thread, at once.
Background run_inline();

// All must outlive the engine.
struct EnginePorts {
  const Clock& clock;
  IdSource& ids;
  RunStore& runs;
  const RunViews& views;
  ReleaseStore& releases;
  const approval::GateStore& gates;
  const Definitions& definitions;
  StepExecutor& executor;
  Notifier& notifier;
  Projector& projector;
  Inbox& inbox;
  ScheduleStore& schedules;
  Background background = run_inline();
  Log log;
  // Without both no backfill can be planned.
  BackfillStore* backfills = nullptr;
  const PartitionHistory* partition_history = nullptr;
};

// Whether this engine starts what timers of pipelines make due. One that lives only as long as a
// person's command leaves that to a server.
enum class Timers : std::uint8_t { fire, leave };

struct EngineOptions {
  int default_pool_size = 4;  // of a pool that gossamer.yaml does not name
  Timers timers = Timers::fire;
};

class Engine {
 public:
  Engine(EnginePorts ports, EngineOptions options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Takes up what an earlier engine left: open runs, undone effects, running attempts. Once, first.
  Result<void> start();
  // Overdue timers, then what has arrived, then what can start; all committed and its effects sent
  // out, until nothing is left to do now.
  void work();
  // Writes down which effects are done with, instead of waiting for the next commit to carry it:
  // before the program ends.
  void flush();
  // When work() has something to do even if nothing arrives; none: never.
  [[nodiscard]] std::optional<Instant> next_wake() const;

  // A run and all that follow from it: their ends once each has finished, or waits for people, or
  // can not begin because of one that does; nothing while something is still going on. not_found.
  [[nodiscard]] Result<std::optional<std::vector<RunEnd>>> settled(const RunId& run) const;
  // Called after each commit, for each run that moved.
  void observe(ProgressSink sink);

  // The parts below share this engine's state.
  class Core;
  Core& core() { return *core_; }

 private:
  std::unique_ptr<Core> core_;
};

// Switches timers of the active definition. not_found for a pipeline that has none.
class Schedules {
 public:
  explicit Schedules(Engine::Core& core) : core_(core) {}

  // Repeating either is a success.
  Result<SchedulePreview> resume(const std::string& pipeline, const Actor& actor);
  Result<void> pause(const std::string& pipeline, const Actor& actor);

 private:
  Engine::Core& core_;
};

class Backfills;  // backfills.hpp

// What people ask for. Each call first applies overdue timers and returns after its own commit. A
// refused call has changed nothing, but for a vote whose gate had to open again.
class Verbs {
 public:
  explicit Verbs(Engine& engine);

  Result<RequestedRun> request_run(const RunRequest& request);
  Result<RunPreview> preview_run(const RunRequest& request) const;
  // conflict where the run is still going on; with `code latest` the answer is a new run.
  Result<RequestedRun> retry(const RetryRequest& request);
  Result<void> cancel(const RunId& run, const Actor& actor, const std::string& reason);
  // conflict where the step has not failed; denied for a gate, which is decided instead.
  Result<void> force(const RunId& run, const std::string& step, const Actor& actor,
                     const std::string& reason);
  Result<VoteAnswer> vote(const VoteRequest& request);
  [[nodiscard]] Schedules schedules();
  // unavailable where this engine has none.
  [[nodiscard]] Result<Backfills*> backfills();
  // conflict where something that the switch changed has moved on since.
  Result<release::Switch> undo_switch(const SwitchId& id, const Actor& actor,
                                      const std::string& reason);

 private:
  Engine::Core& core_;
};

}  // namespace gossamer::orchestration
