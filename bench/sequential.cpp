// SPDX-License-Identifier: Apache-2.0
// A run of 40 steps one after another, each its own `/bin/true`, every transition durable: the
// whole command `gossamer run` (start of the program and of its engine, the run, the end), and the
// run alone.
#include <fmt/format.h>

#include "bench/workspace.hpp"

int main() {
  using namespace gossamer;
  constexpr int steps = 40;
  constexpr int rounds = 11;
  const bench::Workspace workspace;
  std::string pipeline = "pipeline: chain\nsteps:\n";
  for (int step = 0; step < steps; ++step) {
    const std::string after = step == 0 ? "" : fmt::format("after: s{}, ", step - 1);
    pipeline += fmt::format("  s{}: {{ {}command: {{ argv: [/bin/true] }} }}\n", step, after);
  }
  workspace.write("pipelines/chain.yaml", pipeline);
  std::vector<double> runs;
  const auto commands = bench::repeat(1, rounds, [&] {
    if (workspace.run({"run", "chain"}).at("state") != "succeeded") bench::give_up("it failed");
    runs.push_back(workspace.seconds_of_last("chain"));
  });
  bench::report("sequential", "s", runs, workspace.path(),
                {{"what", "40 programs in a row, from the run's creation to its end"}});
  bench::report("sequential_command", "s", commands, workspace.path(),
                {{"what", "the same as two commands: gossamer run, gossamer runs list"}});
  return 0;
}
