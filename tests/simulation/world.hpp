// SPDX-License-Identifier: Apache-2.0
// A world that goes wrong on purpose: an engine among people, processes, a disk and a database that
// fail, all driven by one seed.
#pragma once

#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "orchestration/engine.hpp"
#include "tests/simulation/database.hpp"
#include "tests/simulation/machine.hpp"
#include "tests/simulation/storage.hpp"

namespace gossamer::simulation {

enum class Where { memory, file };

class World final : private orchestration::Notifier, private orchestration::Projector {
 public:
  static constexpr int slots = 2;

  World(std::uint64_t seed, Where where, const fs::path& folder);
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // One thing happens.
  void act();
  // Nothing goes wrong any more: everything ends well, and all gates are approved.
  void calm_down();
  [[nodiscard]] const test::Journal& journal() const { return journal_; }

 private:
  using Engine = orchestration::Engine;
  struct Turn;  // an engine with its inbox

  // Notifier, Projector
  Result<void> send(const RunId& run, const std::string& key,
                    const orchestration::Notify& message) override;
  Result<void> project(const std::string& table, const release::PartitionKey& key) override;

  int pick(int below);
  bool lucky(int one_in) { return pick(one_in) == 0; }
  void tell(std::string what) { journal_.story.push_back(std::move(what)); }
  // Does something with the engine, and starts a new one where it died of it.
  template <class Do>
  void with_engine(const std::string& what, Do&& what_to_do);
  void start_engine();
  void work();

  // trouble.cpp
  void crash();
  void cut_power();
  void plan_trouble();
  void wake_the_dead();
  void jump_in_time();
  void lose_attempt();
  // people.cpp
  void request_run();
  void cancel_or_retry();
  void force_step();
  void undo_switch();
  void decide(bool calmly);
  void decide_in_the_last_moment();
  void rework_what_runs();
  void let_old_attempt_report(const AttemptId& old, const RunId& run);
  void switch_timer_on();
  void vote(const approval::Gate& gate, const std::string& who, bool calmly);
  void cast(const orchestration::VoteRequest& request);
  // backfills.cpp
  void begin_backfill();
  void steer_backfill();
  void resume_backfills();
  void take_down_backfills();
  // world.cpp
  void end_attempt(bool calmly);
  orchestration::AttemptResult result_of(const AttemptId& attempt, bool calmly);
  void run_background(std::size_t at);
  [[nodiscard]] std::vector<orchestration::RunSummary> all_runs() const;
  [[nodiscard]] std::vector<approval::Gate> open_gates() const;

  std::mt19937_64 random_;
  ManualClock clock_;
  std::unique_ptr<IdSource> ids_;
  test::Journal journal_;
  std::unique_ptr<Storage> storage_;
  Database database_;
  Machine machine_;
  std::deque<std::move_only_function<void()>> background_;  // of the engine that lives
  std::unique_ptr<Turn> turn_;
  bool is_calm_ = false;
};

}  // namespace gossamer::simulation
