// SPDX-License-Identifier: Apache-2.0
// An editor at a real server tries to reach files that are not the workspace's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/http_server.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* treasure = "do-not-tell-anybody";

class HttpFiles : public testing::Test {
 protected:
  void SetUp() override {
    auto& workspace = server_.workspace();
    workspace.write("data/sales.csv", "country,units\njp,3\n");
    workspace.write("keys/token.csv", std::string("secret\n") + treasure + "\n");
    workspace.write(
        "gossamer.yaml",
        "workspace: served\ntimezone: UTC\nsecrets:\n  slack:\n    file: keys/token.csv\n");
    EXPECT_EQ(workspace.run({"apply"}).exit_code, 0);
    outside_ = workspace.beside("outside.csv").string();
    EXPECT_TRUE(write_file_durably(outside_, std::string("a\n") + treasure + "\n"));
    fs::create_symlink(outside_, workspace.folder() / "data/link.csv");
    fs::create_symlink(workspace.folder() / ".gossamer", workspace.folder() / "data/state");
    server_.add_user("eve", "editor");
    server_.start();
    EXPECT_EQ(eve_.sign_in("eve"), 200);
  }
  [[nodiscard]] std::vector<std::string> escapes() const {
    return {"/etc/passwd",
            outside_,
            "../outside.csv",
            "data/../../outside.csv",
            "data/link.csv",
            ".gossamer/store.db",
            "data/state/store.db",
            "./data/../.gossamer/engine.log",
            "keys/token.csv",
            "/proc/self/environ",
            ".."};
  }
  [[nodiscard]] http::Response get(const std::string& path,
                                   const std::map<std::string, std::string>& query) const {
    return eve_.ask("GET", http::format_target(path, query));
  }
  [[nodiscard]] http::Response import(const Json& body) const {
    return eve_.ask("POST", "/api/v1/tables/raw.loot/imports", body);
  }
  static void expect_refused(const http::Response& response, const std::string& what) {
    EXPECT_EQ(response.status, 403) << what << ": " << response.body;
    EXPECT_THAT(response.body, HasSubstr("the workspace's folder")) << what;
    EXPECT_THAT(response.body, Not(HasSubstr(treasure))) << what;
  }

  HttpServer server_;
  Visitor eve_{server_};
  std::string outside_;
};

TEST_F(HttpFiles, OfTheWorkspaceAreImportedByTheirPathFromThere) {
  EXPECT_EQ(import({{"files", {"data/sales.csv"}}}).status, 200);
  const auto whole = (server_.workspace().folder() / "data/sales.csv").string();
  EXPECT_EQ(import({{"files", {whole}}}).status, 200);
  const auto token = server_.token("eve", "editor");
  const auto ran = server_.run_there(token, {"tables", "import", "raw.sales", "data/sales.csv"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const auto refused = server_.run_there(token, {"tables", "import", "raw.sales", outside_});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err, HasSubstr("data/sales.csv"));
}

TEST_F(HttpFiles, OfOthersAreNotReadByAnyRoute) {
  for (const auto& path : escapes()) {
    expect_refused(import({{"files", {path}}, {"format", "csv"}}), path);
    expect_refused(import({{"files", {"data/sales.csv", path}}, {"format", "csv"}}), path);
    expect_refused(eve_.ask("POST", "/api/v1/models", {{"model", "m"}, {"path", path}}), path);
    expect_refused(get("/api/v1/model-scores", {{"path", path}, {"rows", "data/sales.csv"}}), path);
    expect_refused(get("/api/v1/model-scores", {{"model", "m/1"}, {"rows", path}}), path);
  }
}

TEST_F(HttpFiles, AreNotWritten) {
  const auto target = server_.workspace().folder() / "data/new.csv";
  EXPECT_EQ(get("/api/v1/query", {{"sql", "select 1"}, {"file", target.string()}}).status, 403);
  EXPECT_EQ(get("/api/v1/model-scores",
                {{"model", "m/1"}, {"rows", "data/sales.csv"}, {"to", "data/new.csv"}})
                .status,
            403);
  const auto there = server_.run_there(server_.token("eve", "editor"),
                                       {"query", "select 1", "--to", "data/new.csv"});
  EXPECT_EQ(there.exit_code, 7);
  EXPECT_THAT(there.err, HasSubstr("-o csv"));
  EXPECT_FALSE(fs::exists(target));
}

TEST_F(HttpFiles, AreNotReachedBySql) {
  const auto made = server_.workspace().folder() / "made.csv";
  const auto store = (server_.workspace().folder() / ".gossamer/store.db").string();
  const std::vector<std::string> queries{"from read_csv('" + outside_ + "')",
                                         "from read_text('" + outside_ + "')",
                                         "from '" + outside_ + "'",
                                         "select * from glob('/*')",
                                         "from read_blob('" + store + "')",
                                         "from read_csv('../outside.csv')",
                                         "from read_json('/proc/self/environ')",
                                         "from read_parquet('http://127.0.0.1:1/x.parquet')",
                                         "copy (select 1) to '" + made.string() + "'",
                                         "attach '" + store + "' as s",
                                         "attach '" + made.string() + "'",
                                         "install httpfs",
                                         "load httpfs",
                                         "set enable_external_access = true",
                                         "pragma database_list",
                                         "export database '" + made.string() + "'",
                                         "select 1; copy (select 1) to '" + made.string() + "'",
                                         "create table t as select 1"};
  for (const auto& sql : queries) {
    const auto response = get("/api/v1/query", {{"sql", sql}});
    EXPECT_EQ(response.status, 400) << sql << ": " << response.body;
    EXPECT_THAT(response.body, Not(HasSubstr(treasure))) << sql;
    const auto compared = get("/api/v1/tables/raw.none/comparison", {{"labels", sql}});
    EXPECT_THAT(compared.status, testing::AllOf(testing::Ge(400), testing::Lt(500))) << sql;
  }
  const std::vector<std::string> selects{
      "* from read_csv('" + outside_ + "'), input", "* from read_text('" + outside_ + "')",
      "(select content from read_text('" + outside_ + "')) as t from input",
      "* from input; copy (select 1) to '" + made.string() + "'; select 1"};
  for (const auto& select : selects) {
    const auto response = import({{"files", {"data/sales.csv"}}, {"select", select}});
    EXPECT_EQ(response.status, 400) << select << ": " << response.body;
    EXPECT_THAT(response.body, Not(HasSubstr(treasure))) << select;
  }
  EXPECT_FALSE(fs::exists(made));
}

TEST_F(HttpFiles, AreNotReachedByNamesOfOtherThings) {
  const auto outside = server_.workspace().beside("escaped");
  for (const std::string table :
       {"..", "../escaped", "/tmp/escaped", "a/../../../escaped", ".gossamer"}) {
    for (const auto& response :
         {get("/api/v1/models", {{"model", table}}), get("/api/v1/model", {{"name", table}}),
          eve_.ask("POST", "/api/v1/models", {{"model", table}, {"path", "data/sales.csv"}}),
          eve_.ask("POST", "/api/v1/model-deletions", {{"name", table + "/1"}}),
          eve_.ask("POST", "/api/v1/runs", {{"pipeline", table}}),
          eve_.ask("POST", "/api/v1/runs", {{"pipeline", "ask"}, {"partition", "day=" + table}}),
          eve_.ask("POST", "/api/v1/backfills", {{"pipeline", table}})}) {
      EXPECT_LT(response.status, 500) << table << ": " << response.body;
      EXPECT_THAT(response.body, Not(HasSubstr(treasure))) << table;
    }
    const auto path = "/api/v1/tables/" + table + "/partitions";
    if (http::parse_target(path)) {
      EXPECT_EQ(eve_.ask("GET", path).status / 100, 4) << table;
    }
  }
  EXPECT_FALSE(fs::exists(outside));
}

}  // namespace
}  // namespace gossamer::test
