// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "orchestration/fakes/scripted_executor.hpp"

namespace gossamer::orchestration::fakes {
namespace {

AttemptResult ended(const AttemptId& attempt, AttemptStatus status,
                    std::optional<Failure> failure) {
  AttemptResult result;
  result.attempt = attempt;
  result.status = status;
  result.outcome = Outcome::none;
  result.failure = std::move(failure);
  return result;
}

}  // namespace

void ScriptedExecutor::start(const AttemptOrder& order) {
  Work& work = work_[order.attempt];
  if (work.begun > 0) return;
  work.order = order;
  work.begun = 1;
  work.is_running = true;
}

void ScriptedExecutor::stop(const AttemptId& attempt, StopReason reason) {
  stops_.emplace_back(attempt, reason);
  const auto found = work_.find(attempt);
  if (found == work_.end() || !found->second.is_running || stops_slowly_) return;
  finish(ended(attempt, AttemptStatus::cancelled, std::nullopt));
}

void ScriptedExecutor::adopt(const AttemptOrder& order) {
  Work& work = work_[order.attempt];
  if (work.kept) {
    deliver(*work.kept);
  } else if (work.is_lost) {
    deliver(ended(order.attempt, AttemptStatus::failed,
                  Failure{FailureClass::lost, "nobody knows what became of it", {}, {}}));
  } else if (work.begun == 0) {
    start(order);
  }
}

void ScriptedExecutor::settle(const AttemptId& attempt) {
  const auto found = work_.find(attempt);
  if (found != work_.end()) found->second.kept.reset();
}

void ScriptedExecutor::deliver(const AttemptResult& result) {
  if (sink_) sink_(result);
}

void ScriptedExecutor::finish(AttemptResult result) {
  Work& work = work_[result.attempt];
  work.is_running = false;
  work.kept = result;
  deliver(result);
}

void ScriptedExecutor::lose(const AttemptId& attempt) {
  Work& work = work_[attempt];
  work.is_running = false;
  work.is_lost = true;
}

const AttemptOrder* ScriptedExecutor::find(const AttemptId& attempt) const {
  const auto found = work_.find(attempt);
  return found == work_.end() ? nullptr : &found->second.order;
}

bool ScriptedExecutor::is_running(const AttemptId& attempt) const {
  const auto found = work_.find(attempt);
  return found != work_.end() && found->second.is_running;
}

int ScriptedExecutor::running() const {
  return static_cast<int>(
      std::ranges::count_if(work_, [](const auto& entry) { return entry.second.is_running; }));
}

int ScriptedExecutor::begun(const AttemptId& attempt) const {
  const auto found = work_.find(attempt);
  return found == work_.end() ? 0 : found->second.begun;
}

Result<void> RecordingNotifier::send(const RunId& run, const std::string& key,
                                     const Notify& message) {
  if (failures_ > 0) {
    --failures_;
    return unavailable("the message service does not answer");
  }
  if (keys_.insert(key).second) sent_.push_back(Sent{run, message});
  return {};
}

Result<void> RecordingProjector::project(const std::string& table,
                                         const release::PartitionKey& key) {
  projected_.emplace_back(table, key.text());
  return {};
}

}  // namespace gossamer::orchestration::fakes
