// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.hpp"
#include "web/http_api.hpp"
#include "web/paging.hpp"
#include "web/shapes.hpp"

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
            {"cause", {{"$ref", "#/components/schemas/Problem"}}}}},
          {"additionalProperties", false}};
}

Json json_content(Json schema) { return {{"application/json", {{"schema", std::move(schema)}}}}; }

Json responses(const Route& route, Json answer) {
  const Json problem{
      {"description", "What is wrong, and what to do"},
      {"content",
       {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/Problem"}}}}}}}};
  Json all{{"200", {{"description", "The answer"}, {"content", json_content(std::move(answer))}}},
           {"default", problem}};
  if (paged_list(route) != nullptr) {
    all["200"]["headers"]["Link"] = {{"description", "Where the list goes on: rel=\"next\""},
                                     {"schema", {{"type", "string"}}}};
  }
  if (route.method == "GET") all["304"] = {{"description", "It is what If-None-Match names"}};
  return all;
}

Json parameter(const std::string& name, const char* place, bool is_required, Json schema) {
  return {{"name", name}, {"in", place}, {"required", is_required}, {"schema", std::move(schema)}};
}

Json operation(const Route& route, const std::vector<std::string>& names) {
  const auto needs = route.needs.value_or(access::Permission::administer);
  auto shape = shape_of(route);
  const Json text{{"type", "string"}};
  Json parameters = Json::array();
  for (const auto& name : names)
    parameters.push_back(parameter(name, "path", true, text));
  const bool is_read = route.method == "GET";
  if (is_read) {
    for (const auto& [name, field] : shape.query.items())
      parameters.push_back(parameter(name, "query", field.at("required"), field.at("schema")));
  } else {
    parameters.push_back(parameter("Idempotency-Key", "header", false, text));
  }
  Json described{{"summary", route.summary},
                 {"x-permission", access::name_of(needs)},
                 {"parameters", std::move(parameters)},
                 {"responses", responses(route, std::move(shape.answer))}};
  if (!is_read) {
    const bool is_required = shape.body.contains("required") && !shape.body["required"].empty();
    described["requestBody"] = {{"required", is_required},
                                {"content", json_content(std::move(shape.body))}};
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
  Json schemas = shared_schemas();
  schemas["Problem"] = problem_schema();
  return {
      {"openapi", "3.1.0"},
      {"info", {{"title", "Gossamer"}, {"version", "1"}}},
      {"paths", std::move(paths)},
      {"security", {{{"token", Json::array()}}, {{"session", Json::array()}}}},
      {"components",
       {{"schemas", std::move(schemas)},
        {"securitySchemes",
         {{"token", {{"type", "http"}, {"scheme", "bearer"}}},
          {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "gossamer_session"}}}}}}}};
}

}  // namespace gossamer::web
