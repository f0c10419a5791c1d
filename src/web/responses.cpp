// SPDX-License-Identifier: Apache-2.0
#include "web/responses.hpp"

#include <fmt/format.h>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "web/request.hpp"

namespace gossamer::web {

namespace {

constexpr JsonLimits body_limits{.bytes = std::size_t{4} << 20U, .depth = 50};

bool names_tag(std::string_view wanted, std::string_view known) {
  for (const auto& one : split(wanted, ',')) {
    auto each = trimmed(one);
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == known || each == "*") return true;
  }
  return false;
}

}  // namespace

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

http::Response json_response(int status, const Json& body, const std::string& type) {
  return {status,
          {{"content-type", type},
           {"cache-control", "no-store"},
           {"x-content-type-options", "nosniff"}},
          text_of(body),
          nullptr};
}

http::Response problem_response(const Error& error) {
  const auto problem = problem_of(error);
  auto response = json_response(problem.value("status", 500), problem, "application/problem+json");
  if (response.status == 503) response.headers.emplace_back("retry-after", "1");
  return response;
}

http::Response unknown_visitor() {
  const Json problem{{"type", "urn:gossamer:problem:not-signed-in"},
                     {"status", 401},
                     {"title", "sign in, or send a valid token"}};
  auto response = json_response(401, problem, "application/problem+json");
  response.headers.emplace_back("www-authenticate", "Bearer");
  return response;
}

bool changes_something(const http::Request& request) {
  return request.method != "GET" && request.method != "HEAD";
}

Result<Json> body_of(const http::Request& request) {
  if (request.body.empty()) return Json::object();
  if (!request.header("content-type").starts_with("application/json")) {
    return invalid_input("the body has to be JSON, with content-type: application/json");
  }
  TRY_ASSIGN(auto body, parse_json(request.body, "body", body_limits));
  if (!body.is_object()) return invalid_input("the body has to be a JSON object");
  return body;
}

void tag(const http::Request& request, http::Response& response) {
  const auto digest = digest_of(response.body);
  const auto known = fmt::format("\"{}\"", digest.hex().substr(0, 32));
  response.headers.emplace_back("etag", known);
  if (!names_tag(request.header("if-none-match"), known)) return;
  response.status = 304;
  response.body.clear();
}

void link_next(const http::Request& request, const std::string& cursor, http::Response& response) {
  auto query = request.query;
  query["cursor"] = cursor;
  response.headers.emplace_back(
      "link", fmt::format("<{}>; rel=\"next\"", http::format_target(request.path, query)));
}

}  // namespace gossamer::web
