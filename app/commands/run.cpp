// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <memory>

#include "app/commands/commands.hpp"
#include "app/params.hpp"
#include "app/progress.hpp"

namespace gossamer::app {

namespace {

struct RunOptions {
  std::string pipeline;
  std::string partition;
  std::string model;
  std::vector<std::string> params;
  std::vector<std::string> only;
  std::vector<std::string> from;
  std::vector<std::string> select;
  std::string pinned_data = "latest";
  std::string pinned_code = "latest";
  bool queue_new = false;
  bool dry_run = false;
  bool detach = false;
  bool wait = false;
};

Result<Json> body_of(const RunOptions& options) {
  TRY_ASSIGN(auto params, parse_params(options.params));
  return Json{{"pipeline", options.pipeline}, {"partition", options.partition},
              {"params", std::move(params)},  {"only", options.only},
              {"from", options.from},         {"select", options.select},
              {"data", options.pinned_data},  {"code", options.pinned_code},
              {"new", options.queue_new},     {"dry_run", options.dry_run},
              {"detach", options.detach},     {"model", options.model}};
}

}  // namespace

void add_run(const Registration& to) {
  auto options = std::make_shared<RunOptions>();
  auto* command = to.root.add_subcommand(
      "run", "Run a pipeline for a partition, and every pipeline that follows from it");
  command->add_option("PIPELINE", options->pipeline, "The pipeline's name")->required();
  command->add_option("--partition", options->partition,
                      "The slice, e.g. 2026-11-22 (the last complete one unless given)");
  command->add_option("--param", options->params, "A parameter, name=value (repeatable)");
  command->add_option("--only", options->only, "Only this step (repeatable)");
  command->add_option("--from", options->from, "This step and all behind it (repeatable)");
  command->add_option("--select", options->select,
                      "Steps: name, name+ (and all behind it), +name (and all before it)");
  command
      ->add_option("--model", options->model,
                   "Use this version of a model in place of its aliases: what the run writes are "
                   "candidates of that name, and gates and triggers are left out")
      ->type_name("MODEL/N");
  command->add_option("--data", options->pinned_data, "Input snapshots of a re-run")
      ->check(CLI::IsMember({"same", "latest"}));
  command->add_option("--code", options->pinned_code, "Definition of a re-run")
      ->check(CLI::IsMember({"same", "latest"}));
  command->add_flag("--new", options->queue_new, "A new run, even where one is active");
  command->add_flag("--dry-run", options->dry_run, "Show what would run, and run nothing");
  auto* detach = command->add_flag("--detach", options->detach,
                                   "Return at once; a server must hold the workspace");
  command->add_flag("--wait", options->wait, "Stay until the run ends or waits (the default)")
      ->excludes(detach);
  command->footer(
      "A run that waits for a person says so and exits with 4; it goes on when its gate is\n"
      "decided (gossamer gates approve).\n"
      "Examples:\n"
      "  gossamer run bike_training --partition 2012-12-24\n"
      "  gossamer run bike_forecast --partition 2012-12-30 --param horizon_days=7\n"
      "  gossamer run bike_forecast --partition 2012-12-30 --model bike_demand/8\n"
      "  gossamer run bike_training --select 'features+' --dry-run");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(auto body, body_of(*options));
      return drive_run(
          session, "/api/v1/runs", std::move(body),
          options->dry_run || options->detach ? AfterDrive::report_only : AfterDrive::wait);
    };
  });
}

}  // namespace gossamer::app
