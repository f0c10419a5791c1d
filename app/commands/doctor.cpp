// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <ostream>

#include "app/commands/commands.hpp"
#include "app/wire.hpp"
#include "base/numbers.hpp"
#include "base/socket.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "executors/engine_lock.hpp"
#include "executors/state_folder.hpp"

namespace gossamer::app {

namespace {

constexpr std::uintmax_t little_space = std::uintmax_t{2} << 30U;
constexpr Duration start_patience = std::chrono::seconds(10);

// What was looked at, as rows: `ok`, `warning` (works, but) or `failed` (does not work until
// mended), each with what to do about it.
class Findings {
 public:
  void ok(const char* check, std::string detail) { add(check, "ok", std::move(detail), ""); }
  void warning(const char* check, std::string detail, std::string advice) {
    add(check, "warning", std::move(detail), std::move(advice));
  }
  void failed(const char* check, std::string detail, std::string advice) {
    add(check, "failed", std::move(detail), std::move(advice));
  }
  const Json& rows() const { return rows_; }

 private:
  void add(const char* check, const char* state, std::string detail, std::string advice) {
    rows_.push_back({{"check", check},
                     {"state", state},
                     {"detail", std::move(detail)},
                     {"advice", std::move(advice)}});
  }
  Json rows_ = Json::array();
};

void look_at_program(Findings& found, const char* name, const fs::path& program) {
  static constexpr auto advice = "build or install all parts of gossamer together, in one folder";
  SpawnOptions options;
  options.argv = {program.string(), "--version"};
  const auto ran = run_captured(std::move(options), start_patience);
  if (!ran) return found.failed(name, ran.error().describe(), advice);
  const std::string said(trimmed(ran->output));
  if (!ran->end.succeeded()) {
    return found.failed(
        name, fmt::format("{} --version: {}; {}", program.string(), ran->end.describe(), said),
        advice);
  }
  const auto version = fmt::format("gossamer-{} {}", name, GOSSAMER_VERSION);
  if (said != version) {
    return found.failed(
        name, fmt::format("{} is \"{}\", not \"{}\"", program.string(), said, version), advice);
  }
  found.ok(name, program.string());
}

void look_at_disk(Findings& found, const fs::path& folder) {
  const auto type = file_system_of(folder);
  if (!type) return found.failed("disk", type.error().describe(), "see that the folder is there");
  if (type->is_network) {
    return found.failed(
        "disk",
        fmt::format("{} is on {}, whose locks cannot be trusted", folder.string(), type->name),
        "move the workspace to a disk of this machine");
  }
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (error) {
    return found.warning("disk", "cannot tell the free space: " + error.message(), "look with df");
  }
  const auto free = fmt::format(
      "{} free on {}", format_bytes(static_cast<std::int64_t>(space.available)), type->name);
  if (space.available >= little_space) return found.ok("disk", free);
  found.warning("disk", free, "make room, e.g. with gossamer tables gc");
}

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

void look_at_engine(Findings& found, const Paths& paths) {
  const auto exists = path_exists(paths.lock);
  if (!exists || !*exists) return found.ok("engine", "none has run here yet");
  const auto lock = FileLock::try_lock(paths.lock);
  if (!lock) return found.failed("engine", lock.error().describe(), "mend the file's permissions");
  if (*lock) return found.ok("engine", "none runs now");
  const auto holder = executors::EngineLock::holder(paths.state);
  const auto who = holder ? fmt::format("process {}", *holder) : std::string("a process");
  if (Socket::connect(paths.socket)) return found.ok("engine", who + " drives this workspace");
  found.failed(
      "engine",
      fmt::format("{} holds this workspace but does not answer at {}", who, paths.socket.string()),
      "it starts, ends, is stopped or hangs: look again, then end it; nothing is lost");
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
  look_at_engine(found, paths);
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
