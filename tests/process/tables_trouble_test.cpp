// SPDX-License-Identifier: Apache-2.0
// A full disk and a read-only warehouse (small tmpfs, mounted by the test: it needs the right to
// mount), and several programs on one workspace at once.
#include <fmt/format.h>
#include <sys/mount.h>

#include <cerrno>
#include <random>

#include "tests/support/table_workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

// The warehouse is a disk of 4 MiB.
class WarehouseOnASmallDisk : public TableWorkspace {
 protected:
  void SetUp() override {
    TableWorkspace::SetUp();
    ASSERT_TRUE(make_folders(disk_));
    if (::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=4m") != 0) {
      GTEST_SKIP() << "this user may not mount a small tmpfs: "
                   << system_error(errno, "mount", disk_).message;
    }
    is_mounted_ = true;
  }
  void TearDown() override {
    if (is_mounted_) ::umount2(disk_.c_str(), MNT_DETACH);
  }

  // Rows that no compression makes smaller than 8 bytes each.
  [[nodiscard]] fs::path many_rows() const {
    std::mt19937_64 random(7);
    std::string text = "k,x\n";
    for (int row = 0; row < 800'000; ++row)
      text += fmt::format("a,{}\n", static_cast<std::int64_t>(random() >> 1U));
    return write("in/many.csv", text);
  }
  [[nodiscard]] std::size_t attempts() const {
    return list_folder(disk_ / ".data/t").value_or(std::vector<std::string>()).size();
  }

  fs::path disk_ = workspace_ / "warehouse";
  bool is_mounted_ = false;
};

TEST_F(WarehouseOnASmallDisk, AnImportThatDoesNotFitLeavesEverythingAsItWas) {
  ASSERT_EQ(import("t", write("in/a.csv", "k,x\na,1\n"), {"--partition-by", "k"}).exit_code, 0);
  const auto before = shown("t/k=a");
  const auto refused = import("t", many_rows(), {"--partition-by", "k"});
  EXPECT_EQ(refused.exit_code, 6);
  EXPECT_THAT(refused.err, HasSubstr("No space left on device"));
  EXPECT_EQ(rows("select k, x from t"), Json::array({{{"k", "a"}, {"x", 1}}}));
  EXPECT_EQ(shown("t/k=a"), before);
  EXPECT_EQ(attempts(), 1U) << "the room was given back";
  EXPECT_EQ(import("t", write("in/b.csv", "k,x\nb,2\n"), {"--partition-by", "k"}).exit_code, 0);
}

TEST_F(WarehouseOnASmallDisk, AStepThatDoesNotFitFailsAndPublishesNothing) {
  write("pipelines/p.yaml",
        "pipeline: p\n"
        "steps:\n"
        "  rows: { sql: sql/rows.sql, output: t }\n");
  write("sql/rows.sql", "select 1 as n, uuid() as x");
  ASSERT_EQ(run({"run", "p"}).exit_code, 0);
  const auto before = shown("t/all");
  write("sql/rows.sql", "select n, uuid() as x from range(1000000) r(n)");
  const auto failed = run({"run", "p", "--new"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err + failed.out, HasSubstr("No space left on device"));
  EXPECT_EQ(rows("select count(*) as n from t"), Json::array({{{"n", 1}}}));
  EXPECT_EQ(shown("t/all"), before);
}

TEST_F(WarehouseOnASmallDisk, AReadOnlyWarehouseCanBeReadAndSaysWhyItTakesNothing) {
  const auto file = write("in/a.csv", "k,x\na,1\n");
  ASSERT_EQ(import("t", file, {"--partition-by", "k"}).exit_code, 0);
  ASSERT_EQ(::mount(nullptr, disk_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  EXPECT_EQ(rows("select x from t"), Json::array({{{"x", 1}}}));
  const auto refused = import("t", file, {"--partition-by", "k"});
  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_THAT(refused.err, HasSubstr("Read-only file system"));
  EXPECT_THAT(refused.err, HasSubstr((disk_ / ".data").string()));
  EXPECT_EQ(answer({"tables", "show", "t"}).size(), 1U);
}

using ProgramsAtOnce = TableWorkspace;

TEST_F(ProgramsAtOnce, ImportIntoTheirOwnPartitionsAndLoseNone) {
  constexpr int programs = 6;
  std::vector<Subprocess> started;
  for (int number = 0; number < programs; ++number) {
    const auto file =
        write(fmt::format("in/{}.csv", number), fmt::format("k,n\np{0},{0}\n", number));
    started.push_back(program_.start(import_of("t", file, {"--partition-by", "k"}), workspace_));
  }
  for (auto& program : started) {
    const auto end = program.wait();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->exit_code, 0);
  }
  EXPECT_EQ(rows("select count(*) as n, sum(n) as s from t"),
            Json::array({{{"n", programs}, {"s", 15}}}));
  for (int number = 0; number < programs; ++number)
    EXPECT_EQ(shown(fmt::format("t/k=p{}", number)).size(), 1U);
}

TEST_F(ProgramsAtOnce, ReplaceTheSamePartitionOneAfterTheOther) {
  const auto file = write("in/a.csv", "k,n\na,1\nb,1\n");
  std::vector<Subprocess> started;
  for (int number = 0; number < 4; ++number)
    started.push_back(program_.start(import_of("t", file, {"--partition-by", "k"}), workspace_));
  int succeeded = 0;
  for (auto& program : started) {
    const auto end = program.wait();
    ASSERT_TRUE(end);
    succeeded += end->exit_code == 0 ? 1 : 0;
  }
  // One that finds its partition being written is refused; what is published is whole.
  EXPECT_GE(succeeded, 1);
  EXPECT_EQ(rows("select k, n from t order by k"),
            Json::array({{{"k", "a"}, {"n", 1}}, {{"k", "b"}, {"n", 1}}}));
  std::size_t current = 0;
  for (const auto& content : answer({"tables", "show", "t"}))
    current += content.at("state") == "current" ? 1 : 0;
  EXPECT_EQ(current, 2U);
}

}  // namespace
}  // namespace gossamer::test
