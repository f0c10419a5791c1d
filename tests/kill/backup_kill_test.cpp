// SPDX-License-Identifier: Apache-2.0
// Backup, restore and the collection of code, killed at each change that they make to the disk.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/traced.hpp"
#include "tests/support/workspace.hpp"

namespace gossamer::test {
namespace {

class BackupKilled : public testing::Test {
 protected:
  void SetUp() override {
    workspace_.write("gossamer.yaml", "workspace: kill\ntimezone: UTC\n");
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "steps:\n"
                     "  rows: { sql: select n from range(3) r(n), output: t }\n"
                     "  look: { command: { argv: [./bin/look], code: [bin] } }\n");
    change_code(0);
    ASSERT_EQ(workspace_.run({"run", "p"}).exit_code, 0);
  }
  void change_code(std::uint64_t version) const {
    workspace_.write("bin/look", fmt::format("#!/bin/sh\necho {}\n", version));
    fs::permissions(workspace_.folder() / "bin/look", fs::perms::owner_all);
  }
  // True while there was a step to be killed at.
  bool killed(const std::vector<std::string>& arguments, std::uint64_t step) {
    const auto steps =
        std::getenv("GOSSAMER_LONG") == nullptr ? DiskSteps::names : DiskSteps::writes;
    const auto options = workspace_.program().options(arguments, workspace_.folder());
    const auto end = run_traced(options, steps, step);
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
  void expect_whole(const fs::path& workspace) {
    const auto rows =
        workspace_.program().run({"query", "select count(*) as n from t", "-o", "json"}, workspace);
    ASSERT_EQ(rows.exit_code, 0) << at_ << ": " << rows.err;
    EXPECT_EQ(rows.json()[0].at("n"), 3) << at_;
    EXPECT_EQ(workspace_.program().run({"audit", "verify"}, workspace).exit_code, 0) << at_;
  }
  void expect_succeeds(const std::vector<std::string>& arguments) {
    const auto ran = workspace_.run(arguments);
    EXPECT_EQ(ran.exit_code, 0) << at_ << ": " << ran.err;
  }

  Workspace workspace_;
  std::string at_;
};

TEST_F(BackupKilled, ABackupIsWholeOrNotThere) {
  const auto copy = workspace_.beside("copy");
  const auto again = workspace_.beside("again");
  std::uint64_t step = 1;
  for (bool going = true; going && !HasFailure(); ++step) {
    going = killed({"backup", copy.string()}, step);
    if (!fs::exists(copy)) expect_succeeds({"backup", copy.string()});
    expect_succeeds({"restore", copy.string(), again.string()});
    expect_whole(again);
    ASSERT_TRUE(remove_tree(copy));
    ASSERT_TRUE(remove_tree(again));
  }
  EXPECT_GT(step, 20U);
  EXPECT_FALSE(fs::exists(workspace_.beside("copy.partial"))) << "the last one took it away";
}

TEST_F(BackupKilled, ARestoredWorkspaceIsWholeOrNotThere) {
  const auto copy = workspace_.beside("copy");
  const auto again = workspace_.beside("again");
  expect_succeeds({"backup", copy.string()});
  std::uint64_t step = 1;
  for (bool going = true; going && !HasFailure(); ++step) {
    going = killed({"restore", copy.string(), again.string()}, step);
    if (!fs::exists(again)) expect_succeeds({"restore", copy.string(), again.string()});
    expect_whole(again);
    ASSERT_TRUE(remove_tree(again));
  }
  EXPECT_GT(step, 20U);
}

TEST_F(BackupKilled, ACollectionTakesOnlyCodeThatNoRunHasPinned) {
  const auto code = workspace_.folder() / ".gossamer/code";
  const auto copies = [&] {
    auto names = list_folder(code).value_or(std::vector<std::string>());
    std::erase(names, ".lock");
    return names;
  };
  const auto pinned = copies();
  ASSERT_EQ(pinned.size(), 1U);
  std::uint64_t step = 1;
  for (bool going = true; going && !HasFailure(); ++step) {
    // As left behind by a run that is kept no more.
    const auto old = code / fmt::format("{:064x}", step);
    ASSERT_TRUE(make_folders(old / "bin"));
    ASSERT_TRUE(write_file_durably(old / "bin/look", "old", 0444));
    fs::permissions(old / "bin", fs::perms::owner_read | fs::perms::owner_exec);
    going = killed({"gc"}, step);
    expect_succeeds({"gc"});
    EXPECT_EQ(copies(), pinned) << at_;
  }
  EXPECT_GT(step, 5U);
  change_code(1);
  expect_succeeds({"run", "p"});
  expect_succeeds({"gc"});
  EXPECT_EQ(copies().size(), 2U) << "the code of each kept run is kept";
}

}  // namespace
}  // namespace gossamer::test
