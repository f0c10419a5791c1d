// SPDX-License-Identifier: Apache-2.0
// What becomes of an executor's word: numbered models, gates that open, the transition.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

AttemptResult failed(AttemptResult result, FailureClass failure, std::string message) {
  result.status = AttemptStatus::failed;
  result.failure = Failure{failure, std::move(message), std::nullopt, std::nullopt};
  result.result = StepResult{};
  return result;
}

FailureClass class_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::unavailable:
      return FailureClass::unavailable;
    case ErrorKind::bug:
      return FailureClass::bug;
    default:
      return FailureClass::invalid_input;
  }
}

}  // namespace

// rule: versions are numbered in the order of commits, without gaps.
Result<void> Engine::Core::number_model(AttemptResult& result) {
  if (result.status != AttemptStatus::succeeded || !result.result.model) return {};
  auto& model = *result.result.model;
  TRY_ASSIGN(const int next, ports_.releases.next_version(model.model));
  int& newest = numbered_[model.model];
  newest = std::max(next, newest + 1);
  model.version = newest;
  result.result.outputs["version"] = fmt::format("{}/{}", model.model, model.version);
  return {};
}

std::optional<approval::Gate> Engine::Core::standing_gate(const RunState& run,
                                                          const std::string& step,
                                                          const Digest& evidence) const {
  const auto gates = ports_.gates.of_run(run.id);
  if (!gates) return std::nullopt;
  const auto found = std::ranges::find_if(*gates, [&](const approval::Gate& gate) {
    const bool is_decided = gate.status == approval::GateStatus::approved ||
                            gate.status == approval::GateStatus::rejected;
    return is_decided && gate.step == step && gate.evidence == evidence;
  });
  return found == gates->end() ? std::nullopt : std::optional(*found);
}

AttemptFinished Engine::Core::finished_event(const RunState& run, Place place,
                                             AttemptResult result) {
  AttemptFinished event{place.step, place.instance, std::move(result), std::nullopt, std::nullopt};
  const pipeline::Step& step = run.pipeline->steps[place.step];
  const bool opens_gate =
      step.kind == pipeline::StepKind::approval && event.result.status == AttemptStatus::succeeded;
  if (!opens_gate) return event;
  if (event.result.evidence) {
    event.standing = standing_gate(run, step.name, *event.result.evidence);
  }
  if (event.standing) return event;
  auto gate = gate_for(run, place, event.result);
  if (gate) {
    event.gate = *std::move(gate);
  } else {
    event.result = failed(std::move(event.result), class_of(gate.error()), gate.error().describe());
  }
  return event;
}

void Engine::Core::supersede_others(const RunState& run, std::size_t step,
                                    const approval::Gate& gate) {
  const auto& body = std::get<pipeline::ApprovalStep>(run.pipeline->steps[step].body);
  if (body.on_newer != pipeline::OnNewer::supersede) return;
  const auto aliases = aliases_of(gate);
  for (const auto& [other, older] : board_.gates_about(aliases, run.id)) {
    stage(other, GateSuperseded{older, gate.id});
  }
}

void Engine::Core::take_result(AttemptResult result) {
  taken_.push_back(result);
  const Board::AttemptPlace* found = board_.find_attempt(result.attempt);
  if (found == nullptr) return;  // it ended before, or its run did
  const Board::AttemptPlace at = *found;
  const RunState* run = board_.find(at.run);
  if (auto numbered = number_model(result); !numbered) {
    result = failed(std::move(result), class_of(numbered.error()), numbered.error().describe());
  }
  const auto event = finished_event(*run, at.place, std::move(result));
  const auto gate = event.gate;
  stage(at.run, event);
  const RunState* after = board_.find(at.run);
  if (gate && after != nullptr) supersede_others(*after, at.place.step, *gate);
}

// A result that is committed, or that nobody waits for, need not be kept by the executor.
void Engine::Core::settle_results() {
  for (const auto& result : std::exchange(taken_, {}))
    ports_.executor.settle(result.attempt);
}

bool Engine::Core::commit_one() {
  if (taken_.empty()) return true;
  const AttemptResult result = taken_.back();
  const auto stored = commit();
  if (stored) return true;
  if (stored.error().kind != ErrorKind::conflict) return false;
  std::erase_if(postponed_,
                [&](const AttemptResult& kept) { return kept.attempt == result.attempt; });
  take_result(failed(result, FailureClass::invalid_input, stored.error().describe()));
  return commit().has_value();
}

}  // namespace gossamer::orchestration
