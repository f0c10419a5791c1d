// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>

#include "app/commands/commands.hpp"
#include "app/progress.hpp"
#include "app/views.hpp"

namespace gossamer::app {

namespace {

struct ListOptions {
  std::string pipeline;
  std::string state;
  std::string partition;
  int limit = 50;
};

void add_list(CLI::App& runs, const Registration& to) {
  auto options = std::make_shared<ListOptions>();
  auto* command = runs.add_subcommand("list", "Runs, newest first");
  command->add_option("--pipeline", options->pipeline, "Only of this pipeline");
  command->add_option("--state", options->state, "Only in this state, e.g. waiting");
  command->add_option("--partition", options->partition, "Only for this partition");
  command->add_option("--limit", options->limit, "At most this many")
      ->check(CLI::Range(1, 100'000));
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      std::map<std::string, std::string> query{{"limit", std::to_string(options->limit)}};
      if (!options->pipeline.empty()) query["pipeline"] = options->pipeline;
      if (!options->state.empty()) query["state"] = options->state;
      if (!options->partition.empty()) query["partition"] = options->partition;
      TRY_ASSIGN(auto rows, session.get("/api/v1/runs", std::move(query)));
      session.console().print(runs_listing(std::move(rows)), format);
      return ExitCode::done;
    };
  });
}

void add_show(CLI::App& runs, const Registration& to) {
  auto run = std::make_shared<std::string>();
  auto* command = runs.add_subcommand("show", "One run with its steps");
  command->add_option("RUN", *run, "The run's id")->required();
  command->callback([&session = to.session, &chosen = to.chosen, run] {
    chosen = [&session, run]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, session.get("/api/v1/runs/" + *run));
      session.console().print_object(found, steps_listing(found.at("steps")), format);
      return ExitCode::done;
    };
  });
}

void add_history(CLI::App& runs, const Registration& to) {
  auto run = std::make_shared<std::string>();
  auto* command = runs.add_subcommand("history", "Everything that happened in a run, in order");
  command->add_option("RUN", *run, "The run's id")->required();
  command->callback([&session = to.session, &chosen = to.chosen, run] {
    chosen = [&session, run]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(auto rows, session.get("/api/v1/runs/" + *run + "/history"));
      session.console().print(history_listing(std::move(rows)), format);
      return ExitCode::done;
    };
  });
}

struct ChangeOptions {
  std::string run;
  std::string reason;
  std::string step;
  std::vector<std::string> from;
  std::string pinned = "same";
};

void add_cancel(CLI::App& runs, const Registration& to) {
  auto options = std::make_shared<ChangeOptions>();
  auto* command = runs.add_subcommand(
      "cancel", "Stop a run: its processes end, its gates are withdrawn, nothing is half done");
  command->add_option("RUN", options->run, "The run's id")->required();
  command->add_option("--reason", options->reason, "Kept with the run");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      return drive_run(session, "/api/v1/runs/" + options->run + "/cancel",
                       {{"reason", options->reason}}, AfterDrive::report_only);
    };
  });
}

void add_wait(CLI::App& runs, const Registration& to) {
  auto run = std::make_shared<std::string>();
  auto* command = runs.add_subcommand(
      "wait", "Stay until a run, and every run that follows from it, ends or waits for a person");
  command->add_option("RUN", *run, "The run's id")->required();
  command->footer(
      "After a crash of the machine or of the engine this goes on where the run was: what still\n"
      "works is taken over, nothing that succeeded is repeated.");
  command->callback([&session = to.session, &chosen = to.chosen, run] {
    chosen = [&session, run]() -> Result<ExitCode> {
      return drive_run(session, "/api/v1/runs/" + *run + "/wait", Json::object(), AfterDrive::wait);
    };
  });
}

void add_retry(CLI::App& runs, const Registration& to) {
  auto options = std::make_shared<ChangeOptions>();
  auto* command = runs.add_subcommand(
      "retry", "Repeat what failed in a run, and what depends on it; the rest is kept");
  command->add_option("RUN", options->run, "The run's id")->required();
  command->add_option("--from", options->from, "This step and all behind it, finished or not");
  command->add_option("--data", options->pinned, "Input snapshots: same or latest")
      ->check(CLI::IsMember({"same", "latest"}));
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      return drive_run(session, "/api/v1/runs/" + options->run + "/retry",
                       {{"from", options->from}, {"data", options->pinned}}, AfterDrive::wait);
    };
  });
}

void add_force(CLI::App& runs, const Registration& to) {
  auto options = std::make_shared<ChangeOptions>();
  auto* command = runs.add_subcommand("force", "Count a failed step as done and go on");
  command->add_option("RUN", options->run, "The run's id")->required();
  command->add_option("STEP", options->step, "The failed step")->required();
  command->add_option("--reason", options->reason, "Kept in history and audit")->required();
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      return drive_run(session, "/api/v1/runs/" + options->run + "/force",
                       {{"step", options->step}, {"reason", options->reason}}, AfterDrive::wait);
    };
  });
}

}  // namespace

void add_runs(const Registration& to) {
  auto* runs = to.root.add_subcommand("runs", "List, show, wait for, cancel, retry and force runs");
  runs->require_subcommand(1);
  runs->footer(
      "Examples:\n  gossamer runs list --state waiting\n  gossamer runs show run_0190...\n"
      "  gossamer runs wait run_0190...         go on after a crash");
  add_list(*runs, to);
  add_show(*runs, to);
  add_history(*runs, to);
  add_wait(*runs, to);
  add_cancel(*runs, to);
  add_retry(*runs, to);
  add_force(*runs, to);
}

}  // namespace gossamer::app
