// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <ostream>

#include "app/commands/commands.hpp"
#include "app/wire.hpp"

namespace gossamer::app {

namespace {

Json rows_of(const std::vector<Error>& errors) {
  Json rows = Json::array();
  for (const auto& error : errors) {
    const auto place = error.position.value_or(Position{});
    rows.push_back({{"file", place.file},
                    {"line", place.line},
                    {"column", place.column},
                    {"message", error.message}});
  }
  return rows;
}

}  // namespace

void add_validate(const Registration& to) {
  auto* command = to.root.add_subcommand(
      "validate", "Check every file of the workspace in one pass, without changing anything");
  command->footer("Each error is one line, path:line:column: message.");
  command->callback([&session = to.session, &chosen = to.chosen] {
    chosen = [&session]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      const auto& options = session.options();
      TRY_ASSIGN(const auto loaded,
                 load_place({options.folder, options.environment, session.environment()}));
      auto& console = session.console();
      for (const auto& warning : loaded.warnings) {
        console.err() << warning.describe() << " (warning)\n";
      }
      if (!loaded.errors.empty()) {
        if (format == OutputFormat::json || format == OutputFormat::yaml) {
          console.print_object(rows_of(loaded.errors), {}, format);
        } else {
          for (const auto& error : loaded.errors)
            console.print_error(error);
        }
        console.err() << fmt::format("{} error{}\n", loaded.errors.size(),
                                     loaded.errors.size() == 1 ? "" : "s");
        return ExitCode::invalid_input;
      }
      const auto& definition = *loaded.definition;
      Json rows = Json::array();
      for (const auto& [name, pipeline] : definition.pipelines) {
        rows.push_back(
            {{"pipeline", name}, {"steps", pipeline.steps.size()}, {"file", pipeline.file}});
      }
      const Listing listing{
          {{"PIPELINE", "pipeline"}, {"STEPS", "steps", Alignment::right}, {"FILE", "file"}},
          "pipeline",
          rows,
          "Valid, without a pipeline: add one to pipelines/."};
      console.print(listing, format);
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
