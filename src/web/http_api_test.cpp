// SPDX-License-Identifier: Apache-2.0
// The API over real sockets, with accounts in memory. What each role may do is in tests/process.
#include "web/http_api.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>

#include "access/fakes/accounts.hpp"

namespace gossamer::web {
namespace {

using ::testing::HasSubstr;

constexpr PasswordCost cheap{.memory_kib = 64, .passes = 1};

class Api : public testing::Test {
 protected:
  void serve(std::vector<Route> routes) {
    router_.emplace(std::move(routes));
    api_.emplace(*router_, desk_, feed_, metrics_, clock_, Log());
    ASSERT_TRUE(api_->start());
    http::ServerOptions options;
    options.port = 0;
    server_.emplace(options, [this](http::Request request, http::Reply reply) {
      api_->handle(std::move(request), std::move(reply));
    });
    ASSERT_TRUE(server_->take_port());
    api_->set_options({{fmt::format("127.0.0.1:{}", server_->port())}, false, {}});
    ASSERT_TRUE(server_->start());
    ASSERT_TRUE(desk_.add_user("ana", access::Role::operating, "correct horse battery", root_));
    const auto made =
        desk_.issue_token({"t", "ana", access::Role::operating, std::chrono::hours(1)}, root_);
    ASSERT_TRUE(made);
    token_ = made->secret;
  }
  void TearDown() override {
    if (server_) server_->stop();
    if (api_) api_->stop();
  }
  [[nodiscard]] http::Origin origin() const {
    return {"127.0.0.1", std::to_string(server_->port())};
  }
  Result<Json> call(const Request& request, const EventSink& events = [](const Json&) {}) {
    return call_over_http(origin(), token_, request, events);
  }
  http::Response ask(http::Request request) {
    request.headers.emplace("authorization", "Bearer " + token_);
    return http::call(origin(), request, {}).value_or(http::Response{});
  }

  const access::Author root_{"os:root", true, "cli"};
  SystemClock clock_;
  std::unique_ptr<IdSource> ids_ = seeded_ids(clock_, 1);
  access::fakes::MemoryAccounts accounts_;
  access::FrontDesk desk_{accounts_, *ids_, clock_, cheap};
  ChangeFeed feed_{"f"};
  Metrics metrics_;
  std::optional<Router> router_;
  std::optional<HttpApi> api_;
  std::optional<http::Server> server_;
  std::string token_;
};

Route route(std::string method, access::Permission needs, Handler handle) {
  return {std::move(method), "/api/v1/things/:thing", "A thing", std::move(handle), needs};
}

TEST_F(Api, PassesACallWithItsEventsAndItsActor) {
  serve({route("POST", access::Permission::run, [](const Call& call) -> Result<Json> {
    call.events({{"step", "train"}});
    return Json{{"thing", call.path.at("thing")},
                {"n", call.request.body.at("n")},
                {"by", call.request.actor.name},
                {"stays", call.request.caller == Caller::stays}};
  })});
  std::vector<Json> events;
  const auto answer = call({"POST", "/api/v1/things/a b", {}, {{"n", 1}}, {}},
                           [&](const Json& event) { events.push_back(event); });
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(*answer, (Json{{"thing", "a b"}, {"n", 1}, {"by", "ana"}, {"stays", true}}));
  EXPECT_THAT(events, testing::ElementsAre(Json{{"step", "train"}}));
}

TEST_F(Api, ABrowserDoesNotStayUntilARunEnds) {
  serve({route("POST", access::Permission::run, [](const Call& call) -> Result<Json> {
    return Json(call.request.caller == Caller::leaves);
  })});
  const auto response = ask({.method = "POST", .path = "/api/v1/things/x"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "true");
}

TEST_F(Api, CarriesAnErrorWithItsKindPositionAndCause) {
  const auto failing = [](const Call&) -> Result<Json> {
    Error inner{ErrorKind::conflict, "moved", Position{"a.yaml", 3, 7}};
    return std::unexpected(inner.wrapped("cannot switch"));
  };
  serve({route("GET", access::Permission::read, failing),
         route("POST", access::Permission::run, failing)});
  for (const auto* method : {"GET", "POST"}) {
    const auto answer = call({method, "/api/v1/things/x", {}, Json::object(), {}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::conflict);
    EXPECT_EQ(answer.error().describe(), "a.yaml:3:7: cannot switch: moved");
  }
}

TEST_F(Api, ARouteThatSaysNothingIsForAdmins) {
  serve({{"GET", "/api/v1/things/:thing", "A thing",
          [](const Call&) -> Result<Json> { return Json(1); }}});
  const auto answer = call({"GET", "/api/v1/things/x", {}, Json::object(), {}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::denied);
  EXPECT_THAT(answer.error().message, HasSubstr("administer"));
}

TEST_F(Api, RefusesBodiesThatAreNoObjects) {
  serve({route("POST", access::Permission::run,
               [](const Call&) -> Result<Json> { return Json(1); })});
  for (const std::string body : {"[1]", "{", "{\"a\":1,\"a\":2}", "\xff", "7"}) {
    const auto response = ask({.method = "POST",
                               .path = "/api/v1/things/x",
                               .headers = {{"content-type", "application/json"}},
                               .body = body});
    EXPECT_EQ(response.status, 400) << body;
  }
  const std::string deep(1000, '[');
  EXPECT_EQ(ask({.method = "POST",
                 .path = "/api/v1/things/x",
                 .headers = {{"content-type", "application/json"}},
                 .body = "{\"a\":" + deep})
                .status,
            400);
}

TEST_F(Api, ARequestThatNamesItselfIsDoneOnceHoweverItIsSent) {
  std::atomic<int> done = 0;
  serve({route("POST", access::Permission::run, [&](const Call& call) -> Result<Json> {
    if (call.request.body.contains("wrong")) return invalid_input("wrong");
    return Json{{"done", ++done}};
  })});
  const auto send = [&](const std::string& name, const std::string& body,
                        const std::string& path = "/api/v1/things/x",
                        const std::string& accept = "application/json") {
    return ask({.method = "POST",
                .path = path,
                .headers = {{"content-type", "application/json"},
                            {"accept", accept},
                            {"idempotency-key", name}},
                .body = body});
  };
  EXPECT_EQ(send("one", R"({"a":1,"b":2})").body, R"({"done":1})");
  EXPECT_EQ(send("one", R"({"b":2, "a":1})").body, R"({"done":1})");
  EXPECT_THAT(send("one", R"({"a":1,"b":2})", "/api/v1/things/x", "application/x-ndjson").body,
              HasSubstr(R"({"answer":{"done":1}})"));
  const auto other = send("one", R"({"a":2})");
  EXPECT_EQ(other.status, 409);
  EXPECT_THAT(other.body, HasSubstr("another request"));
  EXPECT_EQ(send("one", R"({"a":1,"b":2})", "/api/v1/things/y").status, 409);
  EXPECT_EQ(send("two", R"({"a":1,"b":2})").body, R"({"done":2})");
  EXPECT_EQ(send("bad name", "{}").status, 400);
  EXPECT_EQ(send("three", R"({"wrong":1})").status, 400);
  EXPECT_EQ(send("three", R"({})").body, R"({"done":3})") << "what failed is done anew";
  EXPECT_EQ(done, 3);
}

TEST_F(Api, SaysNothingTwiceToWhoHasIt) {
  int value = 1;
  serve({route("GET", access::Permission::read,
               [&](const Call&) -> Result<Json> { return Json{{"value", value}}; })});
  const auto first = ask({.path = "/api/v1/things/x"});
  const auto tag = first.header("etag");
  EXPECT_EQ(first.status, 200);
  ASSERT_FALSE(tag.empty());
  for (const auto& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    const auto again = ask({.path = "/api/v1/things/x", .headers = {{"if-none-match", known}}});
    EXPECT_EQ(again.status, 304) << known;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.header("etag"), tag);
  }
  value = 2;
  const auto changed = ask({.path = "/api/v1/things/x", .headers = {{"if-none-match", tag}}});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body, R"({"value":2})");
}

TEST_F(Api, ListsGoOnBehindTheRowThatThePieceBeforeEndedWith) {
  std::vector<std::string> names{"a", "b c", "d", "e"};
  serve({{"GET", "/api/v1/tables", "Tables",
          [&](const Call& call) -> Result<Json> {
            EXPECT_FALSE(call.request.query.contains("cursor"))
                << "the answer is cut, not asked for";
            Json rows = Json::array();
            for (const auto& name : names)
              rows.push_back({{"table", name}});
            return rows;
          },
          access::Permission::read},
         {"GET", "/api/v1/runs", "Runs",
          [](const Call& call) -> Result<Json> {
            const auto cursor = call.request.query.find("cursor");
            return Json::array({{{"run", cursor == call.request.query.end() ? "run_9" : "run_8"}}});
          },
          access::Permission::read}});
  const auto next = [](const http::Response& response) {
    const auto link = response.header("link");
    return link.substr(link.find('<') + 1, link.find('>') - 1);
  };
  const auto first = ask({.path = "/api/v1/tables", .query = {{"limit", "2"}}});
  EXPECT_EQ(first.body, R"([{"table":"a"},{"table":"b c"}])");
  EXPECT_EQ(first.header("link"), "</api/v1/tables?cursor=b%20c&limit=2>; rel=\"next\"");
  names.insert(names.begin(), "new");
  const auto target = http::parse_target(next(first));
  ASSERT_TRUE(target);
  const auto second = ask({.path = target->path, .query = target->query});
  EXPECT_EQ(second.body, R"([{"table":"d"},{"table":"e"}])");
  EXPECT_EQ(second.header("link"), "") << "there is no more";
  EXPECT_EQ(ask({.path = "/api/v1/tables"}).header("link"), "");
  const auto gone = ask({.path = "/api/v1/tables", .query = {{"cursor", "gone"}}});
  EXPECT_EQ(gone.status, 400);
  EXPECT_THAT(gone.body, HasSubstr("begin again"));
  EXPECT_EQ(ask({.path = "/api/v1/tables", .query = {{"limit", "0"}}}).status, 400);
  const auto run = ask({.path = "/api/v1/runs", .query = {{"limit", "1"}}});
  EXPECT_EQ(run.header("link"), "</api/v1/runs?cursor=run_9&limit=1>; rel=\"next\"");
  EXPECT_EQ(ask({.path = "/api/v1/runs", .query = {{"limit", "1"}, {"cursor", "run_9"}}}).body,
            R"([{"run":"run_8"}])");
}

TEST_F(Api, BindsTheFilesThatARouteNamesToTheWorkspace) {
  auto made = route("POST", access::Permission::run,
                    [](const Call& call) -> Result<Json> { return call.request.body.at("file"); });
  made.files = {{"file", FileUse::reads}};
  serve({std::move(made)});
  const auto answer = call({"POST", "/api/v1/things/x", {}, {{"file", "/etc/passwd"}}, {}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::denied);
}

TEST_F(Api, ServesItsPageWithAStrictPolicyAtEachAddress) {
  serve({});
  for (const auto* path : {"/", "/gates/gate_x", "/runs"}) {
    const auto response = ask({.path = path});
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, HasSubstr("<!doctype html>"));
    EXPECT_THAT(response.header("content-security-policy"), HasSubstr("script-src 'self'"));
  }
  const auto script = ask({.path = "/page/main.js"});
  EXPECT_EQ(script.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_GT(script.body.size(), 10'000U);
  EXPECT_EQ(ask({.path = "/page/nothing.js"}).status, 404);
  EXPECT_EQ(ask({.method = "POST", .path = "/"}).status, 405);
}

TEST_F(Api, DescribesItsRoutes) {
  serve({route("GET", access::Permission::read,
               [](const Call&) -> Result<Json> { return Json(1); })});
  const auto document = openapi(*router_);
  const auto& operation = document.at("paths").at("/api/v1/things/{thing}").at("get");
  EXPECT_EQ(operation.at("summary"), "A thing");
  EXPECT_EQ(operation.at("x-permission"), "read");
  EXPECT_EQ(operation.at("parameters").at(0).at("name"), "thing");
}

TEST_F(Api, CountsRequestsByTheirRouteForThoseWhoMayRead) {
  serve({route("GET", access::Permission::read,
               [](const Call&) -> Result<Json> { return Json(1); })});
  EXPECT_EQ(ask({.path = "/api/v1/things/a"}).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/things/b"}).status, 200);
  EXPECT_EQ(ask({.path = "/api/v1/nothing"}).status, 404);
  const auto metrics = ask({.path = "/metrics"});
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.header("content-type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(metrics.body, HasSubstr("gossamer_http_requests_total{method=\"GET\",route=\"/api/v1/"
                                      "things/:thing\",status=\"200\"} 2\n"));
  EXPECT_THAT(metrics.body, HasSubstr("{method=\"other\",route=\"other\",status=\"404\"} 1\n"));
  EXPECT_EQ(ask({.path = "/metrics", .headers = {{"authorization", "Bearer none"}}}).status, 401);
}

TEST_F(Api, SaysThatItLivesAndWhetherItIsReady) {
  serve({});
  EXPECT_EQ(ask({.path = "/health/live"}).status, 200);
  EXPECT_EQ(ask({.path = "/health/ready"}).status, 200);
  api_->set_options({{}, false, [] { return Result<void>(unavailable("the disk is full")); }});
  EXPECT_EQ(ask({.path = "/health/live"}).status, 200);
  const auto response = ask({.path = "/health/ready"});
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr("the disk is full"));
}

TEST_F(Api, EverybodyIsTurnedAwayOnceItsThreadsAreBusy) {
  std::promise<void> go;
  const auto gone = go.get_future().share();
  serve({route("GET", access::Permission::read, [gone](const Call&) -> Result<Json> {
    gone.wait();
    return Json(1);
  })});
  std::vector<std::future<int>> asked;
  for (int at = 0; at < 300; ++at) {
    asked.push_back(std::async(std::launch::async,
                               [this] { return ask({.path = "/api/v1/things/x"}).status; }));
  }
  // More than run and wait: those are refused while the others still wait.
  std::vector<int> refused;
  while (refused.empty()) {
    for (auto& answer : asked) {
      if (answer.valid() && answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
        refused.push_back(answer.get());
      }
    }
  }
  EXPECT_THAT(refused, testing::Each(503));
  EXPECT_EQ(ask({.path = "/healthz"}).status, 200) << "it still says that it lives";
  go.set_value();
  for (auto& answer : asked) {
    if (answer.valid()) {
      EXPECT_THAT(answer.get(), testing::AnyOf(200, 503));
    }
  }
}

}  // namespace
}  // namespace gossamer::web
