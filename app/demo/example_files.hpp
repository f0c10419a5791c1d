// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/files.hpp"

namespace gossamer::app {

// Names of the workspaces that travel in the program.
std::vector<std::string> example_names();

// Writes an example's files into `folder`, which is made where it is missing. Existing files are
// left alone if they are the same; conflict where one differs, before anything is written.
Result<void> write_example(const std::string& example, const fs::path& folder);

}  // namespace gossamer::app
