// SPDX-License-Identifier: Apache-2.0
// What a command has at hand: its options, the console, and the way to the workspace's API.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/console.hpp"
#include "base/environment.hpp"
#include "web/request.hpp"

namespace CLI {
class App;
}

namespace gossamer::app {

// The same calls whether the API is in memory or behind the workspace's socket.
class Api {
 public:
  virtual ~Api() = default;
  virtual Result<Json> call(const web::Request& request, const web::EventSink& events) = 0;
};

// Reading works beside a running engine; driving takes the engine's lock, or goes to the process
// that holds it.
enum class Access { read, drive };

struct Options {
  std::string program = "gossamer";  // as it was called
  std::string folder = ".";
  std::string as;
  std::string environment;
  std::string server;  // http://host:port; empty: the workspace itself
  std::string format = "table";
};

class Session {
 public:
  Session(Console& console, Environment environment)
      : console_(console), environment_(std::move(environment)) {}
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Console& console() { return console_; }
  Options& options() { return options_; }
  const Environment& environment() const { return environment_; }
  // How to call this program on the same workspace, for commands that people copy:
  // `gossamer -C shop`.
  std::string call_again() const;
  Result<OutputFormat> format() const { return parse_output_format(options_.format); }
  // How a file that the command names is told to the API: from where this process is, and as it was
  // written to a server elsewhere, whose files begin at its workspace.
  std::string told_path(const std::string& path) const;
  // `--as NAME` (unverified) or `os:<user>`.
  orchestration::Actor actor() const;

  Result<Json> get(const std::string& path, std::map<std::string, std::string> query = {});
  Result<Json> post(const std::string& path, Json body, const web::EventSink& events = {});

 private:
  // Empty: the workspace itself.
  std::string server() const;
  Result<std::unique_ptr<Api>> open(Access access) const;
  Result<Json> call(Access access, web::Request request, const web::EventSink& events);

  Console& console_;
  Environment environment_;
  Options options_;
  std::unique_ptr<Api> reader_;
  std::unique_ptr<Api> driver_;
};

// A command declares its options and leaves what is to be done here; exactly one is done.
using Action = std::function<Result<ExitCode>()>;

struct Registration {
  CLI::App& root;
  Session& session;
  Action& chosen;
};

}  // namespace gossamer::app
