// SPDX-License-Identifier: Apache-2.0
// A run in the middle of a transition: reads fall through to the state before, writes are kept
// apart.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestration/transition.hpp"

namespace gossamer::orchestration {

// A row of a run.
struct Place {
  std::size_t step = 0;
  int instance = 0;
  auto operator<=>(const Place&) const = default;
};

class Draft {
 public:
  // `cause` is the event's name, `actor` who sent it (empty: the engine). `run` must outlive this.
  Draft(const RunState& run, Instant now, std::string cause, std::string actor = {});

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const pipeline::Pipeline& pipeline() const { return *header_.pipeline; }
  [[nodiscard]] const pipeline::Step& declaration(std::size_t step) const {
    return pipeline().steps[step];
  }
  [[nodiscard]] const RunTotals& totals() const { return totals_; }
  [[nodiscard]] const std::vector<std::size_t>& dependents(std::size_t step) const {
    return (*before_.index.dependents)[step];
  }
  // The run's header as it will be; writes to it are part of the transition.
  RunHeader& header() { return header_; }
  [[nodiscard]] const RunHeader& header() const { return header_; }

  [[nodiscard]] const StepState& row(Place place) const;
  [[nodiscard]] int instances(std::size_t step) const;
  [[nodiscard]] bool is_step_final(std::size_t step) const;
  [[nodiscard]] StepView view(std::size_t step) const;
  // A step as those behind it read it now; made once, then shared.
  [[nodiscard]] std::shared_ptr<const StepSummary> summary(std::size_t step) const;
  // An open gate of this run, in the state of this draft; none where it is not open.
  [[nodiscard]] const approval::Gate* open_gate(const GateId& gate) const;

  // Replaces a row, or adds the next instance of its step. A change of status goes into the history
  // with `details`.
  void put(StepState row, Json details = nullptr);
  void put_attempt(AttemptRow row);
  void put_gate(approval::Gate gate);
  void emit(EffectBody body);
  void note(std::string what, Json details = nullptr);
  void audit(AuditNote note);

  Transition& transition() { return transition_; }
  // The transition; empty where nothing was written.
  Transition finish();

 private:
  [[nodiscard]] std::string label(const StepState& row) const;

  const RunState& before_;
  Instant now_;
  std::string cause_;
  std::string actor_;
  RunHeader header_;
  RunTotals totals_;
  std::map<Place, StepState> changed_;
  std::map<std::size_t, int> instances_;  // of steps that grew
  std::map<std::size_t, int> open_;       // of steps whose rows changed
  mutable std::map<std::size_t, std::shared_ptr<const StepSummary>> summaries_;  // of these
  Transition transition_;
};

}  // namespace gossamer::orchestration
