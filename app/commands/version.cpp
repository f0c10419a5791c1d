// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <ostream>

#include "app/commands/commands.hpp"

namespace gossamer::app {

void add_version(const Registration& to) {
  auto& session = to.session;
  auto& chosen = to.chosen;
  to.root.set_version_flag("--version", std::string("gossamer ") + GOSSAMER_VERSION);
  auto* command = to.root.add_subcommand("version", "Print the program's version");
  command->callback([&session, &chosen] {
    chosen = [&session]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      const Json version{{"version", GOSSAMER_VERSION}};
      const Listing listing{{{"VERSION", "version"}}, "version", Json::array({version}), ""};
      session.console().print_object(version, listing, format);
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
