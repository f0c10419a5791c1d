// SPDX-License-Identifier: Apache-2.0
// Tables through the command line alone: files in, queries, former contents, garbage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/program.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class TablesOfAWorkspace : public testing::Test {
 protected:
  void SetUp() override { write("gossamer.yaml", "workspace: tables\ntimezone: Asia/Tokyo\n"); }

  fs::path write(const std::string& name, const std::string& text) const {
    const auto file = workspace_ / name;
    EXPECT_TRUE(make_folders(file.parent_path()));
    EXPECT_TRUE(write_file_durably(file, text));
    return file;
  }

  [[nodiscard]] Ran run(const std::vector<std::string>& arguments) const {
    return program_.run(arguments, workspace_);
  }
  [[nodiscard]] Ran import(const std::string& table, const fs::path& file,
                           const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"tables", "import", table, file.string(), "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  [[nodiscard]] Json rows(const std::string& sql, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"query", sql, "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto ran = run(arguments);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.exit_code == 0 ? ran.json() : Json();
  }
  // Names of the Parquet files that an outsider sees in a partition.
  [[nodiscard]] std::vector<std::string> shown(const std::string& folder) const {
    const auto names = list_folder(workspace_ / "warehouse" / folder);
    EXPECT_TRUE(names) << folder;
    return names.value_or(std::vector<std::string>());
  }

  Program program_;
  fs::path workspace_ = program_.folder() / "tables";
};

TEST_F(TablesOfAWorkspace, ImportsAndShowsThemToOutsiders) {
  const auto file = write("in/a.csv", "country,n\njp,1\nus,2\n\"é/日 %\",3\n");
  const auto report = import("raw.sales", file, {"--partition-by", "country"}).json();
  EXPECT_EQ(report.at("partitions"), 3);
  EXPECT_EQ(report.at("rows"), 3);
  EXPECT_EQ(shown("raw.sales/country=jp").size(), 1U);
  EXPECT_EQ(rows("select country, n from raw.sales order by n desc limit 1"),
            Json::array({{{"country", "é/日 %"}, {"n", 3}}}));
}

TEST_F(TablesOfAWorkspace, GoBackToAFormerContent) {
  ASSERT_EQ(import("t", write("in/a.csv", "k,n\na,1\nb,1\n"), {"--partition-by", "k"}).exit_code,
            0);
  const auto before = shown("t/k=a");
  ASSERT_EQ(import("t", write("in/b.csv", "k,n\na,2\n"), {"--partition-by", "k"}).exit_code, 0);
  EXPECT_NE(shown("t/k=a"), before);
  EXPECT_EQ(rows("select n from t order by k"), Json::array({{{"n", 2}}, {{"n", 1}}}));
  EXPECT_EQ(rows("select n from t order by k", {"--as-of", "1"}),
            Json::array({{{"n", 1}}, {{"n", 1}}}));
  const auto back = run({"tables", "rollback", "t", "--partition", "k=a"});
  EXPECT_EQ(back.exit_code, 0) << back.err;
  EXPECT_EQ(shown("t/k=a"), before);
  EXPECT_EQ(rows("select n from t where k = 'a'"), Json::array({{{"n", 1}}}));
}

TEST_F(TablesOfAWorkspace, PublishNothingOfAFileThatCannotBeRead) {
  std::string text = "k,n\n";
  for (int row = 0; row < 30'000; ++row)
    text += "a,1\n";
  const auto file = write("in/bad.csv", text + "a,one\n");
  const auto refused = import("t", file, {"--partition-by", "k"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("nothing was imported"));
  EXPECT_THAT(refused.err, HasSubstr("--max-rejects 1"));
  const auto tables = run({"tables", "list", "-o", "json"}).json();
  EXPECT_TRUE(tables.empty()) << tables.dump();
  const auto report = import("t", file, {"--partition-by", "k", "--max-rejects", "1"}).json();
  EXPECT_EQ(report.at("rejected"), 1);
  EXPECT_EQ(rows("select count(*) as n from t"), Json::array({{{"n", 30'000}}}));
}

TEST_F(TablesOfAWorkspace, RefuseAChangedType) {
  ASSERT_EQ(import("t", write("in/a.csv", "k,n\na,1\n"), {"--partition-by", "k"}).exit_code, 0);
  const auto refused = import("t", write("in/b.csv", "k,n\nb,many\n"), {"--partition-by", "k"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("column n was BIGINT and is now VARCHAR"));
  EXPECT_EQ(rows("select count(*) as n from t"), Json::array({{{"n", 1}}}));
  const auto other = import("t", write("in/c.csv", "d,n\n2026-11-22,1\n"), {"--partition-by", "d"});
  EXPECT_THAT(other.err, HasSubstr("t is partitioned by (k), not by (d)"));
}

TEST_F(TablesOfAWorkspace, ReadTablesAndNothingElse) {
  ASSERT_EQ(import("t", write("in/a.csv", "n\n1\n2\n3\n")).exit_code, 0);
  for (const std::string sql :
       {"select * from '/etc/passwd'", "select * from read_csv('/etc/passwd')", "drop table t",
        "copy t to '/tmp/gossamer_never.csv'", "select 1; select 2", "install httpfs"}) {
    const auto ran = run({"query", sql});
    EXPECT_NE(ran.exit_code, 0) << sql;
    EXPECT_NE(ran.err, "") << sql;
  }
  const auto limited = run({"query", "select n from t order by n", "--limit", "2", "-o", "csv"});
  EXPECT_EQ(limited.exit_code, 0) << limited.err;
  EXPECT_THAT(limited.out, HasSubstr("n\n1\n2\n"));
  EXPECT_THAT(limited.err, HasSubstr("only the first 2 rows"));
  const auto slow = run(
      {"query", "select count(*) from range(100000000) a, range(100000000) b", "--timeout", "1"});
  EXPECT_NE(slow.exit_code, 0);
  EXPECT_THAT(slow.err, HasSubstr("time limit of 1s"));
}

TEST_F(TablesOfAWorkspace, KeepWhatIsNeededAndWhatIsFresh) {
  ASSERT_EQ(import("t", write("in/a.csv", "n\n1\n")).exit_code, 0);
  ASSERT_EQ(import("t", write("in/b.csv", "n\n2\n")).exit_code, 0);
  const auto swept = run({"tables", "gc", "-o", "json"});
  EXPECT_EQ(swept.exit_code, 0) << swept.err;
  EXPECT_TRUE(swept.json().empty()) << swept.out;
  EXPECT_EQ(list_folder(workspace_ / "warehouse/.data/t")->size(), 2U);
}

TEST_F(TablesOfAWorkspace, SayThatTheWarehouseCannotBeWritten) {
  if (::geteuid() == 0) {
    // For root no mode forbids anything: a file in the way does.
    ASSERT_TRUE(write_file_durably(workspace_ / "warehouse", "in the way"));
  } else {
    ASSERT_TRUE(make_folders(workspace_ / "warehouse"));
    fs::permissions(workspace_ / "warehouse", fs::perms::owner_read | fs::perms::owner_exec);
  }
  const auto refused = import("t", write("in/a.csv", "n\n1\n"));
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("warehouse"));
  EXPECT_TRUE(run({"tables", "list", "-o", "json"}).json().empty());
}

}  // namespace
}  // namespace gossamer::test
