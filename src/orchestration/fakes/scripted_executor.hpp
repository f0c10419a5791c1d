// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestration/ports.hpp"

namespace gossamer::orchestration::fakes {

// Attempts run until a test says how they end. Like real processes they live on when the engine
// does not: one that ends while nobody listens is found by the next adopt.
class ScriptedExecutor final : public StepExecutor {
 public:
  void start(const AttemptOrder& order) override;
  void stop(const AttemptId& attempt, StopReason reason) override;
  void adopt(const AttemptOrder& order) override;
  void settle(const AttemptId& attempt) override;

  // Results go here; none while the engine is down.
  void listen(AttemptSink sink) { sink_ = std::move(sink); }
  void disconnect() { sink_ = nullptr; }

  // Ends a running attempt.
  void finish(AttemptResult result);
  // Its process vanishes without a word; the next adopt finds out.
  void lose(const AttemptId& attempt);
  // By default a stopped attempt ends at once; a stubborn one ends when the test says so.
  void stop_slowly(bool slowly) { stops_slowly_ = slowly; }

  [[nodiscard]] const AttemptOrder* find(const AttemptId& attempt) const;
  [[nodiscard]] bool is_running(const AttemptId& attempt) const;
  [[nodiscard]] int running() const;
  // How often a start of this attempt began work: more than once never happens.
  [[nodiscard]] int begun(const AttemptId& attempt) const;
  [[nodiscard]] const std::vector<std::pair<AttemptId, StopReason>>& stops() const {
    return stops_;
  }

 private:
  struct Work {
    AttemptOrder order;
    int begun = 0;
    bool is_running = false;
    bool is_lost = false;
    std::optional<AttemptResult> kept;  // until settled
  };
  void deliver(const AttemptResult& result);

  AttemptSink sink_;
  std::map<AttemptId, Work> work_;
  std::vector<std::pair<AttemptId, StopReason>> stops_;
  bool stops_slowly_ = false;
};

// Keeps what it was asked to send or to project; a repeated message counts once.
class RecordingNotifier final : public Notifier {
 public:
  struct Sent {
    RunId run;
    Notify message;
  };
  Result<void> send(const RunId& run, const std::string& key, const Notify& message) override;
  void fail_next() { ++failures_; }
  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }

 private:
  std::vector<Sent> sent_;
  std::set<std::string> keys_;
  int failures_ = 0;
};

class RecordingProjector final : public Projector {
 public:
  Result<void> project(const std::string& table, const release::PartitionKey& key) override;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& projected() const {
    return projected_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> projected_;
};

}  // namespace gossamer::orchestration::fakes
