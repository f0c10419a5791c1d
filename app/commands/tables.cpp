// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"
#include "base/numbers.hpp"

namespace gossamer::app {

namespace {

struct ImportOptions {
  std::string table;
  std::vector<std::string> files;
  std::string partition_by;
  std::string select;
  std::string format;
  std::int64_t max_rejects = 0;
};

void add_import(CLI::App& tables, const Registration& to) {
  auto options = std::make_shared<ImportOptions>();
  auto* command =
      tables.add_subcommand("import", "Bring files in: all partitions at once, or none");
  command->add_option("TABLE", options->table, "The table, e.g. raw.rentals")->required();
  command->add_option("FILE", options->files, "CSV, Parquet, JSON or Arrow files")->required();
  command->add_option("--partition-by", options->partition_by,
                      "A key column, or day:COLUMN to derive one (hour, day, week, month)");
  command->add_option("--select", options->select,
                      "Columns and rows, ending in `from input`, e.g. \"* from input\"");
  command->add_option("--format", options->format,
                      "csv, parquet, json or arrow (by the name's end)");
  command
      ->add_option("--max-rejects", options->max_rejects,
                   "Publish even if this many rows cannot be read")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}));
  command->footer(
      "Example:\n"
      "  gossamer tables import raw.weather bike.csv --partition-by day:hour\n"
      "    --select \"dteday + hr * interval 1 hour as hour, * exclude (hr) from input\"");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      Json files = Json::array();
      for (const auto& file : options->files) {
        files.push_back(std::filesystem::absolute(file).string());
      }
      TRY_ASSIGN(const auto report, session.post("/api/v1/tables/" + options->table + "/imports",
                                                 {{"files", files},
                                                  {"partition_by", options->partition_by},
                                                  {"select", options->select},
                                                  {"format", options->format},
                                                  {"max_rejects", options->max_rejects}}));
      const Listing listing{{{"TABLE", "table"},
                             {"PARTITIONS", "partitions", Alignment::right},
                             {"ROWS", "rows", Alignment::right},
                             {"REJECTED", "rejected", Alignment::right},
                             {"REJECTS", "reject_file"}},
                            "table",
                            Json::array({report}),
                            ""};
      session.console().print_object(report, listing, format);
      return ExitCode::done;
    };
  });
}

void add_gc(CLI::App& tables, const Registration& to) {
  auto dry_run = std::make_shared<bool>(false);
  auto* command = tables.add_subcommand(
      "gc", "Remove files that no kept snapshot, gate, evidence or run needs any more");
  command->add_flag("--dry-run", *dry_run, "Only list them");
  command->callback([&session = to.session, &chosen = to.chosen, dry_run] {
    chosen = [&session, dry_run]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto report, session.post("/api/v1/tables-gc", {{"dry_run", *dry_run}}));
      const Listing listing{
          {{"TABLE", "table"}, {"ATTEMPT", "attempt"}, {"BYTES", "bytes", Alignment::right}},
          "attempt",
          report.at("removed"),
          "Nothing to remove."};
      session.console().print(listing, format);
      return ExitCode::done;
    };
  });
}

void add_rollback(CLI::App& tables, const Registration& to) {
  struct RollbackOptions {
    std::string table;
    std::string partition;
    std::string reason;
  };
  auto options = std::make_shared<RollbackOptions>();
  auto* command = tables.add_subcommand(
      "rollback", "Make a partition's former content current again (undone by switches undo)");
  command->add_option("TABLE", options->table, "The table")->required();
  command->add_option("--partition", options->partition, "Only this one, e.g. day=2026-11-22")
      ->required();
  command->add_option("--reason", options->reason, "Kept with the switch");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto done,
                 session.post("/api/v1/tables/" + options->table + "/rollback",
                              {{"partition", options->partition}, {"reason", options->reason}}));
      session.console().print_object(done, switches_listing(Json::array({done})), format);
      return ExitCode::done;
    };
  });
}

}  // namespace

void add_tables(const Registration& to) {
  auto* tables = to.root.add_subcommand("tables", "What the warehouse holds");
  tables->require_subcommand(1);
  tables->footer(
      "Examples:\n"
      "  gossamer tables list\n"
      "  gossamer tables show predictions.bike");
  auto* list = tables->add_subcommand("list", "Tables with their sizes");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/tables", {}, &tables_listing}; });
  auto table = std::make_shared<std::string>();
  auto* show = tables->add_subcommand("show", "A table's partitions: current, former, candidates");
  show->add_option("TABLE", *table, "The table")->required();
  print_list_on(*show, to, [table] {
    return ListSource{"/api/v1/tables/" + *table + "/partitions", {}, &partitions_listing};
  });
  add_import(*tables, to);
  add_gc(*tables, to);
  add_rollback(*tables, to);
}

}  // namespace gossamer::app
