// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <memory>

#include "app/commands/commands.hpp"

namespace gossamer::app {

void add_gc(const Registration& to) {
  auto dry_run = std::make_shared<bool>(false);
  auto* command = to.root.add_subcommand(
      "gc", "Remove files that nothing kept needs: rows of tables, copies of code");
  command->add_flag("--dry-run", *dry_run, "Only list them");
  command->footer(
      "Kept are: what tables keep (`keep`), what open gates and evidence show, what open runs "
      "use,\n"
      "and the code of every run that `gossamer runs` still has.\n"
      "Example:\n  gossamer gc --dry-run");
  command->callback([&session = to.session, &chosen = to.chosen, dry_run] {
    chosen = [&session, dry_run]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto report, session.post("/api/v1/garbage", {{"dry_run", *dry_run}}));
      const Listing listing{{{"WHAT", "what"}, {"BYTES", "bytes", Alignment::right}},
                            "what",
                            report.at("removed"),
                            "Nothing to remove."};
      session.console().print(listing, format);
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
