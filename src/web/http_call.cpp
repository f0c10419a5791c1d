// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <optional>

#include "web/http_api.hpp"
#include "web/responses.hpp"

namespace gossamer::web {

namespace {

Error error_of(const http::Response& response) {
  const auto problem = parse_json(response.body, "answer");
  if (problem && problem->is_object() && problem->contains("title")) {
    auto error = error_of_problem(*problem);
    if (response.status == 401) error.kind = ErrorKind::denied;
    return error;
  }
  return {ErrorKind::unavailable,
          fmt::format("the server answered with status {}: is it Gossamer?", response.status)};
}

}  // namespace

Result<Json> call_over_http(const http::Origin& origin, const std::string& token,
                            const Request& request, const EventSink& events) {
  http::Request asked;
  asked.method = request.method;
  asked.path = request.path;
  asked.query = request.query;
  if (!token.empty()) asked.headers["authorization"] = "Bearer " + token;
  const bool is_read = request.method == "GET";
  if (!is_read) {
    asked.headers["content-type"] = "application/json";
    asked.headers["accept"] = "application/x-ndjson";
    asked.body = text_of(request.body);
  }
  std::optional<Result<Json>> last;
  const auto on_line = [&](std::string_view line) {
    if (line.empty()) return;
    const auto said = parse_json(line, "answer");
    if (!said || !said->is_object()) {
      last = unavailable("the server's answer is not readable");
    } else if (const auto event = said->find("event"); event != said->end()) {
      events(*event);
    } else if (const auto answer = said->find("answer"); answer != said->end()) {
      last = *answer;
    } else {
      last = std::unexpected(error_of_problem(said->value("problem", Json::object())));
    }
  };
  TRY_ASSIGN(const auto response,
             http::call(origin, asked, {}, is_read ? http::LineSink() : http::LineSink(on_line)));
  if (response.status / 100 != 2) return std::unexpected(error_of(response));
  if (is_read) return parse_json(response.body, "answer");
  if (last) return *std::move(last);
  return unavailable(
      "the server ended before it answered; what it had committed stands: repeat the command");
}

}  // namespace gossamer::web
