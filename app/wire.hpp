// SPDX-License-Identifier: Apache-2.0
// The whole object graph, written out.
#pragma once

#include <memory>
#include <string>

#include "app/place.hpp"
#include "app/session.hpp"
#include "base/result.hpp"
#include "pipeline/load.hpp"

namespace gossamer::app {

// An API that reads beside a running engine. not_found where the folder is no workspace.
Result<std::unique_ptr<Api>> open_reader(const WorkspacePlace& place);

// An API that drives: this process becomes the engine until the object dies or, where another holds
// the lock, its requests go there.
Result<std::unique_ptr<Api>> open_driver(const WorkspacePlace& place);

// As a driver that stays: other commands come to it. conflict where another process drives the
// workspace and goes on doing so. Until it dies timers pass and runs go on; what is under way then
// goes on under the next engine.
Result<std::unique_ptr<Api>> open_server(const WorkspacePlace& place);

// Loads and validates the files as they are now; parses SQL in a worker, cached by digest.
Result<pipeline::Loaded> load_place(const WorkspacePlace& place);

}  // namespace gossamer::app
