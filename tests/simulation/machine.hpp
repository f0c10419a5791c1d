// SPDX-License-Identifier: Apache-2.0
// The processes of attempts, which live on without their engine, and the executor that an engine
// has of them. What they leave goes through the files of executors/state_folder.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "executors/state_folder.hpp"
#include "orchestration/ports.hpp"
#include "tests/support/journal.hpp"

namespace gossamer::simulation {

class Machine final : public orchestration::StepExecutor {
 public:
  Machine(fs::path folder, test::Journal& journal) : state_(std::move(folder)), journal_(journal) {}
  Result<void> prepare() { return state_.prepare(); }

  // --- What an engine calls ---
  void start(const orchestration::AttemptOrder& order) override;
  void stop(const AttemptId& attempt, orchestration::StopReason reason) override;
  void adopt(const orchestration::AttemptOrder& order) override { start(order); }
  void settle(const AttemptId& attempt) override;
  // An engine begins to listen; the one before it is gone, with all that it knew.
  void connect(orchestration::AttemptSink sink);
  void disconnect();

  // --- What happens to processes ---
  [[nodiscard]] std::vector<AttemptId> alive() const;
  [[nodiscard]] const orchestration::AttemptOrder& order(const AttemptId& attempt) const {
    return *processes_.at(attempt).order;
  }
  // It leaves its report, and ends.
  void end(orchestration::AttemptResult result);
  // It ends without a word. With a child that goes on, a report may come when nobody expects it.
  void die(const AttemptId& attempt, std::optional<orchestration::AttemptResult> report_of_child);
  // A child that was left behind reports; whether there was one.
  bool report_late();
  // Every process ends, and what was not synced is gone.
  void cut_power();
  // Whether a process ends at once when it is told to.
  void stop_slowly(bool slowly) { stops_slowly_ = slowly; }

 private:
  struct Process {
    std::shared_ptr<const orchestration::AttemptOrder> order;
    bool is_alive = false;
    std::optional<orchestration::StopReason> asked;
  };
  void look(const AttemptId& attempt);
  void begin(const AttemptId& attempt);
  void declare_lost(const AttemptId& attempt);
  void deliver(const orchestration::AttemptResult& result);
  void write_report(const orchestration::AttemptResult& result);

  executors::StateFolder state_;
  test::Journal& journal_;
  std::map<AttemptId, Process> processes_;
  std::vector<orchestration::AttemptResult> late_;
  std::set<AttemptId> known_;  // to the engine that is connected
  orchestration::AttemptSink sink_;
  bool stops_slowly_ = false;
};

}  // namespace gossamer::simulation
