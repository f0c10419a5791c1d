// SPDX-License-Identifier: Apache-2.0
// How many steps a second have a program of their own: the instances of one step, each /bin/true
// under its supervisor, through `gossamer run`.
#include <fmt/format.h>

#include "bench/workspace.hpp"

int main() {
  using namespace gossamer;
  constexpr int programs = 1000;
  constexpr int rounds = 3;
  const bench::Workspace workspace;
  workspace.write("gossamer.yaml", "workspace: bench\ntimezone: UTC\npools: { default: 16 }\n");
  std::string values;
  for (int at = 0; at < programs; ++at)
    values += fmt::format("{}{}", at > 0 ? ", " : "", at);
  workspace.write("pipelines/p.yaml",
                  fmt::format("pipeline: p\nsteps:\n  wide:\n    foreach: {{ value: [{}] }}\n"
                              "    command: {{ argv: [/bin/true] }}\n",
                              values));
  std::vector<double> rates;
  for (int round = 0; round < rounds; ++round) {
    static_cast<void>(workspace.run({"run", "p"}));
    rates.push_back(programs / workspace.seconds_of_last("p"));
  }
  bench::report("programs", "steps/s", rates, workspace.path(), {{"programs", programs}});
  return 0;
}
