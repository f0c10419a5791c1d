// SPDX-License-Identifier: Apache-2.0
// web: what the outside may ask. One table of routes serves the command line (in memory), the
// workspace's socket and HTTP. Handlers parse, validate, call a library and map errors;
// they own no state and never touch a database or a process themselves. Called from any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "access/accounts.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "orchestration/run.hpp"

namespace gossamer::web {

// Whether a caller stays until the run that it started or moved on ends, or waits for people. One
// that leaves gets the state of the moment.
enum class Caller : std::uint8_t { stays, leaves };

struct Request {
  std::string method;  // GET, POST
  std::string path;    // /api/v1/...
  std::map<std::string, std::string> query;
  Json body = Json::object();
  orchestration::Actor actor;
  Caller caller = Caller::stays;
};

// What a long call says before its answer, e.g. {"event":"step","step":"train",...}.
using EventSink = std::function<void(const Json&)>;

// A handler's view of the request: `:name` parts of the path are in `path`.
struct Call {
  const Request& request;
  std::map<std::string, std::string> path;
  const EventSink& events;
};

using Handler = std::function<Result<Json>(const Call&)>;

// A field of the query or the body that names a file, or a list of them, on this machine.
enum class FileUse : std::uint8_t { reads, writes };
struct FileField {
  std::string name;
  FileUse use = FileUse::reads;
};

struct Route {
  std::string method;
  std::string pattern;  // /api/v1/runs/:run
  std::string summary;
  Handler handle;
  // What it takes from outside of this machine's account; nothing given: administer.
  std::optional<access::Permission> needs = std::nullopt;
  // All of its fields that name files: over HTTP they are bound to the workspace.
  std::vector<FileField> files{};
};

// The routes that say nothing themselves need this.
std::vector<Route> needing(access::Permission permission, std::vector<Route> routes);

class Router {
 public:
  explicit Router(std::vector<Route> routes);
  // not_found for a path that no route has, invalid_input for a method that the path does not
  // take; otherwise the handler's answer.
  Result<Json> call(const Request& request, const EventSink& events) const;
  // The route that such a call would take; null where there is none.
  [[nodiscard]] const Route* find(const std::string& method, const std::string& path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

// An error as a problem document (RFC 9457) and back, so that it survives a socket.
Json problem_of(const Error& error);
Error error_of_problem(const Json& problem);

}  // namespace gossamer::web
