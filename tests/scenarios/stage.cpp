// SPDX-License-Identifier: Apache-2.0
#include "tests/scenarios/stage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "orchestration/calendar.hpp"

namespace gossamer::scenarios {

using orchestration::StepState;
using orchestration::StepStatus;

namespace {

constexpr std::string_view workspace_default = R"(
workspace: scenario
timezone: UTC
)";

}  // namespace

Stage::Stage()
    : clock_(parse_instant("2026-11-22T12:00:00Z").value_or(Instant{})),
      ids_(seeded_ids(clock_, 1)) {
  files_["gossamer.yaml"] = workspace_default;
}

Result<void> Stage::play(const Line& line) {
  const std::string verb = line.word(0);
  if (verb == "expect") return expect(line);
  using Play = Result<void> (Stage::*)(const Line&);
  static const std::map<std::string, Play> verbs{
      {"at", &Stage::set_time},       {"tick", &Stage::tick},
      {"run", &Stage::request},       {"preview", &Stage::preview},
      {"step", &Stage::end_step},     {"store", &Stage::break_store},
      {"alias", &Stage::put_alias},   {"setting", &Stage::put_setting},
      {"lose", &Stage::lose_step},    {"executor", &Stage::executor},
      {"decide", &Stage::decide},     {"show", &Stage::show},
      {"cancel", &Stage::cancel},     {"retry", &Stage::retry},
      {"force", &Stage::force},       {"undo", &Stage::undo},
      {"schedule", &Stage::schedule}, {"arrives", &Stage::arrive},
      {"backfill", &Stage::backfill}, {"table", &Stage::empty_table}};
  if (verb == "workspace") return add_file("gossamer.yaml", line.block);
  if (verb == "file") return add_file(line.word(1), line.block);
  if (verb == "pipeline") {
    return add_file("pipelines/" + line.word(1) + ".yaml",
                    "pipeline: " + line.word(1) + "\n" + line.block);
  }
  if (verb == "apply") {
    Options options(line, 1);
    const std::string by = options.value("by").value_or(applier_);
    return judge(load_definition(by), options, "the apply");
  }
  if (verb == "crash") return crash();
  if (verb == "restart") return restart();
  const auto found = verbs.find(verb);
  if (found == verbs.end()) {
    std::vector<std::string> known{"expect", "workspace", "file",   "pipeline",
                                   "apply",  "crash",     "restart"};
    for (const auto& [name, play] : verbs)
      known.push_back(name);
    return invalid_input(fmt::format("'{}' is no command{}", verb, did_you_mean(verb, known)));
  }
  TRY((this->*found->second)(line));
  if (engine_) engine_->work();
  return {};
}

Result<Stage::Verbs*> Stage::verbs() {
  if (!is_loaded_) {
    TRY(load_definition(applier_));
  }
  if (!engine_) {
    TRY(restart());
  }
  return verbs_.get();
}

orchestration::Actor Stage::actor(const std::string& name) const {
  return orchestration::Actor{name, true, "cli"};
}

// --- Finding
// ---------------------------------------------------------------------------------------

namespace {

bool is_meant(const orchestration::RunState& run, const std::string& name) {
  const std::size_t at = name.find('@');
  if (run.pipeline->name != name.substr(0, at)) return false;
  if (at == std::string::npos) return true;
  const auto partitions = orchestration::Partitions::make(run.pipeline->partitions);
  const std::string wanted = name.substr(at + 1);
  return run.partition.text() == wanted ||
         (partitions && partitions->short_name(run.partition) == wanted);
}

}  // namespace

Result<Stage::RunState> Stage::run_named(const std::string& name) const {
  const auto& runs = store_.tables().runs;
  for (auto entry = runs.rbegin(); entry != runs.rend(); ++entry) {
    if (name.empty() || is_meant(entry->second, name)) return entry->second;
  }
  return not_found(fmt::format("there is no run of '{}'", name));
}

Result<Stage::StepRef> Stage::step_named(const std::string& name) const {
  const std::size_t slash = name.rfind('/');
  const std::string run_part = slash == std::string::npos ? "" : name.substr(0, slash);
  std::string step_part = slash == std::string::npos ? name : name.substr(slash + 1);
  int instance = -1;
  if (const std::size_t bracket = step_part.find('['); bracket != std::string::npos) {
    instance = std::stoi(step_part.substr(bracket + 1));
    step_part.resize(bracket);
  }
  const auto& runs = store_.tables().runs;
  for (auto entry = runs.rbegin(); entry != runs.rend(); ++entry) {
    const RunState& run = entry->second;
    if (!run_part.empty() && !is_meant(run, run_part)) continue;
    for (std::size_t step = 0; step < run.steps.size(); ++step) {
      if (run.pipeline->steps[step].name == step_part) return StepRef{run, step, instance};
    }
  }
  return not_found(fmt::format("no run has a step '{}'", name));
}

Result<approval::Gate> Stage::gate_named(const std::string& step) const {
  TRY_ASSIGN(const StepRef ref, step_named(step));
  const StepState& row = ref.run.steps[ref.step].front();
  if (row.gate) return store_.find(*row.gate);
  // A gate that was left behind: the newest of this step.
  const std::string& name = ref.run.pipeline->steps[ref.step].name;
  std::optional<approval::Gate> newest;
  for (const auto& [id, gate] : store_.tables().gates) {
    if (gate.run == ref.run.id && gate.step == name) newest = gate;
  }
  if (newest) return *newest;
  return not_found(fmt::format("step '{}' has opened no gate; it is {}", step,
                               orchestration::name_of(row.status)));
}

Result<AttemptId> Stage::running_attempt(const StepRef& ref) const {
  const auto& rows = ref.run.steps[ref.step];
  for (const StepState& row : rows) {
    if (ref.instance >= 0 && row.instance != ref.instance) continue;
    if (row.status == StepStatus::running && row.attempt) return *row.attempt;
  }
  return conflict(fmt::format("step {} is not running, it is {}",
                              ref.run.pipeline->steps[ref.step].name,
                              orchestration::name_of(orchestration::view_of(rows).status)));
}

Result<void> Stage::judge(Result<void> outcome, Options& options, const std::string& what) const {
  const bool refusal = options.flag("->");
  if (!refusal) {
    TRY(options.finish());
    return outcome;
  }
  const auto kind = options.next();
  const auto part = options.next();
  TRY(options.finish());
  if (outcome) return conflict(fmt::format("{} succeeded, {} was expected", what, *kind));
  const Error& error = outcome.error();
  if (name_of(error.kind) != kind.value_or("")) {
    return conflict(fmt::format("{} gave {} ({}), {} was expected", what, name_of(error.kind),
                                error.describe(), kind.value_or("an error")));
  }
  if (part && error.describe().find(*part) == std::string::npos) {
    return conflict(fmt::format("{} said '{}', which has no '{}'", what, error.describe(), *part));
  }
  return {};
}

}  // namespace gossamer::scenarios
