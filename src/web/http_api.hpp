// SPDX-License-Identifier: Apache-2.0
// The routes over HTTP, for people with a session and programs with a token.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "access/front_desk.hpp"
#include "base/http/client.hpp"
#include "base/http/server.hpp"
#include "base/log.hpp"
#include "base/thread_pool.hpp"
#include "web/change_feed.hpp"
#include "web/metrics.hpp"
#include "web/named_files.hpp"
#include "web/repeats.hpp"
#include "web/request.hpp"

namespace gossamer::web {

struct HttpOptions {
  // What a request may name as its Host: a page of another name that leads here is refused.
  std::set<std::string> hosts;
  bool secure_cookies = false;
  // Whether work can be taken on now; asked on a thread of the API. None: it always can.
  std::function<Result<void>()> is_ready{};
  FileBounds files{};
};

// Answers at once or on threads of its own: some for calls that end soon, some for callers that
// stay until a run ends, one for passwords. What finds no place gets 503.
class HttpApi final : public Service {
 public:
  HttpApi(const Router& router, access::FrontDesk& desk, ChangeFeed& feed, Metrics& metrics,
          const Clock& clock, Log log);
  ~HttpApi() override;

  [[nodiscard]] std::string_view name() const override { return "http api"; }
  Result<void> start() override;
  // Call it once nobody can ask any more.
  void stop() noexcept override;
  // Before the first request.
  void set_options(HttpOptions options) { options_ = std::move(options); }

  void handle(http::Request request, http::Reply reply);

 private:
  struct Visitor;
  void answer(const http::Request& request, http::Reply reply);
  http::Response answer_now(const http::Request& request);
  http::Response call_route(const http::Request& request, const Visitor& visitor);
  void stream_route(const http::Request& request, http::Reply reply);
  Result<Json> call_once(const http::Request& request, const Request& call,
                         const EventSink& events);
  http::Response sign_in(const http::Request& request);
  http::Response sign_out(const http::Request& request, const Visitor& visitor);
  [[nodiscard]] http::Response own_session(const Visitor& visitor) const;
  http::Response events(const http::Request& request);
  http::Response metrics_text(const Visitor& visitor) const;
  [[nodiscard]] http::Response readiness() const;
  void measure(const http::Request& request, int status, Duration took);
  // `denied` for somebody who is unknown: see is_unknown().
  Result<Visitor> identify(const http::Request& request);
  Result<Request> allowed_call(const http::Request& request, const Visitor& visitor) const;
  [[nodiscard]] bool comes_from_elsewhere(const http::Request& request) const;
  [[nodiscard]] std::string cookie_of(const std::string& secret, Duration lasts) const;

  const Router& router_;
  access::FrontDesk& desk_;
  ChangeFeed& feed_;
  Metrics& metrics_;
  const Clock& clock_;
  Log log_;
  HttpOptions options_;
  Repeats repeats_;
  ThreadPool calls_;
  ThreadPool stays_;
  ThreadPool passwords_;
};

// The OpenAPI 3.1 document of the routes.
Json openapi(const Router& router);

// One call of a route on a server elsewhere, staying as the route does. `token` is a token's
// secret.
Result<Json> call_over_http(const http::Origin& origin, const std::string& token,
                            const Request& request, const EventSink& events);

}  // namespace gossamer::web
