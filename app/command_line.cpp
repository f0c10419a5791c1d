// SPDX-License-Identifier: Apache-2.0
#include "app/command_line.hpp"

#include <CLI/CLI.hpp>

#include "app/commands/commands.hpp"

namespace gossamer::app {

namespace {

void add_global_options(CLI::App& root, Options& options) {
  root.description(
      "Runs batch machine learning in production: pipelines that stop for a person,\n"
      "atomic tables, model versions that only a decision switches.");
  root.footer(
      "Examples:\n"
      "  gossamer demo                            see the whole story on generated data\n"
      "  gossamer init shop && cd shop            start a workspace\n"
      "  gossamer run bike_training -C examples/demand --partition 2012-12-24\n"
      "  gossamer gates list                      what waits for a person\n"
      "Exit codes: 0 done, 1 failed, 2 usage, 3 invalid input, 4 waiting for a decision,\n"
      "  5 conflict, 6 unavailable, 7 denied, 8 not found, 70 bug.");
  root.add_option("-C", options.folder, "The workspace's folder")->type_name("DIR");
  root.add_option("--as", options.as, "Act under this name (recorded as unverified)")
      ->type_name("NAME");
  root.add_option("--env", options.environment, "Lay gossamer.NAME.yaml over gossamer.yaml")
      ->type_name("NAME");
  root.add_option("--server", options.server,
                  "Ask a server instead of a folder (also GOSSAMER_SERVER), with the token in "
                  "GOSSAMER_TOKEN")
      ->type_name("URL");
  root.add_option("-o,--output", options.format, "table, wide, json, yaml, name or csv")
      ->type_name("FORMAT");
  root.fallthrough();
  root.require_subcommand(1);
}

}  // namespace

int run_command_line(int argc, char** argv, Session& session) {
  // A program that was found by its name is found so again.
  const std::string called = argc > 0 ? argv[0] : "";
  if (called.find('/') != std::string::npos) session.options().program = called;
  CLI::App root("", "gossamer");
  Action chosen;
  const Registration to{root, session, chosen};
  add_global_options(root, session.options());
  add_init(to);
  add_validate(to);
  add_schema(to);
  add_apply(to);
  add_run(to);
  add_runs(to);
  add_backfills(to);
  add_steps(to);
  add_logs(to);
  add_gates(to);
  add_tables(to);
  add_models(to);
  add_schedules(to);
  add_switches(to);
  add_settings(to);
  add_audit(to);
  add_query(to);
  add_serve(to);
  add_users(to);
  add_tokens(to);
  add_demo(to);
  add_gc(to);
  add_backup(to);
  add_restore(to);
  add_doctor(to);
  add_version(to);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = root.exit(error, session.console().out(), session.console().err());
    return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  const auto format = session.format();
  if (!format) {
    session.console().print_error(format.error());
    return static_cast<int>(ExitCode::usage);
  }
  const auto done = chosen();
  if (done) return static_cast<int>(*done);
  session.console().print_error(done.error());
  return static_cast<int>(exit_code_of(done.error().kind));
}

}  // namespace gossamer::app
