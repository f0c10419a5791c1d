// SPDX-License-Identifier: Apache-2.0
// Does a server's memory stay flat? `gossamer serve --headless` starts 60 runs each second by
// interval, one of them with a program of its own, and moves finished runs out of its database
// after ten minutes. Its own memory is read once a minute: eight minutes, an hour with --full.
#include <fmt/format.h>

#include <csignal>
#include <string_view>

#include "bench/workspace.hpp"

namespace {

using namespace gossamer;

constexpr int pipelines = 60;

// Resident memory of a process that is not shared with files, MB.
double resident_mb(pid_t process) {
  const auto status = bench::value_of(read_file(fmt::format("/proc/{}/status", process)));
  const auto at = status.find("RssAnon:");
  if (at == std::string::npos) bench::give_up("/proc has no RssAnon");
  return std::strtod(status.c_str() + at + 8, nullptr) / 1024;
}

}  // namespace

int main(int count, char** words) {
  const bool full = count > 1 && std::string_view(words[1]) == "--full";
  const int minutes = full ? 60 : 8;
  const bench::Workspace workspace;
  workspace.write("gossamer.yaml", "workspace: bench\ntimezone: UTC\nhistory: { keep: 10m }\n");
  for (int at = 0; at < pipelines; ++at) {
    workspace.write(fmt::format("pipelines/p{}.yaml", at),
                    fmt::format("pipeline: p{}\nschedule: {{ interval: 1s }}\nsteps:\n"
                                "  first: {{ none: {{}} }}\n  second: {{ after: first, {} }}\n",
                                at, at == 0 ? "command: { argv: [/bin/true] }" : "none: {}"));
  }
  static_cast<void>(workspace.run({"apply"}));
  Subprocess server = workspace.start({"serve", "--headless"});
  const fs::path socket = workspace.path() / ".gossamer" / "engine.sock";
  while (!fs::exists(socket)) {
    if (bench::value_of(server.wait_for(std::chrono::milliseconds(20)))) {
      bench::give_up("the server ended");
    }
  }
  for (int at = 0; at < pipelines; ++at)
    static_cast<void>(workspace.run({"schedules", "resume", fmt::format("p{}", at)}));
  std::vector<double> memory;
  for (int minute = 0; minute < minutes; ++minute) {
    if (bench::value_of(server.wait_for(std::chrono::minutes(1)))) {
      bench::give_up("the server ended");
    }
    memory.push_back(resident_mb(server.pid()));
  }
  bench::check(server.send_signal(SIGTERM));
  static_cast<void>(bench::value_of(server.wait()));
  const auto runs = workspace.run({"runs", "list", "--limit", "100000"}).size();
  bench::report("memory", "MB", memory, workspace.path(),
                {{"by_minute", memory}, {"pipelines", pipelines}, {"runs", runs}});
  return 0;
}
