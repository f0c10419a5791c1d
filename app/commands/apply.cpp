// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/progress.hpp"

namespace gossamer::app {

void add_apply(const Registration& to) {
  auto dry_run = std::make_shared<bool>(false);
  auto* command = to.root.add_subcommand(
      "apply", "Validate the workspace and make it the active definition, whole or not at all");
  command->add_flag("--dry-run", *dry_run, "Show what would change");
  command->footer("Runs under way keep the definition that they started with.");
  command->callback([&session = to.session, &chosen = to.chosen, dry_run] {
    chosen = [&session, dry_run]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      Progress progress(session);
      TRY_ASSIGN(const auto done,
                 session.post("/api/v1/definitions", {{"dry_run", *dry_run}},
                              [&](const Json& event) { progress.on_event(event); }));
      const Listing listing{{{"CHANGE", "change"}, {"WHAT", "what"}, {"DETAIL", "detail"}},
                            "what",
                            done.at("changes"),
                            "Nothing has changed."};
      session.console().print_object(done, listing, format);
      if (!*dry_run && format == OutputFormat::table) {
        session.console().err() << "active: " << done.at("digest").get<std::string>() << '\n';
      }
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
