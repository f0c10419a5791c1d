// SPDX-License-Identifier: Apache-2.0
#include "web/request.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/text.hpp"

namespace gossamer::web {

namespace {

struct KindName {
  ErrorKind kind;
  std::string_view name;
  int status;
};

constexpr std::array<KindName, 6> kinds{{{ErrorKind::invalid_input, "invalid-input", 400},
                                         {ErrorKind::not_found, "not-found", 404},
                                         {ErrorKind::conflict, "conflict", 409},
                                         {ErrorKind::denied, "denied", 403},
                                         {ErrorKind::unavailable, "unavailable", 503},
                                         {ErrorKind::bug, "bug", 500}}};

// The `:name` parts where the path fits the pattern.
std::optional<std::map<std::string, std::string>> match(std::string_view pattern,
                                                        std::string_view path) {
  const auto wanted = split(pattern, '/');
  const auto given = split(path, '/');
  if (wanted.size() != given.size()) return std::nullopt;
  std::map<std::string, std::string> parts;
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    if (wanted[at].starts_with(':')) {
      if (given[at].empty()) return std::nullopt;
      parts.emplace(wanted[at].substr(1), given[at]);
    } else if (wanted[at] != given[at]) {
      return std::nullopt;
    }
  }
  return parts;
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

Result<Json> Router::call(const Request& request, const EventSink& events) const {
  bool path_exists = false;
  for (const auto& route : routes_) {
    auto parts = match(route.pattern, request.path);
    if (!parts) continue;
    path_exists = true;
    if (route.method != request.method) continue;
    return route.handle(Call{request, std::move(*parts), events});
  }
  if (path_exists) {
    return invalid_input(fmt::format("{} does not take {}", request.path, request.method));
  }
  return not_found(fmt::format("there is nothing at {}", request.path));
}

const Route* Router::find(const std::string& method, const std::string& path) const {
  for (const auto& route : routes_) {
    if (route.method == method && match(route.pattern, path)) return &route;
  }
  return nullptr;
}

std::vector<Route> needing(access::Permission permission, std::vector<Route> routes) {
  for (auto& route : routes)
    if (!route.needs) route.needs = permission;
  return routes;
}

Json problem_of(const Error& error) {
  Json problem = Json::object();
  for (const auto& kind : kinds) {
    if (kind.kind != error.kind) continue;
    problem["type"] = fmt::format("urn:gossamer:problem:{}", kind.name);
    problem["status"] = kind.status;
  }
  problem["title"] = error.message;
  if (error.position) {
    problem["position"] = {{"file", error.position->file},
                           {"line", error.position->line},
                           {"column", error.position->column}};
  }
  if (error.cause) problem["cause"] = problem_of(*error.cause);
  return problem;
}

Error error_of_problem(const Json& problem) {
  Error error{ErrorKind::bug, problem.value("title", std::string("an unreadable error"))};
  const auto type = problem.value("type", std::string());
  for (const auto& kind : kinds) {
    if (type == fmt::format("urn:gossamer:problem:{}", kind.name)) error.kind = kind.kind;
  }
  if (const auto at = problem.find("position"); at != problem.end()) {
    error.position =
        Position{at->value("file", std::string()), at->value("line", 0), at->value("column", 0)};
  }
  if (const auto cause = problem.find("cause"); cause != problem.end()) {
    error.cause = std::make_shared<const Error>(error_of_problem(*cause));
  }
  return error;
}

}  // namespace gossamer::web
