// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <ostream>

#include "app/commands/commands.hpp"
#include "app/wire.hpp"
#include "base/numbers.hpp"
#include "base/subprocess.hpp"

namespace gossamer::app {

namespace {

constexpr std::uintmax_t little_space = std::uintmax_t{2} << 30U;
constexpr Duration start_patience = std::chrono::seconds(10);

// One thing looked at: `ok`, `warning` (works, but) or `failed` (does not work until mended).
Json finding(const char* what, const char* state, std::string detail) {
  return {{"check", what}, {"state", state}, {"detail", std::move(detail)}};
}

Json failed(const char* what, const Error& error) {
  return finding(what, "failed", error.describe());
}

Json look_at_program(const char* name, const fs::path& program) {
  SpawnOptions options;
  options.argv = {program.string(), "--version"};
  const auto ran = run_captured(std::move(options), start_patience);
  if (!ran) return failed(name, ran.error());
  if (!ran->end.succeeded()) {
    return finding(
        name, "failed",
        fmt::format("{} --version: {}; {}", program.string(), ran->end.describe(), ran->output));
  }
  return finding(name, "ok", program.string());
}

Json look_at_disk(const fs::path& folder) {
  const auto type = file_system_of(folder);
  if (!type) return failed("disk", type.error());
  if (type->is_network) {
    return finding("disk", "failed",
                   fmt::format("{} is on {}, whose locks cannot be trusted: move it to a disk of "
                               "this machine",
                               folder.string(), type->name));
  }
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (error) return finding("disk", "warning", "cannot tell the free space: " + error.message());
  const auto free = fmt::format(
      "{} free on {}", format_bytes(static_cast<std::int64_t>(space.available)), type->name);
  return finding("disk", space.available < little_space ? "warning" : "ok", free);
}

Json look_at_engine(const Paths& paths) {
  const auto exists = path_exists(paths.lock);
  if (!exists || !*exists) return finding("engine", "ok", "none has run here yet");
  const auto lock = FileLock::try_lock(paths.lock);
  if (!lock) return failed("engine", lock.error());
  return finding("engine", "ok", *lock ? "none runs now" : "one drives this workspace now");
}

Json look_at_definitions(const WorkspacePlace& place) {
  const auto loaded = load_place(place);
  if (!loaded) return failed("definitions", loaded.error());
  if (!loaded->errors.empty()) {
    return finding("definitions", "failed",
                   fmt::format("{} errors; gossamer validate lists them", loaded->errors.size()));
  }
  return finding("definitions", "ok",
                 fmt::format("{} pipelines", loaded->definition->pipelines.size()));
}

Result<Json> look(Session& session) {
  const auto& options = session.options();
  const WorkspacePlace place{options.folder, options.environment, session.environment()};
  TRY_ASSIGN(const auto paths, paths_of(place));
  Json found = Json::array();
  found.push_back(finding("workspace", "ok", paths.workspace.string()));
  found.push_back(look_at_program("worker", paths.worker));
  found.push_back(look_at_program("supervisor", paths.supervisor));
  found.push_back(look_at_disk(paths.workspace));
  found.push_back(look_at_engine(paths));
  found.push_back(look_at_definitions(place));
  const auto audit = session.get("/api/v1/audit/verification");
  if (!audit) {
    found.push_back(failed("audit log", audit.error()));
  } else if (!audit->at("fault").is_null()) {
    found.push_back(finding("audit log", "failed", "the chain is broken: gossamer audit verify"));
  } else {
    found.push_back(finding("audit log", "ok",
                            fmt::format("{} entries", audit->at("entries").get<std::int64_t>())));
  }
  return found;
}

}  // namespace

void add_doctor(const Registration& to) {
  auto* command = to.root.add_subcommand(
      "doctor", "Look for what would keep this workspace from working, and say how to mend it");
  command->callback([&session = to.session, &chosen = to.chosen] {
    chosen = [&session]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, look(session));
      bool all_work = true;
      for (const auto& row : found)
        all_work = all_work && row.at("state") != "failed";
      const Listing listing{
          {{"CHECK", "check"}, {"STATE", "state"}, {"DETAIL", "detail"}}, "check", found, ""};
      session.console().print(listing, format);
      return all_work ? ExitCode::done : ExitCode::failed;
    };
  });
}

}  // namespace gossamer::app
