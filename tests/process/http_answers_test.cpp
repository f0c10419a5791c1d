// SPDX-License-Identifier: Apache-2.0
// A real server's answers, held against the OpenAPI document that it serves by somebody else's
// validator.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/testing/golden.hpp"
#include "base/testing/python.hpp"
#include "tests/process/http_server.hpp"
#include "tests/support/small_model.hpp"

namespace gossamer::test {
namespace {

class HttpAnswers : public testing::Test {
 protected:
  void SetUp() override {
    if (python().empty()) GTEST_SKIP() << no_python;
    auto& workspace = server_.workspace();
    workspace.write("gossamer.yaml",
                    "workspace: served\ntimezone: UTC\n"
                    "settings: { limit: { type: integer, default: 3 } }\n");
    workspace.write("pipelines/daily.yaml",
                    "pipeline: daily\n"
                    "partitions: { every: day, timezone: UTC, start: 2026-11-01 }\n"
                    "schedule: { cron: \"30 4 * * *\", catch_up: last }\n"
                    "window: { lag: 1d }\n"
                    "steps: { work: { none: {} } }\n");
    workspace.write("pipelines/behind.yaml",
                    "pipeline: behind\n"
                    "parameters: { depth: { type: integer, default: 2 } }\n"
                    "schedule: { when_finished: [daily] }\n"
                    "steps: { work: { none: {} } }\n");
    workspace.write("pipelines/broken.yaml",
                    "pipeline: broken\n"
                    "steps: { work: { sql: \"select error('no') as n\", output: none } }\n");
    workspace.write("data/sales.csv", "country,units\njp,3\n");
    workspace.write("data/model.json", sound_model);
    EXPECT_EQ(workspace.run({"apply"}).exit_code, 0);
    server_.add_user("root", "admin");
    server_.add_user("ana", "admin");
    server_.start();
    EXPECT_EQ(ana_.sign_in("ana"), 200);
  }

  Json ask(const std::string& method, const std::string& path,
           const std::map<std::string, std::string>& query = {},
           const Json& body = Json::object()) {
    const auto response = ana_.ask(method, http::format_target(path, query), body);
    auto answer = parse_json(response.body, path).value_or(Json());
    answers_.push_back({{"method", method},
                        {"path", path},
                        {"status", response.status},
                        {"type", response.header("content-type")},
                        {"body", answer}});
    return answer;
  }
  Json get(const std::string& path, const std::map<std::string, std::string>& query = {}) {
    return ask("GET", "/api/v1/" + path, query);
  }
  Json post(const std::string& path, const Json& body = Json::object()) {
    return ask("POST", "/api/v1/" + path, {}, body);
  }

  // A run that waits for ana, who answers.
  void decide() {
    const auto run = post("runs", {{"pipeline", "ask"}}).at("run").get<std::string>();
    EXPECT_EQ(server_.workspace().run({"runs", "wait", run}).exit_code, 4);
    const auto gate = get("gates").at(0).at("gate").get<std::string>();
    get("gates/" + gate);
    const auto shown = post("gates/" + gate + "/views", {{"html", true}});
    post("gates/" + gate + "/votes",
         {{"answer", "approve"}, {"digest", shown.at("gate").at("digest")}});
    EXPECT_EQ(server_.workspace().run({"runs", "wait", run}).exit_code, 0);
    for (const auto* part : {"", "/steps", "/history", "/logs"})
      get("runs/" + run + part);
    post("runs/" + run + "/wait");
    post("runs/" + run + "/cancel", {{"reason", "too late"}});
    const auto again = post("runs/" + run + "/retry", {{"from", {"one"}}}).at("run");
    post("runs/" + again.get<std::string>() + "/cancel", {{"reason", "enough"}});
    const auto broken = post("runs", {{"pipeline", "broken"}}).at("run").get<std::string>();
    EXPECT_EQ(server_.workspace().run({"runs", "wait", broken}).exit_code, 1);
    get("runs/" + broken);
    post("runs/" + broken + "/force", {{"step", "work"}, {"reason", "because"}});
  }
  void keep_tables() {
    post("tables/raw.sales/imports", {{"files", {"data/sales.csv"}}});
    post("tables/raw.sales/imports", {{"files", {"data/sales.csv"}}});
    for (const auto* part : {"", "/partitions", "/history"})
      get(std::string("tables/raw.sales") + part);
    const auto undone = post("tables/raw.sales/rollback", {{"reason", "wrong"}});
    if (undone.contains("switch")) {
      const auto name = undone.at("switch").get<std::string>();
      get("switches/" + name);
      post("switches/" + name + "/undo", {{"reason", "right"}});
    }
    post("tables/raw.sales/publish", {{"candidate", "m/1"}});
    get("tables/raw.sales/comparison", {{"candidate", "m/1"}});
    get("query", {{"sql", "select 1 as n, 'a' as t, null as z from raw.sales"}});
    get("query", {{"sql", "select"}});
    post("tables-gc", {{"dry_run", true}});
    post("garbage", {{"dry_run", true}});
  }
  void keep_models() {
    const Json registered{
        {"model", "risk"}, {"path", "data/model.json"}, {"metrics", {{"auc", 1}}}};
    post("models", registered);
    post("models", registered);
    get("models");
    get("model", {{"name", "risk/1"}});
    get("model-lineage", {{"name", "risk/1"}});
    get("model-explanation", {{"name", "risk/1"}});
    get("model-comparison", {{"from", "risk/1"},
                             {"to", "risk/2"},
                             {"sql", "select 0.1::float as a, 1.0 as y from range(3)"},
                             {"label", "y"}});
    get("model-scores", {{"model", "risk/1"}, {"rows", "data/sales.csv"}});
    const auto rows = (server_.workspace().folder() / "data/rows.parquet").string();
    EXPECT_EQ(server_.workspace().run({"query", "select 0.1::float as a", "--to", rows}).exit_code,
              0);
    get("model-scores", {{"model", "risk/1"}, {"rows", "data/rows.parquet"}});
    post("model-deletions", {{"name", "risk/2"}, {"reason", "no use"}});
  }
  void keep_time() {
    get("schedules");
    get("schedules/next", {{"pipeline", "daily"}});
    get("schedules/daily/preview");
    post("schedules/daily/resume");
    post("schedules/daily/pause");
    const auto plan =
        post("backfills", {{"pipeline", "daily"}, {"from", "2026-11-02"}, {"to", "2026-11-03"}});
    if (!plan.contains("plan") || !plan.at("plan").is_string()) return;
    const auto path = "backfills/" + plan.at("plan").get<std::string>();
    get(path);
    for (const auto* verb : {"/start", "/pause", "/resume", "/wait", "/cancel"})
      post(path + verb);
    get(path);
    get("backfills");
  }
  void keep_people() {
    post("users", {{"user", "bo"}, {"role", "viewer"}, {"password", "correct horse battery"}});
    post("users/bo", {{"role", "operator"}});
    get("users");
    const auto token =
        post("tokens", {{"name", "t"}, {"user", "bo"}, {"role", "viewer"}, {"valid_for", "1h"}});
    get("tokens");
    post("tokens/" + token.at("token").get<std::string>() + "/revoke");
    get("audit");
    get("audit/verification");
  }

  HttpServer server_;
  Visitor ana_{server_};
  Json answers_ = Json::array();
};

TEST_F(HttpAnswers, AreOfTheSchemasThatTheServerPublishes) {
  decide();
  keep_tables();
  keep_models();
  keep_time();
  keep_people();
  get("runs");
  get("pipelines");
  get("pipelines/behind");
  get("tables");
  get("switches");
  get("settings");
  post("definitions", {{"dry_run", true}});
  post("runs", {{"pipeline", "daily"}, {"partition", "2026-11-05"}, {"dry_run", true}});
  post("runs", {{"pipeline", "nothing"}});
  post("runs", {{"pipeline", 7}});
  get("runs/nonsense");
  get("runs", {{"limit", "-1"}});
  // These need a candidate of a model, or a backfill that is under way.
  const auto left_out =
      Json::array({"GET /api/v1/tables/{table}/comparison", "POST /api/v1/tables/{table}/publish",
                   "POST /api/v1/backfills/{plan}/cancel", "POST /api/v1/backfills/{plan}/pause",
                   "POST /api/v1/backfills/{plan}/resume"});
  const Json given{{"document", ana_.answer("GET", "/api/v1/openapi.json")},
                   {"left_out", left_out},
                   {"answers", std::move(answers_)}};
  const auto file = server_.workspace().beside("answers.json");
  ASSERT_TRUE(write_file_durably(file, given.dump()));
  const auto script = golden::folder().parent_path() / "python" / "check_answers.py";
  const auto run = run_captured({.argv = {python(), script.string(), file.string()},
                                 .environment = Environment::of_process().variables()},
                                std::chrono::minutes(2));
  ASSERT_TRUE(run) << run.error().describe();
  EXPECT_TRUE(run->end.succeeded()) << run->output;
}

}  // namespace
}  // namespace gossamer::test
