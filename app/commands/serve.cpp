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
#include "base/http/server.hpp"
#include "base/numbers.hpp"

namespace gossamer::app {

namespace {

struct ServeOptions {
  bool headless = false;
  std::string listen = "127.0.0.1:8787";
  std::vector<std::string> hosts;
  bool behind_tls = false;
  bool plain_http = false;
};

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

Result<std::optional<Listening>> listening_of(const ServeOptions& options) {
  if (options.headless) return std::optional<Listening>();
  Listening listening;
  const auto colon = options.listen.rfind(':');
  if (colon == std::string::npos) {
    return invalid_input(fmt::format("--listen is \"{}\"; write ADDRESS:PORT, as in 127.0.0.1:8787",
                                     options.listen));
  }
  listening.address = options.listen.substr(0, colon);
  if (listening.address.starts_with('[') && listening.address.ends_with(']')) {
    listening.address = listening.address.substr(1, listening.address.size() - 2);
  }
  TRY_ASSIGN(const auto port, parse_integer(options.listen.substr(colon + 1), 0, 65'535));
  listening.port = static_cast<std::uint16_t>(port);
  listening.hosts = options.hosts;
  listening.secure_cookies = options.behind_tls;
  TRY_ASSIGN(const bool is_private, http::is_loopback(listening.address));
  if (!is_private && !options.plain_http) {
    return invalid_input(fmt::format(
        "{} can be reached from other machines, and passwords would cross the network in the "
        "clear: listen on 127.0.0.1 behind a proxy that speaks TLS, or say --plain-http",
        listening.address));
  }
  return std::optional(std::move(listening));
}

Result<ExitCode> serve(Session& session, const ServeOptions& serving) {
  const auto& options = session.options();
  if (!options.as.empty()) {
    return invalid_input("--as names who gives a command; a server acts for whoever comes to it");
  }
  auto& err = session.console().err();
  TRY_ASSIGN(auto listening, listening_of(serving));
  if (listening) {
    listening->on_port = [&err, address = listening->address](std::uint16_t port) {
      const bool is_six = address.find(':') != std::string::npos;
      err << fmt::format("listening on http://{}:{}\n", is_six ? "[" + address + "]" : address,
                         port);
    };
  }
  const sigset_t stops = hold_back_stop_signals();
  TRY_ASSIGN(auto server,
             open_server({options.folder, options.environment, session.environment()}, listening));
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
  auto serving = std::make_shared<ServeOptions>();
  auto* command = to.root.add_subcommand(
      "serve", "Hold the workspace: timers pass, runs go on, and people and programs come to it");
  auto* headless =
      command->add_flag("--headless", serving->headless, "Without the network: commands alone");
  command->add_option("--listen", serving->listen, "Where HTTP comes in")
      ->type_name("ADDRESS:PORT")
      ->capture_default_str()
      ->excludes(headless);
  command
      ->add_option("--host", serving->hosts,
                   "A name that browsers know this server by, as a proxy passes it on (repeatable)")
      ->type_name("NAME")
      ->excludes(headless);
  command->add_flag("--behind-tls", serving->behind_tls,
                    "Browsers come by https, through a proxy: cookies are marked so");
  command->add_flag("--plain-http", serving->plain_http,
                    "Listen where other machines reach it, although nothing is encrypted");
  command->footer(
      "Nobody can sign in before somebody has been added: gossamer users add NAME --role admin.\n"
      "Pipelines run as they were applied last (gossamer apply); run --detach returns at once.\n"
      "Programs and jobs under way when it stops go on, and the next engine takes them over.\n"
      "Examples:\n"
      "  gossamer -C shop serve\n"
      "  gossamer -C shop serve --listen 127.0.0.1:9000 --host ml.example.com --behind-tls\n"
      "  gossamer -C shop serve --headless");
  command->callback([&session = to.session, &chosen = to.chosen, serving] {
    chosen = [&session, serving]() -> Result<ExitCode> { return serve(session, *serving); };
  });
}

}  // namespace gossamer::app
