// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/session.hpp"

namespace gossamer::app {

// Runs one command line; the value is the process's exit code.
int run_command_line(int argc, char** argv, Session& session);

}  // namespace gossamer::app
