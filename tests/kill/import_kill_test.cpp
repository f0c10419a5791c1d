// SPDX-License-Identifier: Apache-2.0
// The real program with its workers, killed at each change that it makes to the disk while it
// publishes: by an import, and by a step of a run. GOSSAMER_LONG kills it at every write of SQLite
// and DuckDB too.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <set>

#include "tests/support/program.hpp"
#include "tests/support/traced.hpp"

namespace gossamer::test {
namespace {

using ::testing::AnyOf;

class KilledAtEachStep : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(make_folders((workspace_ / name).parent_path()));
    ASSERT_TRUE(write_file_durably(workspace_ / name, text));
  }
  [[nodiscard]] Ran run(const std::vector<std::string>& arguments) const {
    return program_.run(arguments, workspace_);
  }
  // True while there was a step to be killed at.
  bool killed(const std::vector<std::string>& arguments, std::uint64_t step) {
    const auto steps =
        std::getenv("GOSSAMER_LONG") == nullptr ? DiskSteps::names : DiskSteps::writes;
    const auto end = run_traced(program_.options(arguments, workspace_), steps, step);
    if (!end) {
      ADD_FAILURE() << end.error().describe();
      return false;
    }
    at_ = fmt::format("killed before step {} ({})", step, end->killed_at);
    if (end->killed_at.empty()) {
      EXPECT_EQ(end->exit_code, 0) << "nobody was killed";
    }
    return !end->killed_at.empty();
  }
  [[nodiscard]] Json rows(const std::string& sql) const {
    const auto ran = run({"query", sql, "-o", "json"});
    EXPECT_EQ(ran.exit_code, 0) << at_ << ": " << ran.err;
    return ran.exit_code == 0 ? ran.json() : Json();
  }
  // What an outsider sees of a partition: the names of its files.
  [[nodiscard]] std::vector<std::string> outside(const std::string& partition) const {
    return list_folder(workspace_ / "warehouse" / partition).value_or(std::vector<std::string>());
  }
  // The same as the catalog has it, by partition.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> in_catalog(
      const std::string& table) const {
    std::map<std::string, std::vector<std::string>> files;
    const auto shown = run({"tables", "show", table, "-o", "json"});
    if (shown.exit_code != 0) return files;
    for (const auto& content : shown.json()) {
      if (content.at("state") != "current") continue;
      files[content.at("partition").get<std::string>()] = {
          fmt::format("part-{}-0.parquet", content.at("attempt").get<std::string>())};
    }
    return files;
  }
  // Recovers what a killed program left: any command that drives does.
  void recover() const {
    const auto ran = run({"tables", "gc"});
    EXPECT_EQ(ran.exit_code, 0) << at_ << ": " << ran.err;
  }
  // Folders of attempts that no catalog knows are garbage once an hour has passed.
  void expect_leftovers_are_collected(const std::string& table) const {
    std::set<std::string> known;
    for (const auto& content : run({"tables", "show", table, "-o", "json"}).json())
      known.insert(content.at("attempt").get<std::string>());
    const auto data = workspace_ / "warehouse" / ".data" / table;
    for (const auto& name : list_folder(data).value_or(std::vector<std::string>())) {
      fs::last_write_time(data / name, fs::last_write_time(data / name) - std::chrono::hours(2));
    }
    recover();
    const auto left = list_folder(data).value_or(std::vector<std::string>());
    EXPECT_EQ(std::set<std::string>(left.begin(), left.end()), known);
  }

  Program program_;
  fs::path workspace_ = program_.folder() / "w";
  std::string at_;
};

TEST_F(KilledAtEachStep, AnImportShowsTheOldRowsOrTheNewOnesAndLosesNone) {
  write("gossamer.yaml", "workspace: kill\n");
  const auto file = workspace_ / "rows.csv";
  const std::vector<std::string> import{"tables", "import", "t", file, "--partition-by", "k"};
  write("rows.csv", "k,n\na,0\nb,0\n");
  ASSERT_EQ(run(import).exit_code, 0);
  std::uint64_t step = 1;
  Json before = rows("select k, n from t order by k");
  for (bool going = true; going; ++step) {
    const auto shown_before = in_catalog("t");
    write("rows.csv", fmt::format("k,n\na,{0}\nb,{0}\n", step));
    going = killed(import, step);
    const Json fresh = Json::array({{{"k", "a"}, {"n", step}}, {{"k", "b"}, {"n", step}}});
    const Json seen = rows("select k, n from t order by k");
    EXPECT_THAT(seen, AnyOf(before, fresh)) << at_;
    const auto shown = in_catalog("t");
    for (const std::string partition : {"k=a", "k=b"}) {
      EXPECT_THAT(outside("t/" + partition), AnyOf(shown_before.at(partition), shown.at(partition)))
          << at_;
    }
    recover();
    EXPECT_EQ(rows("select k, n from t order by k"), seen) << at_;
    for (const auto& [partition, files] : in_catalog("t"))
      EXPECT_EQ(outside("t/" + partition), files) << at_;
    before = seen;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(before[0].at("n"), step - 1) << "the one that nobody killed";
  EXPECT_GT(step, 25U);
  expect_leftovers_are_collected("t");
}

TEST_F(KilledAtEachStep, ARunPublishesItsPartitionOnce) {
  write("gossamer.yaml", "workspace: kill\ntimezone: UTC\n");
  write("pipelines/p.yaml",
        "pipeline: p\n"
        "partitions: { every: day, start: 2026-01-01 }\n"
        "steps:\n"
        "  rows:\n"
        "    sql: sql/rows.sql\n"
        "    output: t\n");
  write("sql/rows.sql", "select n from range(3) r(n)\n");
  ASSERT_EQ(run({"run", "p", "--partition", "2026-01-01"}).exit_code, 0);
  const auto first = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
  std::uint64_t step = 1;
  for (bool going = true; going; ++step) {
    const auto day = format_date(first + std::chrono::days(step));
    const std::vector<std::string> arguments{"run", "p", "--partition", day};
    going = killed(arguments, step);
    const auto of_day = fmt::format("select count(*) as n from t where day = '{}'", day);
    EXPECT_THAT(rows(of_day)[0].at("n"), AnyOf(0, 3)) << at_;
    const auto again = run(arguments);
    EXPECT_EQ(again.exit_code, 0) << at_ << ": " << again.err;
    EXPECT_EQ(rows(of_day)[0].at("n"), 3) << at_;
    EXPECT_EQ(outside("t/day=" + day), in_catalog("t")["day=" + day]) << at_;
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_EQ(rows("select count(*) as n from t")[0].at("n"), 3 * step) << "nothing is doubled";
  EXPECT_GT(step, 25U);
}

}  // namespace
}  // namespace gossamer::test
