// SPDX-License-Identifier: Apache-2.0
#include "app/place.hpp"

#include <fmt/format.h>

namespace gossamer::app {

Result<Paths> paths_of(const WorkspacePlace& place) {
  const fs::path workspace = fs::absolute(place.folder).lexically_normal();
  TRY_ASSIGN(const bool is_workspace, path_exists(workspace / "gossamer.yaml"));
  if (!is_workspace) {
    return not_found(fmt::format(
        "{} is no workspace: it has no gossamer.yaml (choose another with -C DIR, or make one with "
        "gossamer init)",
        workspace.string()));
  }
  std::error_code failed;
  const fs::path bin = fs::read_symlink("/proc/self/exe", failed).parent_path();
  if (failed) return unavailable("cannot find the program's own folder below /proc");
  Paths paths;
  paths.workspace = workspace;
  paths.state = workspace / ".gossamer";
  paths.store = paths.state / "store.db";
  paths.lock = paths.state / "engine.lock";
  paths.socket = paths.state / "engine.sock";
  paths.queries = paths.state / "queries";
  paths.evidence = paths.state / "evidence";
  paths.warehouse = workspace / "warehouse";
  paths.worker = bin / "gossamer-worker";
  paths.supervisor = bin / "gossamer-supervisor";
  return paths;
}

Result<void> require_programs(const Paths& paths) {
  for (const auto& program : {paths.worker, paths.supervisor}) {
    TRY_ASSIGN(const bool exists, path_exists(program));
    if (!exists) {
      return unavailable(
          fmt::format("{} is missing: it belongs beside gossamer; build or install all of them",
                      program.string()));
    }
  }
  return {};
}

}  // namespace gossamer::app
