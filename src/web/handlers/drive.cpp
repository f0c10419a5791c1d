// SPDX-License-Identifier: Apache-2.0
#include "web/handlers/drive.hpp"

#include <map>

#include "web/views.hpp"

namespace gossamer::web {

namespace {

Json step_event(const orchestration::RunProgress& run, const orchestration::StepProgress& step) {
  Json event{{"event", "step"},
             {"run", run.run.value()},
             {"pipeline", run.pipeline},
             {"partition", run.partition},
             {"step", step.step},
             {"state", orchestration::name_of(step.view.status)},
             {"outcome", orchestration::name_of(step.view.outcome)},
             {"attempts", step.view.attempts},
             {"rows", step.view.rows},
             {"seconds", seconds_between(step.started_at, step.finished_at)}};
  if (step.failure) {
    event["error"] =
        std::string(orchestration::name_of(step.failure->failure)) + ": " + step.failure->message;
  }
  return event;
}

Json run_event(const std::string& run, const std::string& pipeline, const std::string& partition,
               orchestration::RunStatus status) {
  return {{"event", "run"},
          {"run", run},
          {"pipeline", pipeline},
          {"partition", partition},
          {"state", orchestration::name_of(status)}};
}

}  // namespace

Result<std::vector<orchestration::RunEnd>> drive(orchestration::EngineService& engine,
                                                 const approval::GateStore& gates, const RunId& run,
                                                 const EventSink& events,
                                                 std::set<std::string> ended) {
  std::map<std::string, orchestration::RunStatus> told;
  const auto on_progress = [&](const orchestration::RunProgress& progress) {
    for (const auto& step : progress.steps) {
      if (progress.run == run && ended.contains(step.step)) {
        if (orchestration::is_final(step.view.status)) continue;
        ended.erase(step.step);
      }
      events(step_event(progress, step));
    }
    const auto known = told.find(progress.run.value());
    const bool is_news = known == told.end() || known->second != progress.status;
    told[progress.run.value()] = progress.status;
    // How a run ended is told below, with its gate: here only that it goes on.
    if (is_news && progress.status == orchestration::RunStatus::running) {
      events(
          run_event(progress.run.value(), progress.pipeline, progress.partition, progress.status));
    }
  };
  TRY_ASSIGN(auto ends, engine.wait(run, on_progress));
  for (const auto& end : ends) {
    auto event = run_event(end.run.value(), end.pipeline, end.partition, end.status);
    if (end.status == orchestration::RunStatus::waiting) {
      TRY_ASSIGN(const auto open, gates.of_run(end.run));
      for (const auto& gate : open) {
        if (gate.status != approval::GateStatus::open) continue;
        event["gate"] = gate.id.value();
        event["question"] = gate.question;
      }
    }
    events(event);
  }
  return ends;
}

}  // namespace gossamer::web
