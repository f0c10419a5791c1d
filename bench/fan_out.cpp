// SPDX-License-Identifier: Apache-2.0
// A run whose one step has 10,000 instances that do nothing, by the program: the whole command.
// Then two such steps one after the other.
#include <fmt/format.h>

#include "bench/workspace.hpp"

namespace {

using namespace gossamer;

void measure(const bench::Workspace& workspace, const std::string& name, const std::string& what) {
  constexpr int rounds = 5;
  const auto commands = bench::repeat(1, rounds, [&] {
    if (workspace.run({"run", name}).at("state") != "succeeded") bench::give_up("it failed");
  });
  bench::report(name, "s", commands, workspace.path(), {{"what", what + ": gossamer run"}});
}

}  // namespace

int main() {
  constexpr int instances = 10'000;
  const bench::Workspace workspace;
  std::string values;
  for (int value = 0; value < instances; ++value)
    values += fmt::format("{}{}", value == 0 ? "" : ", ", value);
  const auto wide = fmt::format("{{ none: {{}}, foreach: {{ n: [{}] }}", values);
  workspace.write("pipelines/fan_out.yaml",
                  fmt::format("pipeline: fan_out\nsteps:\n  wide: {} }}\n", wide));
  workspace.write("pipelines/fan_out_twice.yaml",
                  fmt::format("pipeline: fan_out_twice\nsteps:\n  wide: {0} }}\n"
                              "  again: {0}, after: wide }}\n",
                              wide));
  measure(workspace, "fan_out", "10,000 instances that do nothing");
  measure(workspace, "fan_out_twice", "10,000 instances after 10,000");
  return 0;
}
