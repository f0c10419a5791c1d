// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/environment.hpp"
#include "base/files.hpp"
#include "executors/supervisor/spec.hpp"

namespace gossamer::executors {

// The program that runs containers: `podman`, else `docker`, as found in PATH. not_found where
// there is neither.
Result<fs::path> container_runtime(const Environment& environment);

// Folders of this machine that the program in the container sees at the same place.
struct ContainerFolders {
  fs::path attempt;  // writable
  fs::path code;     // read-only: what was pinned, or the workspace
};

// How to run what `spec` says in the image. The program gets the same variables (less PATH, HOME
// and LANG, which are the image's) and the same folders, acts as the same user, and ends with the
// same exit code; 125 means that there was no container. Values of variables are on no command
// line. `spec.attempt` need not be set yet: the container is named by `attempt`.
supervisor::Spec in_container(supervisor::Spec spec, const std::string& image,
                              const fs::path& runtime, const std::string& attempt,
                              const ContainerFolders& folders);

}  // namespace gossamer::executors
