// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "pipeline/json_schema.hpp"

namespace gossamer::app {

void add_schema(const Registration& to) {
  auto kind = std::make_shared<std::string>("pipeline");
  auto* command = to.root.add_subcommand(
      "schema", "Print the JSON Schema of a file, for editors that complete and check");
  command->add_option("KIND", *kind, "workspace, pipeline, table or calendar")
      ->check(CLI::IsMember({"workspace", "pipeline", "table", "calendar"}));
  command->footer("Example:\n  gossamer schema pipeline > pipeline.schema.json");
  command->callback([&session = to.session, &chosen = to.chosen, kind] {
    chosen = [&session, kind]() -> Result<ExitCode> {
      for (const auto candidate : {pipeline::FileKind::workspace, pipeline::FileKind::pipeline,
                                   pipeline::FileKind::table, pipeline::FileKind::calendar}) {
        if (pipeline::name_of(candidate) != *kind) continue;
        session.console().out() << pipeline::json_schema(candidate).dump(2) << '\n';
      }
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
