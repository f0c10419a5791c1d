// SPDX-License-Identifier: Apache-2.0
// Where things are: the workspace's folders and the program's own executables.
#pragma once

#include <string>

#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace gossamer::app {

struct WorkspacePlace {
  std::string folder;
  std::string overlay;  // of `--env`, empty for none
  Environment environment;
};

struct Paths {
  fs::path workspace;
  fs::path state;      // .gossamer
  fs::path store;      // .gossamer/store.db
  fs::path lock;       // .gossamer/engine.lock
  fs::path socket;     // .gossamer/engine.sock
  fs::path queries;    // .gossamer/queries
  fs::path evidence;   // .gossamer/evidence
  fs::path warehouse;  // warehouse
  fs::path worker;     // gossamer-worker
  fs::path supervisor;
};

// not_found where the folder has no gossamer.yaml.
Result<Paths> paths_of(const WorkspacePlace& place);

// unavailable where a part of the program is missing.
Result<void> require_programs(const Paths& paths);

}  // namespace gossamer::app
