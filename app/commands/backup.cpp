// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <memory>

#include "app/commands/backup_report.hpp"
#include "app/commands/commands.hpp"

namespace gossamer::app {

void add_backup(const Registration& to) {
  auto folder = std::make_shared<std::string>();
  auto* command = to.root.add_subcommand(
      "backup", "Copy the workspace, state and data as they are now, while it goes on working");
  command->add_option("DIR", *folder, "A folder that does not exist yet, best on another disk")
      ->required();
  command->footer(
      "The copy appears under its name once it is complete. It holds what was committed when it\n"
      "began: files of the workspace, decisions, evidence, models, logs, and every kept "
      "partition.\n"
      "Example:\n  gossamer backup /backups/shop-2026-11-23");
  command->callback([&session = to.session, &chosen = to.chosen, folder] {
    chosen = [&session, folder]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      const auto& options = session.options();
      TRY_ASSIGN(const auto paths,
                 paths_of({options.folder, options.environment, session.environment()}));
      const SystemClock clock;
      TRY_ASSIGN(const auto report, back_up(paths, *folder, clock));
      print_report(session, report, format);
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
