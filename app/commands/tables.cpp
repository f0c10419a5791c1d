// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/commands/simple_list.hpp"
#include "app/views.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"

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
  command->add_option("FILE", options->files, "CSV, Parquet or JSON files")->required();
  command
      ->add_option(
          "--partition-by", options->partition_by,
          "A column whose values are the partitions, or day:COLUMN to cut days from a time "
          "(hour, day, week, month); without it there is one partition, `all`")
      ->type_name("KEY|UNIT:COLUMN");
  command
      ->add_option("--select", options->select,
                   "Columns and rows, ending in `from input`, which are the rows of the files")
      ->type_name("SQL");
  command->add_option("--format", options->format, "csv, parquet or json (else by the name's end)")
      ->type_name("FORMAT");
  command
      ->add_option("--max-rejects", options->max_rejects,
                   "Import the others even if this many rows cannot be read")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->type_name("ROWS")
      ->capture_default_str();
  command->footer(
      "Partitions that the files have rows for are replaced whole; others stay as they are.\n"
      "Examples:\n"
      "  gossamer tables import raw.clients clients.csv\n"
      "  gossamer tables import raw.sales 2026-*.parquet --partition-by country\n"
      "  gossamer tables import raw.weather bike.csv --partition-by day:hour \\\n"
      "    --select \"dteday + hr * interval 1 hour as hour, * exclude (hr) from input\"");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      Json files = Json::array();
      for (const auto& file : options->files) {
        files.push_back(session.told_path(file));
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
    std::string to;
    std::string reason;
  };
  auto options = std::make_shared<RollbackOptions>();
  auto* command =
      tables.add_subcommand("rollback", "Make former contents current again, in one switch");
  command->add_option("TABLE", options->table, "The table")->required();
  command->add_option("--partition", options->partition, "Only this one, e.g. day=2026-11-22")
      ->type_name("KEY=VALUE");
  command
      ->add_option("--to", options->to,
                   "As it was at this time or version of the catalog; otherwise as it was before "
                   "the last change")
      ->type_name("TIME|VERSION");
  command->add_option("--reason", options->reason, "Kept with the switch")->type_name("TEXT");
  command->footer(
      "Examples:\n"
      "  gossamer tables rollback raw.rentals                      undo the last import\n"
      "  gossamer tables rollback predictions.bike --partition day=2026-11-22\n"
      "  gossamer tables rollback raw.rentals --to 2026-11-22T04:30:00Z\n"
      "A rollback is a switch: gossamer switches undo SWITCH takes it back.");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      Json body{{"to", options->to}, {"reason", options->reason}};
      if (!options->partition.empty()) body["partition"] = options->partition;
      TRY_ASSIGN(const auto done,
                 session.post("/api/v1/tables/" + options->table + "/rollback", std::move(body)));
      session.console().print_object(done, switches_listing(Json::array({done})), format);
      return ExitCode::done;
    };
  });
}

void add_publish(CLI::App& tables, const Registration& to) {
  struct PublishOptions {
    std::string table;
    std::string candidate;
    std::string reason;
  };
  auto options = std::make_shared<PublishOptions>();
  auto* command = tables.add_subcommand(
      "publish", "Make a candidate's partitions current, all of them in one switch");
  command->add_option("TABLE", options->table, "The table")->required();
  command->add_option("CANDIDATE", options->candidate, "Its name, e.g. bike_demand/8")->required();
  command->add_option("--reason", options->reason, "Kept with the switch")->type_name("TEXT");
  command->footer(
      "Examples:\n"
      "  gossamer tables compare predictions.bike bike_demand/8 --on hour\n"
      "  gossamer tables publish predictions.bike bike_demand/8\n"
      "gossamer switches undo SWITCH takes it back.");
  command->callback([&session = to.session, &chosen = to.chosen, options] {
    chosen = [&session, options]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto done,
                 session.post("/api/v1/tables/" + options->table + "/publish",
                              {{"candidate", options->candidate}, {"reason", options->reason}}));
      session.console().print_object(done, switches_listing(Json::array({done})), format);
      return ExitCode::done;
    };
  });
}

void add_compare(CLI::App& tables, const Registration& to) {
  struct CompareOptions {
    std::string table;
    std::string candidate;
    std::string value = "prediction";
    std::vector<std::string> on;
    std::string labels;
  };
  auto options = std::make_shared<CompareOptions>();
  auto* command = tables.add_subcommand(
      "compare", "A candidate beside what is current, by partition and as a whole");
  command->add_option("TABLE", options->table, "The table")->required();
  command->add_option("CANDIDATE", options->candidate, "Its name, e.g. bike_demand/8")->required();
  command
      ->add_option("--on", options->on,
                   "Columns that name a row within its partition; else the table's `unique`")
      ->type_name("COLUMN")
      ->delimiter(',');
  command->add_option("--value", options->value, "The column that is compared")
      ->type_name("COLUMN")
      ->capture_default_str();
  command
      ->add_option("--labels", options->labels,
                   "What really happened: a table and its column, joined by the columns of --on")
      ->type_name("TABLE:COLUMN");
  command->footer(
      "Example:\n"
      "  gossamer tables compare predictions.bike bike_demand/8 --on hour "
      "--labels raw.rentals:cnt");
  print_list_on(*command, to, [options] {
    return ListSource{"/api/v1/tables/" + options->table + "/comparison",
                      {{"candidate", options->candidate},
                       {"value", options->value},
                       {"on", join(options->on, ",")},
                       {"labels", options->labels}},
                      &comparison_listing};
  });
}

}  // namespace

void add_tables(const Registration& to) {
  auto* tables = to.root.add_subcommand("tables", "What the warehouse holds");
  tables->require_subcommand(1);
  tables->footer(
      "Examples:\n"
      "  gossamer tables list\n"
      "  gossamer tables show predictions.bike\n"
      "  gossamer tables import raw.clients clients.csv\n"
      "  gossamer tables rollback raw.clients\n"
      "The rows themselves: gossamer query 'from predictions.bike'");
  auto* list = tables->add_subcommand("list", "Tables with their sizes");
  print_list_on(*list, to, [] { return ListSource{"/api/v1/tables", {}, &tables_listing}; });
  auto table = std::make_shared<std::string>();
  auto* show = tables->add_subcommand("show", "A table's partitions: current, former, candidates");
  show->add_option("TABLE", *table, "The table")->required();
  print_list_on(*show, to, [table] {
    return ListSource{"/api/v1/tables/" + *table + "/partitions", {}, &partitions_listing};
  });
  auto changed = std::make_shared<std::string>();
  auto* history = tables->add_subcommand("history", "What changed a table, newest first");
  history->add_option("TABLE", *changed, "The table")->required();
  history->footer(
      "A VERSION is one of the whole catalog: `gossamer query --as-of VERSION` reads what was "
      "there\n"
      "then, `gossamer tables rollback TABLE --to VERSION` brings it back.");
  print_list_on(*history, to, [changed] {
    return ListSource{"/api/v1/tables/" + *changed + "/history", {}, &table_history_listing};
  });
  add_import(*tables, to);
  add_gc(*tables, to);
  add_compare(*tables, to);
  add_publish(*tables, to);
  add_rollback(*tables, to);
}

}  // namespace gossamer::app
