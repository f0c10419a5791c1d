// SPDX-License-Identifier: Apache-2.0
// A workspace that an earlier release has used, opened by this one: everything is still there, and
// what waited goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <tuple>

#include "base/environment.hpp"
#include "base/sql/database.hpp"
#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class StoreOfMigration9 : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml",
                     "workspace: upgraded\n"
                     "timezone: UTC\n"
                     "groups: { analysts: [ana] }\n"
                     "settings: { demand.horizon_days: { type: integer, default: 7 } }\n");
    workspace_.write("sql/one.sql", "select 1 as n\n");
    workspace_.write("pipelines/ask.yaml",
                     "pipeline: ask\n"
                     "partitions: { every: day, timezone: UTC, start: 2026-01-01 }\n"
                     "steps:\n"
                     "  one: { sql: sql/one.sql, output: t.one }\n"
                     "  confirm:\n"
                     "    approval:\n"
                     "      title: Go on?\n"
                     "      evidence: [one]\n"
                     "      approvers: { any_of: [group:analysts] }\n"
                     "      on_approved: { settings: { demand.horizon_days: 14 } }\n");
    workspace_.write("pipelines/daily.yaml",
                     "pipeline: daily\n"
                     "partitions: { every: day, timezone: UTC, start: 2026-01-01 }\n"
                     "steps:\n"
                     "  two: { sql: sql/one.sql, output: t.two }\n");
    const fs::path source = Environment::of_process().get_or("GOSSAMER_SOURCE_DIR", ".");
    const auto script = read_file(source / "tests/upgrade/store_0009.sql");
    ASSERT_TRUE(script) << script.error().describe();
    // Nobody reads the old rows; that their files are there is all that is looked at.
    for (const auto& [table, day, attempt] :
         {std::tuple("t.one", "day=2026-01-01", "att_01a205fe-6d8c-768a-89e6-39e51f71c44d"),
          std::tuple("t.one", "day=2026-01-02", "att_01a205fe-6f76-741e-b168-33e1ddc97a92"),
          std::tuple("t.two", "day=2026-01-01", "att_01a205fe-c6e0-7700-93fb-82a5f693327d"),
          std::tuple("t.two", "day=2026-01-02", "att_01a205fe-c6e0-7700-93fb-82a64e6758f8")}) {
      workspace_.write(
          fmt::format("warehouse/.data/{0}/{2}/{1}/part-{2}-0.parquet", table, day, attempt),
          "rows");
    }
    ASSERT_TRUE(make_folders(workspace_.folder() / ".gossamer"));
    auto database = sql::Database::open(workspace_.folder() / ".gossamer/store.db");
    ASSERT_TRUE(database) << database.error().describe();
    const auto made = database->run_script(*script);
    ASSERT_TRUE(made) << made.error().describe();
    const auto early = workspace_.run({"runs", "list"});
    EXPECT_EQ(early.exit_code, 6);
    EXPECT_THAT(early.err, HasSubstr("any command that writes brings it up to date"));
    const auto applied = workspace_.run_as("ana", {"apply"});
    ASSERT_EQ(applied.exit_code, 0) << applied.err;
  }

  Workspace workspace_;
};

TEST_F(StoreOfMigration9, IsReadAsItWasLeft) {
  const auto runs = workspace_.json({"runs", "list"});
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs.at(0).at("pipeline"), "daily");
  EXPECT_EQ(runs.at(2).at("state"), "waiting");
  EXPECT_EQ(runs.at(3).at("state"), "succeeded");
  const auto gates = workspace_.json({"gates", "list"});
  ASSERT_EQ(gates.size(), 1U);
  EXPECT_EQ(gates.at(0).at("step"), "confirm");
  EXPECT_EQ(workspace_.run({"audit", "verify"}).exit_code, 0);
  const auto backfills = workspace_.json({"backfills", "list"});
  ASSERT_EQ(backfills.size(), 2U);
  EXPECT_EQ(backfills.at(0).at("state"), "planned");
  EXPECT_THAT(workspace_.run({"settings", "list"}).out, HasSubstr("14"));
}

TEST_F(StoreOfMigration9, GoesOn) {
  const auto plan = workspace_.json({"backfills", "list"}).at(0).at("plan").get<std::string>();
  const auto started = workspace_.run_as("ben", {"backfills", "start", plan});
  EXPECT_EQ(started.exit_code, 0) << started.err;
  EXPECT_EQ(workspace_.json({"backfills", "list"}).at(0).at("state"), "succeeded");
  EXPECT_EQ(workspace_.json({"tables", "show", "t.two"}).size(), 4U);
  const auto run = workspace_.json({"runs", "list"}).at(4).at("run").get<std::string>();
  EXPECT_EQ(workspace_.run_as("ben", {"runs", "cancel", run}).exit_code, 0);
  EXPECT_EQ(workspace_.json({"runs", "show", run}).at("state"), "cancelled");
  EXPECT_EQ(workspace_.run({"audit", "verify"}).exit_code, 0);
}

}  // namespace
}  // namespace gossamer::test
