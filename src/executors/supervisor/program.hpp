// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "executors/supervisor/spec.hpp"

namespace gossamer::supervisor {

// A user's program that was asked to run. Its output comes out of `output`; `error` is the errno of
// what could not be done (0: it runs) and `doing` names it.
struct Program {
  pid_t pid = -1;
  int output = -1;
  int error = 0;
  std::string doing;
};

// Starts the program in its own process group, with nothing inherited but the null device and the
// pipe for its output; the kernel kills it when this process ends.
Program run(const Spec& spec);

}  // namespace gossamer::supervisor
