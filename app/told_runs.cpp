// SPDX-License-Identifier: Apache-2.0
#include "app/told_runs.hpp"

namespace gossamer::app {

Result<void> ToldRuns::commit(std::span<const orchestration::Transition> transitions,
                              std::span<const std::int64_t> acknowledged) {
  TRY(runs_.commit(transitions, acknowledged));
  for (const auto& transition : transitions) {
    const auto& run = transition.after_run;
    feed_.publish("run", {{"run", transition.run.value()},
                          {"pipeline", run.pipeline ? run.pipeline->name : ""},
                          {"state", orchestration::name_of(run.status)}});
    for (const auto& gate : transition.gates) {
      feed_.publish("gate", {{"gate", gate.id.value()}, {"state", approval::name_of(gate.status)}});
    }
  }
  return {};
}

}  // namespace gossamer::app
