// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

#include "tests/support/workspace.hpp"

namespace gossamer::test {

// Starts `gossamer serve --headless`; returns once it answers.
Subprocess serve(const Workspace& workspace);
// Has it end in good order.
void stop(Subprocess& server, int signal = SIGTERM);

}  // namespace gossamer::test
