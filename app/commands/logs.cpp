// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"

namespace gossamer::app {

namespace {

struct LogOptions {
  std::string run;
  std::string step;
  int attempt = 0;
};

}  // namespace

void add_logs(const Registration& to) {
  auto options = std::make_shared<LogOptions>();
  auto* command = to.root.add_subcommand("logs", "What a step's program wrote");
  command->add_option("RUN", options->run, "The run's id")->required();
  command->add_option("STEP", options->step, "The step's name (all steps unless given)");
  command->add_option("--attempt", options->attempt, "Which try, from 1 (the last unless given)");
  command->footer("Example:\n  gossamer logs run_0190... train");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      std::map<std::string, std::string> query;
      if (!options->step.empty()) query["step"] = options->step;
      if (options->attempt > 0) query["attempt"] = std::to_string(options->attempt);
      TRY_ASSIGN(const auto found,
                 session.get("/api/v1/runs/" + options->run + "/logs", std::move(query)));
      for (const auto& log : found) {
        if (found.size() > 1) {
          session.console().out() << "==> " << log.value("step", "") << " attempt "
                                  << log.value("attempt", 1) << '\n';
        }
        session.console().out() << log.value("text", "");
      }
      session.console().out().flush();
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
