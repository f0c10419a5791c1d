// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "web/http_api.hpp"

namespace gossamer::web {

namespace {

Json problem_schema() {
  return {{"type", "object"},
          {"required", {"type", "status", "title"}},
          {"properties",
           {{"type", {{"type", "string"}}},
            {"status", {{"type", "integer"}}},
            {"title", {{"type", "string"}}},
            {"position", {{"type", "object"}}},
            {"cause", {{"type", "object"}}}}}};
}

Json responses() {
  const Json problem{
      {"description", "What is wrong, and what to do"},
      {"content",
       {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
  return {{"200",
           {{"description", "The answer"},
            {"content", {{"application/json", {{"schema", Json::object()}}}}}}},
          {"default", problem}};
}

Json operation(const Route& route, const std::vector<std::string>& names) {
  const auto needs = route.needs.value_or(access::Permission::administer);
  Json parameters = Json::array();
  for (const auto& name : names) {
    parameters.push_back(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  Json described{{"summary", route.summary},
                 {"x-permission", access::name_of(needs)},
                 {"parameters", std::move(parameters)},
                 {"responses", responses()}};
  if (route.method != "GET") {
    described["requestBody"] = {
        {"content", {{"application/json", {{"schema", {{"type", "object"}}}}}}}};
  }
  return described;
}

}  // namespace

Json openapi(const Router& router) {
  Json paths = Json::object();
  for (const auto& route : router.routes()) {
    std::vector<std::string> parts = split(route.pattern, '/');
    std::vector<std::string> names;
    for (auto& part : parts) {
      if (!part.starts_with(':')) continue;
      names.push_back(part.substr(1));
      part = fmt::format("{{{}}}", names.back());
    }
    paths[join(parts, "/")][lower_case(route.method)] = operation(route, names);
  }
  return {
      {"openapi", "3.1.0"},
      {"info", {{"title", "Gossamer"}, {"version", "1"}}},
      {"paths", std::move(paths)},
      {"security", {{{"token", Json::array()}}, {{"session", Json::array()}}}},
      {"components",
       {{"schemas", {{"Problem", problem_schema()}}},
        {"securitySchemes",
         {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
          {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "gossamer_session"}}}}}}}};
}

}  // namespace gossamer::web
