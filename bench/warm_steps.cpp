// SPDX-License-Identifier: Apache-2.0
// Three `sql` steps in a row, each writing a table that the next one reads, in an engine that is up
// and whose workers are warm: from the run's creation to its end, publications included.
#include "bench/workspace.hpp"

int main() {
  using namespace gossamer;
  constexpr int warm_ups = 5;
  constexpr int rounds = 51;
  const bench::Workspace workspace;
  const bench::Barrier end(workspace.path() / "end");
  workspace.write("pipelines/hold.yaml",
                  "pipeline: hold\nsteps:\n  wait:\n    " + end.waiting_command() + "\n");
  workspace.write("pipelines/three.yaml",
                  "pipeline: three\nsteps:\n"
                  "  a: { sql: \"select 1 as x\", output: work.a }\n"
                  "  b: { sql: \"select x + 1 as x from work.a\", output: work.b }\n"
                  "  c: { sql: \"select x + 1 as x from work.b\", output: work.c }\n");
  // This command's process is the engine that the others go to.
  Subprocess engine = workspace.start({"run", "hold"});
  const FileDescriptor pipe = end.wait_for_program();
  std::vector<double> milliseconds;
  for (int round = -warm_ups; round < rounds; ++round) {
    if (workspace.run({"run", "three"}).at("state") != "succeeded") bench::give_up("it failed");
    if (round >= 0) milliseconds.push_back(workspace.seconds_of_last("three") * 1000);
  }
  end.let_go_on(pipe);
  if (!bench::value_of(engine.wait()).succeeded()) bench::give_up("the engine failed");
  bench::report("warm_steps", "ms", milliseconds, workspace.path());
  return 0;
}
