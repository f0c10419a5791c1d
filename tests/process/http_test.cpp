// SPDX-License-Identifier: Apache-2.0
// People and programs at a real server: who gets in, who may do what, and what a stop loses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "tests/process/http_server.hpp"

namespace gossamer::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// Who may do what, written by hand: a new route has to be thought about here.
struct Rule {
  const char* method;
  const char* path;
  const char* least_role;
};
constexpr std::array roles{"viewer", "operator", "approver", "editor", "admin"};
const std::vector<Rule> rules{
    {"GET", "/api/v1/runs", "viewer"},
    {"GET", "/api/v1/runs/{run}", "viewer"},
    {"GET", "/api/v1/runs/{run}/steps", "viewer"},
    {"GET", "/api/v1/runs/{run}/history", "viewer"},
    {"GET", "/api/v1/runs/{run}/logs", "viewer"},
    {"GET", "/api/v1/gates", "viewer"},
    {"GET", "/api/v1/gates/{gate}", "viewer"},
    {"POST", "/api/v1/gates/{gate}/views", "viewer"},
    {"GET", "/api/v1/pipelines", "viewer"},
    {"GET", "/api/v1/pipelines/{pipeline}", "viewer"},
    {"GET", "/api/v1/tables", "viewer"},
    {"GET", "/api/v1/tables/{table}", "viewer"},
    {"GET", "/api/v1/tables/{table}/partitions", "viewer"},
    {"GET", "/api/v1/tables/{table}/history", "viewer"},
    {"GET", "/api/v1/models", "viewer"},
    {"GET", "/api/v1/model", "viewer"},
    {"GET", "/api/v1/model-lineage", "viewer"},
    {"GET", "/api/v1/switches", "viewer"},
    {"GET", "/api/v1/switches/{switch}", "viewer"},
    {"GET", "/api/v1/settings", "viewer"},
    {"GET", "/api/v1/schedules", "viewer"},
    {"GET", "/api/v1/schedules/next", "viewer"},
    {"GET", "/api/v1/schedules/{pipeline}/preview", "viewer"},
    {"POST", "/api/v1/schedules/{pipeline}/resume", "operator"},
    {"POST", "/api/v1/schedules/{pipeline}/pause", "operator"},
    {"GET", "/api/v1/backfills", "viewer"},
    {"GET", "/api/v1/backfills/{plan}", "viewer"},
    {"POST", "/api/v1/backfills", "editor"},
    {"POST", "/api/v1/backfills/{plan}/start", "editor"},
    {"POST", "/api/v1/backfills/{plan}/wait", "editor"},
    {"POST", "/api/v1/backfills/{plan}/pause", "editor"},
    {"POST", "/api/v1/backfills/{plan}/resume", "editor"},
    {"POST", "/api/v1/backfills/{plan}/cancel", "editor"},
    {"POST", "/api/v1/runs", "operator"},
    {"POST", "/api/v1/runs/{run}/cancel", "operator"},
    {"POST", "/api/v1/runs/{run}/wait", "operator"},
    {"POST", "/api/v1/runs/{run}/retry", "operator"},
    {"POST", "/api/v1/runs/{run}/force", "operator"},
    {"POST", "/api/v1/gates/{gate}/votes", "approver"},
    {"POST", "/api/v1/definitions", "editor"},
    {"POST", "/api/v1/switches/{switch}/undo", "editor"},
    {"POST", "/api/v1/tables/{table}/imports", "editor"},
    {"POST", "/api/v1/tables/{table}/rollback", "editor"},
    {"POST", "/api/v1/tables/{table}/publish", "editor"},
    {"GET", "/api/v1/tables/{table}/comparison", "editor"},
    {"POST", "/api/v1/tables-gc", "editor"},
    {"POST", "/api/v1/garbage", "editor"},
    {"GET", "/api/v1/query", "editor"},
    {"GET", "/api/v1/model-comparison", "editor"},
    {"GET", "/api/v1/model-explanation", "editor"},
    {"GET", "/api/v1/model-scores", "editor"},
    {"POST", "/api/v1/models", "editor"},
    {"POST", "/api/v1/model-deletions", "editor"},
    {"GET", "/api/v1/audit", "admin"},
    {"GET", "/api/v1/audit/verification", "admin"},
    {"GET", "/api/v1/users", "admin"},
    {"POST", "/api/v1/users", "admin"},
    {"POST", "/api/v1/users/{user}", "admin"},
    {"GET", "/api/v1/tokens", "admin"},
    {"POST", "/api/v1/tokens", "admin"},
    {"POST", "/api/v1/tokens/{token}/revoke", "admin"},
};

std::string filled(std::string path) {
  const auto open = path.find('{');
  if (open == std::string::npos) return path;
  return path.replace(open, path.find('}') + 1 - open, "nothing");
}

class Http : public testing::Test {
 protected:
  void SetUp() override {
    server_.add_user("ana", "admin");
    server_.start();
  }
  Visitor visitor(const std::string& user) {
    Visitor made(server_);
    EXPECT_EQ(made.sign_in(user), 200);
    return made;
  }
  HttpServer server_;
};

TEST_F(Http, EachRoleMayDoWhatTheTableSaysAndNobodyWithoutOne) {
  const Visitor nobody(server_);
  std::set<std::string> known;
  for (const auto& rule : rules) {
    known.insert(std::string(rule.method) + " " + rule.path);
    EXPECT_EQ(nobody.ask(rule.method, filled(rule.path)).status, 401) << rule.path;
  }
  const auto document = nobody.answer("GET", "/api/v1/openapi.json");
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      const auto name = (method == "get" ? "GET " : "POST ") + path;
      EXPECT_TRUE(known.erase(name)) << name << " is not in the table above";
      const auto& answer = operation.at("responses").at("200").at("content");
      const bool has_columns_of_its_own = name.ends_with("/comparison");
      EXPECT_EQ(answer.at("application/json").at("schema").empty(), has_columns_of_its_own)
          << name << " is not in src/web/shapes.cpp";
    }
  }
  EXPECT_TRUE(known.empty()) << *known.begin() << " is no route";
  for (std::size_t role = 0; role < roles.size(); ++role) {
    const std::string user = std::string("u-") + roles.at(role);
    server_.add_user(user, roles.at(role));
    const auto person = visitor(user);
    for (const auto& rule : rules) {
      const auto at = std::ranges::find(roles, std::string_view(rule.least_role)) - roles.begin();
      const bool may = static_cast<std::ptrdiff_t>(role) >= at;
      const auto response = person.ask(rule.method, filled(rule.path));
      EXPECT_EQ(response.status == 403, !may)
          << roles.at(role) << " " << rule.method << " " << rule.path << ": " << response.body;
      if (!may) {
        EXPECT_THAT(response.body, HasSubstr(rule.least_role));
      }
      EXPECT_LT(response.status, 500) << rule.path << ": " << response.body;
    }
  }
}

TEST_F(Http, AGateIsDecidedByWhoIsSignedIn) {
  server_.add_user("bo", "approver");
  const auto ana = visitor("ana");
  const auto run = ana.answer("POST", "/api/v1/runs", {{"pipeline", "ask"}}).at("run");
  EXPECT_EQ(server_.workspace().run({"runs", "wait", run.get<std::string>()}).exit_code, 4);
  const auto gate = server_.workspace().open_gate();
  const auto votes = "/api/v1/gates/" + gate + "/votes";
  EXPECT_EQ(visitor("bo").ask("POST", votes, {{"answer", "approve"}}).status, 403);
  const auto shown = ana.answer("POST", "/api/v1/gates/" + gate + "/views");
  EXPECT_THAT(shown.at("text").get<std::string>(), HasSubstr("Go on?"));
  const Json vote{
      {"answer", "approve"}, {"digest", shown.at("gate").at("digest")}, {"comment", "looks right"}};
  EXPECT_EQ(ana.answer("POST", votes, vote).at("state"), "approved");
  EXPECT_EQ(ana.answer("POST", votes, vote).at("state"), "approved") << "said twice, done once";
  EXPECT_EQ(ana.ask("POST", votes, {{"answer", "reject"}}).status, 409);
  EXPECT_EQ(server_.workspace().run({"runs", "wait", run.get<std::string>()}).exit_code, 0);
  const auto cast = ana.answer("GET", "/api/v1/gates/" + gate).at("votes").at(0);
  EXPECT_EQ(cast.at("by"), "ana");
  EXPECT_EQ(cast.at("channel"), "page");
}

TEST_F(Http, ASessionIsOfNoUseToOthersOrElsewhere) {
  const auto ana = visitor("ana");
  const auto status = [&](const std::string& header, const std::string& value) {
    auto forged = ana;
    forged.set_header(header, value);
    return forged.ask("POST", "/api/v1/runs", {{"pipeline", "nothing"}}).status;
  };
  EXPECT_EQ(status("x-csrf-token", ana.header("x-csrf-token")), 404);
  EXPECT_EQ(status("x-csrf-token", ""), 403);
  EXPECT_EQ(status("x-csrf-token", visitor("ana").header("x-csrf-token")), 403);
  EXPECT_EQ(status("origin", "http://evil.example"), 403);
  EXPECT_EQ(status("origin", "null"), 403);
  EXPECT_EQ(status("host", "evil.example"), 403);
  EXPECT_EQ(status("content-type", "text/plain"), 400);
  auto stranger = ana;
  stranger.set_header("cookie", "gossamer_session=made-up");
  EXPECT_EQ(stranger.ask("GET", "/api/v1/runs").status, 401);
  EXPECT_EQ(ana.ask("DELETE", "/api/v1/session").status, 200);
  EXPECT_EQ(ana.ask("GET", "/api/v1/runs").status, 401) << "signed out";
}

TEST_F(Http, SigningInTellsNothingAndIsSlowedDown) {
  Visitor guesser(server_);
  EXPECT_EQ(guesser.sign_in("ana", "wrong password"), 401);
  EXPECT_EQ(guesser.sign_in("nobody", "wrong password"), 401);
  for (int at = 0; at < 5; ++at)
    static_cast<void>(guesser.sign_in("ana", "wrong password"));
  EXPECT_EQ(guesser.sign_in("ana"), 429);
  const auto response = guesser.ask("POST", "/api/v1/session", {{"user", 7}});
  EXPECT_EQ(response.status, 400);
  const auto audit = server_.workspace().json({"audit", "list"});
  std::vector<std::string> actions;
  for (const auto& entry : audit)
    actions.push_back(entry.at("action").get<std::string>());
  EXPECT_THAT(actions, Contains("user.add"));
  EXPECT_THAT(actions, Contains("sign_in.refused"));
  EXPECT_EQ(server_.workspace().run({"audit", "verify"}).exit_code, 0);
  EXPECT_THAT(audit.dump(), Not(HasSubstr("argon2")));
}

TEST_F(Http, AProgramComesWithATokenAndTheCommandLineIsOne) {
  const auto token = server_.token("ana", "operator");
  EXPECT_EQ(server_.run_there("", {"runs", "list"}).exit_code, 7);
  EXPECT_EQ(server_.run_there("gsm_wrong", {"runs", "list"}).exit_code, 7);
  const auto ran = server_.run_there(token, {"run", "ask", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 4) << ran.err;
  EXPECT_EQ(server_.run_there(token, {"runs", "list", "-o", "json"}).json().size(), 1U);
  const auto gate = server_.workspace().open_gate();
  const auto refused = server_.run_there(token, {"gates", "approve", gate});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err, HasSubstr("approver"));
  const auto better = server_.token("ana", "approver");
  EXPECT_EQ(server_.run_there(better, {"gates", "show", gate}).exit_code, 0);
  const auto approved = server_.run_there(better, {"gates", "approve", gate});
  EXPECT_EQ(approved.exit_code, 0) << approved.err;
  EXPECT_EQ(server_.run_there(token, {"--as", "bo", "run", "ask"}).exit_code, 7);
  for (const auto& shown : server_.workspace().json({"tokens", "list"}))
    EXPECT_EQ(server_.workspace()
                  .run({"tokens", "revoke", shown.at("token").get<std::string>()})
                  .exit_code,
              0);
  EXPECT_EQ(server_.run_there(token, {"runs", "list"}).exit_code, 7);
}

TEST_F(Http, EventsTellWhatChangesAndGoOnWhereTheyWereLeft) {
  const auto ana = visitor("ana");
  const auto listen = [&](const std::string& last_id, const std::string& until) {
    http::Request request;
    request.path = "/api/v1/events";
    request.headers = {{"cookie", ana.header("cookie")}};
    if (!last_id.empty()) request.headers["last-event-id"] = last_id;
    std::vector<std::string> lines;
    // The reader goes once it has seen enough: the answer alone would never end.
    static_cast<void>(http::call(server_.origin(), request, {}, [&](std::string_view line) {
      lines.emplace_back(line);
      if (line == ": listening" && last_id.empty()) {
        EXPECT_EQ(ana.ask("POST", "/api/v1/runs", {{"pipeline", "ask"}}).status, 200);
      }
      if (line.find(until) != std::string_view::npos) throw std::runtime_error("seen enough");
    }));
    return lines;
  };
  const auto lines = listen("", "\"open\"");
  EXPECT_THAT(lines, Contains("event: run"));
  EXPECT_THAT(lines, Contains("event: gate"));
  const auto first =
      std::ranges::find_if(lines, [](const std::string& line) { return line.starts_with("id: "); });
  ASSERT_NE(first, lines.end());
  EXPECT_THAT(listen(first->substr(4), "\"open\""), Not(Contains("event: resync")));
  EXPECT_THAT(listen("another.1", "resync"), Contains("event: resync"));
}

TEST_F(Http, StopsWithoutLosingARunOrAnAnswer) {
  const auto ana = visitor("ana");
  const auto run = ana.answer("POST", "/api/v1/runs", {{"pipeline", "ask"}}).at("run");
  EXPECT_EQ(server_.stop(), 0);
  server_.start();
  EXPECT_EQ(ana.answer("GET", "/api/v1/runs").at(0).at("run"), run) << "still signed in";
  server_.kill();
  server_.start();
  EXPECT_EQ(server_.workspace().run({"runs", "wait", run.get<std::string>()}).exit_code, 4);
  EXPECT_EQ(ana.answer("GET", "/api/v1/gates").size(), 1U);
  EXPECT_EQ(server_.stop(), 0);
}

TEST_F(Http, SaysWhetherItLives) {
  const Visitor nobody(server_);
  EXPECT_EQ(nobody.answer("GET", "/healthz").at("status"), "ok");
  EXPECT_EQ(nobody.answer("GET", "/health/ready").at("status"), "ok");
  EXPECT_EQ(nobody.ask("GET", "/api/v1/nothing").status, 401);
  EXPECT_EQ(visitor("ana").ask("GET", "/api/v1/nothing").status, 404);
}

TEST_F(Http, CountsWhatRunsAndGatesCame) {
  EXPECT_EQ(Visitor(server_).ask("GET", "/metrics").status, 401);
  const auto ana = visitor("ana");
  const auto run = ana.answer("POST", "/api/v1/runs", {{"pipeline", "ask"}}).at("run");
  EXPECT_EQ(server_.workspace().run({"runs", "wait", run.get<std::string>()}).exit_code, 4);
  const auto gate = server_.workspace().open_gate();
  EXPECT_EQ(server_.workspace().run({"--as", "ana", "gates", "approve", gate}).exit_code, 0);
  const auto text = ana.ask("GET", "/metrics").body;
  EXPECT_THAT(text,
              HasSubstr("gossamer_runs_finished_total{pipeline=\"ask\",state=\"succeeded\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gossamer_gates_closed_total{state=\"approved\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("gossamer_gate_wait_seconds_count{state=\"approved\"} 1\n"));
}

TEST(Serving, RefusesToListenInTheClearForOthers) {
  HttpServer server;
  const auto open = server.workspace().run({"serve", "--listen", "0.0.0.0:0"});
  EXPECT_EQ(open.exit_code, 3);
  EXPECT_THAT(open.err, HasSubstr("--plain-http"));
  EXPECT_EQ(server.workspace().run({"serve", "--listen", "nowhere"}).exit_code, 3);
}

}  // namespace
}  // namespace gossamer::test
