// SPDX-License-Identifier: Apache-2.0
#include "app/workers.hpp"

namespace gossamer::app {

executors::WorkerPoolOptions worker_options(const Paths& paths, const Environment& environment) {
  executors::WorkerPoolOptions options;
  options.program = paths.worker;
  options.state = paths.state;
  // Workers need no secret and no setting of the person's shell.
  for (const auto* name : {"PATH", "TZ", "TZDIR", "LANG", "TMPDIR"}) {
    if (const auto value = environment.find(name)) options.environment[name] = *value;
  }
  return options;
}

}  // namespace gossamer::app
