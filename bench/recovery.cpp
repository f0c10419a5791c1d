// SPDX-License-Identifier: Apache-2.0
// The engine is killed in the middle of a step, whose program ends while no engine is there: from
// the kill until the next command has adopted that attempt and the program of the step behind runs.
#include <csignal>
#include <optional>

#include "bench/workspace.hpp"

int main() {
  using namespace gossamer;
  constexpr int rounds = 11;
  const bench::Workspace workspace;
  const bench::Barrier work(workspace.path() / "work");
  const bench::Barrier behind(workspace.path() / "behind");
  workspace.write("pipelines/p.yaml",
                  "pipeline: p\nsteps:\n  work:\n    " + work.waiting_command() +
                      "\n  behind:\n    after: work\n    " + behind.waiting_command() + "\n");
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) {
    Subprocess killed = workspace.start({"run", "p"});
    const FileDescriptor work_pipe = work.wait_for_program();
    std::optional<Subprocess> next;
    std::optional<FileDescriptor> behind_pipe;
    seconds.push_back(bench::seconds_of([&] {
      bench::check(killed.send_signal(SIGKILL));
      static_cast<void>(bench::value_of(killed.wait()));
      work.let_go_on(work_pipe);
      next = workspace.start({"run", "p"});
      behind_pipe = behind.wait_for_program();
    }));
    behind.let_go_on(*behind_pipe);
    if (!bench::value_of(next->wait()).succeeded()) bench::give_up("the run failed");
    const Json last = workspace.run({"steps", workspace.last_run("p")});
    if (last.at(0).at("attempts") != 1) bench::give_up("not the same attempt: " + last.dump());
  }
  bench::report("recovery", "s", seconds, workspace.path());
  return 0;
}
