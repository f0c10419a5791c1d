// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <memory>
#include <ostream>

#include "app/commands/commands.hpp"
#include "app/wire.hpp"

namespace gossamer::app {

namespace {

// Held back in every thread that starts from now on: only who waits for them gets them. Programs
// that are started do not inherit this.
sigset_t hold_back_stop_signals() {
  sigset_t stops;
  ::sigemptyset(&stops);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    ::sigaddset(&stops, signal);
  ::pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  return stops;
}

Result<ExitCode> serve(Session& session) {
  const auto& options = session.options();
  if (!options.as.empty()) {
    return invalid_input("--as names who gives a command; a server acts for whoever comes to it");
  }
  const sigset_t stops = hold_back_stop_signals();
  TRY_ASSIGN(auto server,
             open_server({options.folder, options.environment, session.environment()}));
  auto& err = session.console().err();
  err << fmt::format(
             "process {} serves {}; Ctrl-C or SIGTERM stops it, and what runs then goes on\n",
             ::getpid(), fs::absolute(options.folder).lexically_normal().string())
      << std::flush;
  int signal = 0;
  while (::sigwait(&stops, &signal) == EINTR) {
  }
  err << "stopping\n" << std::flush;
  server.reset();
  return ExitCode::done;
}

}  // namespace

void add_serve(const Registration& to) {
  auto headless = std::make_shared<bool>(false);
  auto* command = to.root.add_subcommand(
      "serve", "Hold the workspace: timers pass, runs go on, and other commands come to it");
  command->add_flag("--headless", *headless, "Without a page and a network API")->required();
  command->footer(
      "Pipelines run as they were applied last (gossamer apply); run --detach returns at once.\n"
      "Programs and jobs under way when it stops go on, and the next engine takes them over.\n"
      "Example:\n  gossamer -C shop serve --headless");
  command->callback([&session = to.session, &chosen = to.chosen] {
    chosen = [&session]() -> Result<ExitCode> { return serve(session); };
  });
}

}  // namespace gossamer::app
