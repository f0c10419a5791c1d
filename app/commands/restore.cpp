// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <memory>

#include "app/commands/backup_report.hpp"
#include "app/commands/commands.hpp"

namespace gossamer::app {

void add_restore(const Registration& to) {
  auto folder = std::make_shared<std::string>();
  auto into = std::make_shared<std::string>();
  auto* command = to.root.add_subcommand("restore", "Make a workspace of a backup");
  command->add_option("BACKUP", *folder, "What gossamer backup has made")->required();
  command->add_option("DIR", *into, "The workspace's folder, which does not exist yet")->required();
  command->footer(
      "Every file is compared with the digest that the backup has of it. The workspace appears "
      "under\n"
      "its name once it is complete. Steps that ran when the backup was made count as lost: their\n"
      "retry policy decides.\n"
      "Example:\n"
      "  gossamer restore /backups/shop-2026-11-23 /srv/shop && gossamer -C /srv/shop doctor");
  command->callback([&session = to.session, &chosen = to.chosen, folder, into] {
    chosen = [&session, folder, into]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto report, restore_backup(*folder, *into));
      print_report(session, report, format);
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
