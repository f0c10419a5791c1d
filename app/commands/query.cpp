// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/views.hpp"
#include "base/files.hpp"

namespace gossamer::app {

namespace {

struct QueryOptions {
  std::string sql;
  std::string file;
  std::string as_of;
  std::string to;
  std::int64_t limit = 10'000;
  std::int64_t seconds = 60;
};

}  // namespace

void add_query(const Registration& to) {
  auto options = std::make_shared<QueryOptions>();
  auto* command = to.root.add_subcommand("query", "Read the tables with SQL; nothing is changed");
  command->add_option("SQL", options->sql, "One SELECT");
  command->add_option("--file", options->file, "Read the SQL from a file")->type_name("FILE");
  command
      ->add_option("--as-of", options->as_of,
                   "The tables as they were at this time or version of the catalog")
      ->type_name("TIME|VERSION");
  auto* limit = command->add_option("--limit", options->limit, "Print at most this many rows")
                    ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}))
                    ->type_name("ROWS")
                    ->capture_default_str();
  command
      ->add_option("--to", options->to,
                   "Write all rows to a file (.parquet, .csv, .json, .jsonl) instead")
      ->type_name("FILE")
      ->excludes(limit);
  command->add_option("--timeout", options->seconds, "Cancel it after this time")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{86'400}))
      ->type_name("SECONDS")
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  gossamer query 'select day, count(*) from predictions.bike group by 1 order by 1'\n"
      "  gossamer query --file top.sql -o csv\n"
      "  gossamer query 'from predictions.bike' --to forecast.parquet\n"
      "  gossamer query 'select count(*) from raw.rentals' --as-of 2026-11-22T04:30:00Z");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      if (options->sql.empty() == options->file.empty()) {
        return invalid_input("give the SQL either as an argument or with --file");
      }
      if (!options->file.empty()) {
        TRY_ASSIGN(options->sql, read_file(options->file));
      }
      std::map<std::string, std::string> query{{"sql", options->sql},
                                               {"limit", std::to_string(options->limit)},
                                               {"seconds", std::to_string(options->seconds)}};
      if (!options->as_of.empty()) query["as_of"] = options->as_of;
      if (!options->to.empty()) query["file"] = session.told_path(options->to);
      TRY_ASSIGN(const auto answer, session.get("/api/v1/query", std::move(query)));
      if (!options->to.empty()) {
        session.console().print_object(answer, written_listing(answer), format);
        return ExitCode::done;
      }
      session.console().print(answer_listing(answer), format);
      if (answer.value("truncated", false)) {
        session.console().err() << fmt::format("only the first {} rows; --limit shows more\n",
                                               options->limit);
      }
      return ExitCode::done;
    };
  });
}

}  // namespace gossamer::app
