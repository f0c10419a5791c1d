// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <ostream>

#include "app/commands/commands.hpp"
#include "app/findings.hpp"
#include "app/wire.hpp"
#include "executors/engine_lock.hpp"
#include "executors/state_folder.hpp"
#include "web/socket_api.hpp"

namespace gossamer::app {

namespace {

constexpr Duration answer_patience = std::chrono::seconds(2);

void look_at_state(Findings& found, const fs::path& state) {
  const executors::StateFolder folder(state);
  auto made = folder.prepare();
  if (made) {
    const auto probe = state / fmt::format("doctor.{}", ::getpid());
    made = write_file_durably(probe, "");
    static_cast<void>(remove_tree(probe));
  }
  if (made) return found.ok("state", state.string());
  found.failed("state", made.error().describe(),
               fmt::format("let the user who runs gossamer write into {}", state.string()));
}

enum class EngineIs : std::uint8_t { away, there };

EngineIs look_at_engine(Findings& found, const Paths& paths) {
  const auto exists = path_exists(paths.lock);
  if (!exists || !*exists) {
    found.ok("engine", "none has run here yet");
    return EngineIs::away;
  }
  const auto lock = FileLock::try_lock(paths.lock);
  if (!lock) {
    found.failed("engine", lock.error().describe(), "mend the file's permissions");
    return EngineIs::there;
  }
  if (*lock) {
    found.ok("engine", "none runs now");
    return EngineIs::away;
  }
  const auto holder = executors::EngineLock::holder(paths.state);
  const auto who = holder ? fmt::format("process {}", *holder) : std::string("a process");
  if (web::is_answered(paths.socket, answer_patience)) {
    found.ok("engine", who + " drives this workspace");
    return EngineIs::there;
  }
  found.failed(
      "engine",
      fmt::format("{} holds this workspace but does not answer at {}", who, paths.socket.string()),
      "it starts, ends, is stopped or hangs: look again, then end it; nothing is lost");
  return EngineIs::there;
}

void look_at_definitions(Findings& found, const WorkspacePlace& place) {
  const auto loaded = load_place(place);
  if (!loaded) {
    return found.failed("definitions", loaded.error().describe(), "mend the parts named above");
  }
  if (!loaded->errors.empty()) {
    return found.failed(
        "definitions",
        fmt::format("{} error{}, first {}", loaded->errors.size(),
                    loaded->errors.size() == 1 ? "" : "s", loaded->errors.front().describe()),
        "gossamer validate lists them all");
  }
  found.ok("definitions", fmt::format("{} pipelines", loaded->definition->pipelines.size()));
  look_at_needs(found, *loaded->definition, place.environment);
}

void look_at_audit(Findings& found, Session& session) {
  const auto audit = session.get("/api/v1/audit/verification");
  if (!audit) {
    found.failed("audit log", audit.error().describe(), "mend the parts named above");
  } else if (!audit->at("fault").is_null()) {
    found.failed("audit log", "its chain is broken", "gossamer audit verify shows the entry");
  } else {
    found.ok("audit log", fmt::format("{} entries", audit->at("entries").get<std::int64_t>()));
  }
}

Result<Findings> look(Session& session) {
  const auto& options = session.options();
  const WorkspacePlace place{options.folder, options.environment, session.environment()};
  TRY_ASSIGN(const auto paths, paths_of(place));
  Findings found;
  found.ok("workspace", paths.workspace.string());
  look_at_program(found, "worker", paths.worker);
  look_at_program(found, "supervisor", paths.supervisor);
  look_at_disk(found, paths.workspace);
  look_at_state(found, paths.state);
  look_at_syncs(found, paths.state);
  const auto engine = look_at_engine(found, paths);
  if (look_at_store(found, paths)) {
    if (engine == EngineIs::away) look_at_attempts(found, paths);
    look_at_contents(found, paths);
  }
  look_at_definitions(found, place);
  look_at_audit(found, session);
  return found;
}

}  // namespace

void add_doctor(const Registration& to) {
  auto* command = to.root.add_subcommand(
      "doctor", "Look for what would keep this workspace from working, and say how to mend it");
  command->footer(
      "Exit code 1 where something has to be mended.\nExample:\n  gossamer doctor -o json");
  command->callback([&session = to.session, &chosen = to.chosen] {
    chosen = [&session]() -> Result<ExitCode> {
      TRY_ASSIGN(const auto format, session.format());
      TRY_ASSIGN(const auto found, look(session));
      bool all_work = true;
      for (const auto& row : found.rows())
        all_work = all_work && row.at("state") != "failed";
      const Listing listing{
          {{"CHECK", "check"}, {"STATE", "state"}, {"DETAIL", "detail"}, {"ADVICE", "advice"}},
          "check",
          found.rows(),
          ""};
      session.console().print(listing, format);
      return all_work ? ExitCode::done : ExitCode::failed;
    };
  });
}

}  // namespace gossamer::app
