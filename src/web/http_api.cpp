// SPDX-License-Identifier: Apache-2.0
#include "web/http_api.hpp"

#include <fmt/format.h>

#include <future>

#include "base/digest.hpp"
#include "web/page.hpp"
#include "web/paging.hpp"
#include "web/responses.hpp"
#include "web/shapes.hpp"

namespace gossamer::web {

namespace {

constexpr std::string_view cookie_name = "gossamer_session";
constexpr std::string_view session_path = "/api/v1/session";
constexpr std::string_view metrics_path = "/metrics";
constexpr std::string_view lines_type = "application/x-ndjson";

// A page of another site can make a browser send the cookie, but cannot read this.
std::string csrf_of(const std::string& secret) { return hmac_sha256_hex(secret, "csrf"); }

}  // namespace

struct HttpApi::Visitor {
  access::Identity identity;
  std::string secret;  // of the session; empty for a token
};

HttpApi::HttpApi(const Router& router, access::FrontDesk& desk, ChangeFeed& feed, Metrics& metrics,
                 const Clock& clock, Log log)
    : router_(router),
      desk_(desk),
      feed_(feed),
      metrics_(metrics),
      clock_(clock),
      log_(std::move(log)),
      repeats_(clock),
      calls_({.name = "http", .threads = 8, .queue_limit = 256}),
      stays_({.name = "http-stay", .threads = 32, .queue_limit = 32}),
      passwords_({.name = "http-password", .threads = 1, .queue_limit = 16}) {}

HttpApi::~HttpApi() { stop(); }

Result<void> HttpApi::start() {
  TRY(calls_.start());
  TRY(stays_.start());
  return passwords_.start();
}

void HttpApi::stop() noexcept {
  stays_.stop();
  passwords_.stop();
  calls_.stop();
}

void HttpApi::handle(http::Request request, http::Reply reply) {
  if (request.path == "/healthz" || request.path == "/health/live") {
    reply(json_response(200, {{"status", "ok"}}));
    return;
  }
  const bool asks_readiness = request.path == "/health/ready";
  if (!asks_readiness && !options_.hosts.contains(request.header("host"))) {
    reply(problem_response(
        {ErrorKind::denied,
         "this server does not answer to that name (gossamer serve --host NAME)"}));
    return;
  }
  if (!request.path.starts_with("/api/") && !asks_readiness && request.path != metrics_path) {
    reply(page_response(request));
    return;
  }
  const bool is_sign_in = request.path == session_path && request.method == "POST";
  const bool stays =
      changes_something(request) && request.header("accept").find(lines_type) != std::string::npos;
  auto& pool = is_sign_in ? passwords_ : stays ? stays_ : calls_;
  // A refused task is destroyed with its reply, which then says 503.
  static_cast<void>(
      pool.submit([this, asked = std::move(request), to = std::move(reply), stays]() mutable {
        if (stays) {
          stream_route(asked, std::move(to));
        } else {
          answer(asked, std::move(to));
        }
      }));
}

void HttpApi::answer(const http::Request& request, http::Reply reply) {
  const auto begun = clock_.steady();
  auto response = answer_now(request);
  measure(request, response.status, clock_.steady() - begun);
  log_.info("http", {{"method", request.method},
                     {"path", request.path},
                     {"status", response.status},
                     {"took_ms", (clock_.steady() - begun).count() / 1000}});
  reply(std::move(response));
}

// By the route's pattern: what callers write in a path is no label.
void HttpApi::measure(const http::Request& request, int status, Duration took) {
  const auto* route = router_.find(request.method, request.path);
  const std::string pattern = route != nullptr ? route->pattern : "other";
  const auto method = route != nullptr ? request.method : "other";
  metrics_.count("gossamer_http_requests_total",
                 {{"method", method}, {"route", pattern}, {"status", std::to_string(status)}});
  metrics_.observe("gossamer_http_request_seconds", {{"route", pattern}}, took);
}

http::Response HttpApi::readiness() const {
  const auto is_ready = options_.is_ready ? options_.is_ready() : Result<void>();
  if (!is_ready) {
    return problem_response({ErrorKind::unavailable, "not ready: " + is_ready.error().describe()});
  }
  return json_response(200, {{"status", "ok"}});
}

http::Response HttpApi::metrics_text(const Visitor& visitor) const {
  const auto may = access::require_permission(visitor.identity.role, access::Permission::read);
  if (!may) return problem_response(may.error());
  return {200,
          {{"content-type", "text/plain; version=0.0.4; charset=utf-8"},
           {"cache-control", "no-store"},
           {"x-content-type-options", "nosniff"}},
          metrics_.text(),
          nullptr};
}

http::Response HttpApi::answer_now(const http::Request& request) {
  if (request.path == "/health/ready") return readiness();
  if (request.path == "/api/v1/openapi.json") return json_response(200, openapi(router_));
  if (changes_something(request) && comes_from_elsewhere(request)) {
    return problem_response({ErrorKind::denied, "this comes from a page of another site"});
  }
  if (request.path == session_path && request.method == "POST") return sign_in(request);
  const auto visitor = identify(request);
  if (!visitor) {
    if (visitor.error().kind == ErrorKind::denied) return unknown_visitor();
    return problem_response(visitor.error());
  }
  if (request.path == session_path && request.method == "DELETE") {
    return sign_out(request, *visitor);
  }
  if (request.path == session_path) return own_session(*visitor);
  if (request.path == "/api/v1/events") return events(request);
  if (request.path == metrics_path) return metrics_text(*visitor);
  return call_route(request, *visitor);
}

// A browser says where a request that changes something comes from; programs say nothing.
bool HttpApi::comes_from_elsewhere(const http::Request& request) const {
  const auto origin = request.header("origin");
  if (origin.empty()) {
    const auto site = request.header("sec-fetch-site");
    return !site.empty() && site != "same-origin" && site != "none";
  }
  const auto host = request.header("host");
  return origin != "http://" + host && origin != "https://" + host;
}

Result<HttpApi::Visitor> HttpApi::identify(const http::Request& request) {
  static constexpr std::string_view bearer = "Bearer ";
  if (const auto given = request.header("authorization"); given.starts_with(bearer)) {
    TRY_ASSIGN(auto found, desk_.find_token(given.substr(bearer.size()), request.peer));
    if (!found) return denied("the token is not valid");
    return Visitor{*std::move(found), ""};
  }
  const auto secret = request.cookie(cookie_name);
  if (secret.empty()) return denied("nobody is signed in");
  TRY_ASSIGN(auto found, desk_.find_session(secret));
  if (!found) return denied("the session has ended");
  return Visitor{*std::move(found), secret};
}

Result<Request> HttpApi::allowed_call(const http::Request& request, const Visitor& visitor) const {
  if (!visitor.secret.empty() && changes_something(request) &&
      !equal_in_constant_time(request.header("x-csrf-token"), csrf_of(visitor.secret))) {
    return denied("the header X-CSRF-Token is missing, or of another session");
  }
  const auto method = request.method == "HEAD" ? std::string("GET") : request.method;
  // What is not there is said to whoever may read at all.
  const auto* route = router_.find(method, request.path);
  const auto needed = route != nullptr ? route->needs.value_or(access::Permission::administer)
                                       : access::Permission::read;
  TRY(access::require_permission(visitor.identity.role, needed));
  Request call{method, request.path, request.query, Json::object(), {}, Caller::leaves};
  TRY_ASSIGN(call.body, body_of(request));
  call.actor = {visitor.identity.user, true, visitor.identity.channel};
  if (route != nullptr) {
    TRY(check_fields(*route, call));
    TRY(bind_files(options_.files, *route, call));
  }
  return call;
}

http::Response HttpApi::call_route(const http::Request& request, const Visitor& visitor) {
  auto call = allowed_call(request, visitor);
  if (!call) return problem_response(call.error());
  const EventSink ignore = [](const Json&) {};
  if (changes_something(request)) {
    const auto answer = call_once(request, *call, ignore);
    return answer ? json_response(200, *answer) : problem_response(answer.error());
  }
  std::string next;
  const auto answer = [&]() -> Result<Json> {
    const auto* route = router_.find(call->method, call->path);
    std::optional<Page> page;
    if (route != nullptr) {
      TRY_ASSIGN(page, page_of(*route, *call));
    }
    TRY_ASSIGN(auto rows, router_.call(*call, ignore));
    if (page) {
      TRY_ASSIGN(next, cut_page(*page, rows));
    }
    return rows;
  }();
  if (!answer) return problem_response(answer.error());
  auto response = json_response(200, *answer);
  if (!next.empty()) link_next(request, next, response);
  tag(request, response);
  return response;
}

// A request that changes something and names itself is done once.
Result<Json> HttpApi::call_once(const http::Request& request, const Request& call,
                                const EventSink& events) {
  const auto name = request.header("idempotency-key");
  const auto* route = router_.find(call.method, call.path);
  if (name.empty() || !changes_something(request) || route == nullptr) {
    return router_.call(call, events);
  }
  // Whatever is for admins alone may answer with a secret.
  const auto needed = route->needs.value_or(access::Permission::administer);
  const auto retelling =
      needed == access::Permission::administer ? Retelling::refused : Retelling::allowed;
  const auto asked = Json::array({call.method, call.path, call.query, call.body});
  const NamedRequest named{call.actor.name, name, digest_of(text_of(asked)), retelling};
  return repeats_.once(named, [&] { return router_.call(call, events); });
}

void HttpApi::stream_route(const http::Request& request, http::Reply reply) {
  auto refusal = [&]() -> std::optional<http::Response> {
    if (comes_from_elsewhere(request)) {
      return problem_response({ErrorKind::denied, "this comes from a page of another site"});
    }
    return std::nullopt;
  }();
  const auto visitor = identify(request);
  if (!refusal && !visitor) refusal = unknown_visitor();
  auto call = visitor ? allowed_call(request, *visitor) : invalid_input("nobody");
  if (!refusal && !call) refusal = problem_response(call.error());
  if (refusal) {
    reply(*std::move(refusal));
    return;
  }
  call->caller = Caller::stays;
  auto promise = std::make_shared<std::promise<http::Outlet>>();
  auto begun = promise->get_future();
  http::Response response;
  response.headers = {{"content-type", std::string(lines_type)}, {"cache-control", "no-store"}};
  response.streaming = std::make_shared<http::Streaming>();
  response.streaming->begin = [begins = std::move(promise)](http::Outlet outlet) {
    begins->set_value(std::move(outlet));
  };
  response.streaming->idle_text = "\n";
  reply(std::move(response));
  const auto outlet = [&]() -> std::optional<http::Outlet> {
    try {
      return begun.get();
    } catch (const std::future_error&) {
      return std::nullopt;  // the answer never began: the caller has gone, or was told 503
    }
  }();
  if (!outlet) return;
  // A caller that went away does not end the work that it asked for: what is sent is for show.
  const EventSink events = [&outlet](const Json& event) {
    static_cast<void>(outlet->send(text_of({{"event", event}}) + "\n"));
  };
  const auto answer = call_once(request, *call, events);
  const Json last =
      answer ? Json{{"answer", *answer}} : Json{{"problem", problem_of(answer.error())}};
  static_cast<void>(outlet->send(text_of(last) + "\n"));
}

std::string HttpApi::cookie_of(const std::string& secret, Duration lasts) const {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}", cookie_name, secret,
                     std::chrono::floor<std::chrono::seconds>(lasts).count(),
                     options_.secure_cookies ? "; Secure" : "");
}

http::Response HttpApi::sign_in(const http::Request& request) {
  const auto session = [&]() -> Result<access::NewSession> {
    TRY_ASSIGN(const auto body, body_of(request));
    TRY_ASSIGN(const auto user, require<std::string>(body, "user"));
    TRY_ASSIGN(const auto password, require<std::string>(body, "password"));
    return desk_.sign_in(user, password, request.peer);
  }();
  if (!session) {
    auto response = problem_response(session.error());
    if (session.error().kind == ErrorKind::denied) response.status = 401;
    if (session.error().kind == ErrorKind::unavailable) response.status = 429;
    return response;
  }
  auto response = own_session({session->identity, session->secret});
  response.headers.emplace_back("set-cookie",
                                cookie_of(session->secret, access::FrontDesk::session_lasts));
  return response;
}

http::Response HttpApi::sign_out(const http::Request& request, const Visitor& visitor) {
  const auto call = allowed_call(request, visitor);
  if (!call) return problem_response(call.error());
  const auto done = desk_.sign_out(visitor.secret);
  if (!done) return problem_response(done.error());
  auto response = json_response(200, Json::object());
  response.headers.emplace_back("set-cookie", cookie_of("", Duration::zero()));
  return response;
}

http::Response HttpApi::own_session(const Visitor& visitor) const {
  const auto& identity = visitor.identity;
  return json_response(200, {{"user", identity.user},
                             {"role", access::name_of(identity.role)},
                             {"expires_at", format_instant(identity.expires_at)},
                             {"csrf", visitor.secret.empty() ? "" : csrf_of(visitor.secret)}});
}

http::Response HttpApi::events(const http::Request& request) {
  if (request.method != "GET") {
    return problem_response({ErrorKind::invalid_input, "events are read with GET"});
  }
  http::Response response;
  response.headers = {{"content-type", "text/event-stream"}, {"cache-control", "no-store"}};
  response.streaming = std::make_shared<http::Streaming>();
  response.streaming->idle_text = ": still here\n\n";
  response.streaming->begin = [this, last = request.header("last-event-id")](http::Outlet outlet) {
    feed_.listen(std::move(outlet), last);
  };
  return response;
}

}  // namespace gossamer::web
