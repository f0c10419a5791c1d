// SPDX-License-Identifier: Apache-2.0
// Backfills as people run them: planned, looked at, started, interrupted, gone on with.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "tests/support/table_workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

// So many looks at a backfill that goes on by itself.
constexpr int patience = 2000;

// A program a day: it fails where a file of the day's name lies in `bad`, and waits while the day
// is held.
class Days : public TableWorkspace {
 protected:
  void SetUp() override {
    write("gossamer.yaml", "workspace: days\ntimezone: UTC\npools: { default: 3 }\n");
    declare("");
    write("bad/none", "");
    write("held/none", "");
  }
  void declare(const std::string& more) const {
    const auto at = [&](const char* folder) { return (workspace_ / folder).string(); };
    write("pipelines/daily.yaml",
          fmt::format("pipeline: daily\n"
                      "partitions: {{ every: day, timezone: Asia/Tokyo, start: 2026-11-01 }}\n"
                      "{}steps:\n"
                      "  work:\n"
                      "    command:\n"
                      "      argv: [\"/bin/sh\", \"-c\", \"[ ! -p {}/$0 ] || read x < {}/$0; "
                      "[ ! -e {}/$0 ]\", \"${{run.partition}}\"]\n",
                      more, at("held"), at("held"), at("bad")));
  }
  // Its program reads from a pipe that nobody writes to, until the day is let go.
  [[nodiscard]] fs::path pipe_of(const std::string& day) const { return workspace_ / "held" / day; }
  void hold(const std::string& day) const { ASSERT_EQ(::mkfifo(pipe_of(day).c_str(), 0600), 0); }
  void let_go(const std::string& day) const {
    const auto pipe = open_file(pipe_of(day), O_RDWR);
    ASSERT_TRUE(pipe);
    ASSERT_EQ(::unlink(pipe_of(day).c_str()), 0);
  }
  [[nodiscard]] std::string plan(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"backfills", "plan", "daily"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return answer(std::move(arguments)).at("plan").get<std::string>();
  }
  [[nodiscard]] Json shown(const std::string& plan) const {
    return answer({"backfills", "show", plan});
  }
  // Looks until so many partitions are in a state.
  void await(const std::string& plan, const char* state, int count) const {
    for (int look = 0; look < patience; ++look) {
      if (shown(plan).value(state, 0) >= count) return;
    }
    FAIL() << count << " partitions never were " << state;
  }
};

TEST_F(Days, AreDoneAsPlannedAndNotTwice) {
  const auto text =
      run({"backfills", "plan", "daily", "--from", "2026-11-01", "--to", "2026-11-03"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.err, HasSubstr("3 partitions planned"));
  EXPECT_THAT(text.err, HasSubstr("gossamer backfills start plan_"));
  const auto listed = answer({"backfills", "list"});
  ASSERT_EQ(listed.size(), 1U);
  const auto id = listed[0].at("plan").get<std::string>();
  EXPECT_TRUE(answer({"runs", "list"}).empty());

  const auto done = run({"backfills", "start", id});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("daily: 3 of 3 done, 0 failed, 0 running"));
  const auto plan_done = shown(id);
  EXPECT_EQ(plan_done.at("state"), "succeeded");
  for (const auto& row : plan_done.at("rows")) {
    EXPECT_EQ(row.at("state"), "succeeded");
    EXPECT_EQ(row.at("reason"), "missing");
  }
  std::set<std::string> days;
  for (const auto& one : answer({"runs", "list"})) {
    days.insert(one.at("partition").get<std::string>());
    EXPECT_EQ(one.at("cause").at("kind"), "backfill");
    EXPECT_EQ(one.at("cause").at("detail"), id);
  }
  EXPECT_EQ(days, (std::set<std::string>{"day=2026-11-01", "day=2026-11-02", "day=2026-11-03"}));
  const auto nothing = run({"backfills", "plan", "daily", "--to", "2026-11-03"});
  EXPECT_EQ(nothing.exit_code, 0);
  EXPECT_THAT(nothing.err, HasSubstr("Nothing to do"));
  EXPECT_EQ(run({"backfills", "start", id}).exit_code, 5);
}

TEST_F(Days, PauseAtFailuresGoOnAndAreDoneAgain) {
  write("bad/2026-11-02", "");
  const auto first = plan({"--to", "2026-11-04"});
  const auto paused =
      run({"backfills", "start", first, "--max-active", "1", "--on-failure", "pause-after:1"});
  EXPECT_EQ(paused.exit_code, 1);
  EXPECT_THAT(paused.out, HasSubstr("paused after 1 failure: day=2026-11-02 failed"));
  const auto failed = answer({"backfills", "show", first, "--state", "failed"}).at("rows");
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].at("partition"), "day=2026-11-02");
  EXPECT_EQ(answer({"runs", "show", failed[0].at("run").get<std::string>()}).at("state"), "failed");
  const auto resumed = run({"backfills", "resume", first});
  EXPECT_EQ(resumed.exit_code, 1) << resumed.err;
  EXPECT_EQ(shown(first).at("succeeded"), 3);

  ASSERT_TRUE(remove_tree(workspace_ / "bad/2026-11-02"));
  const auto second = plan({"--to", "2026-11-04", "--reprocess", "failed"});
  EXPECT_EQ(shown(second).at("partitions"), 1);
  EXPECT_EQ(run({"backfills", "start", second}).exit_code, 0);
  EXPECT_EQ(shown(second).at("state"), "succeeded");
}

TEST_F(Days, RefuseAPlanOfOtherFilesAndDaysThatAreNone) {
  const auto early = run({"backfills", "plan", "daily", "--from", "2026-10-01"});
  EXPECT_EQ(early.exit_code, 3);
  EXPECT_THAT(early.err, HasSubstr("2026-10-01 is before the first day, which is 2026-11-01"));
  EXPECT_THAT(run({"backfills", "plan", "daily", "--to", "2199-01-01"}).err,
              HasSubstr("it is not complete yet"));
  EXPECT_THAT(run({"backfills", "plan", "daily", "--reprocess", "mising"}).err,
              HasSubstr("did you mean `missing`"));
  const auto old = plan({"--to", "2026-11-02"});
  EXPECT_THAT(run({"backfills", "start", old, "--on-failure", "panic"}).err,
              HasSubstr("write stop, continue, or pause-after:3"));
  declare("deadline: 1h\n");
  const auto refused = run({"backfills", "start", old});
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.err, HasSubstr("is out of date: daily has changed since it was made"));
  EXPECT_EQ(run({"backfills", "cancel", old, "--reason", "old"}).exit_code, 0);
  EXPECT_EQ(shown(old).at("state"), "cancelled");
  EXPECT_TRUE(answer({"runs", "list"}).empty());
  EXPECT_EQ(run({"backfills", "show", "plan_0190a1b2-0000-7000-8000-000000000000"}).exit_code, 8);
}

// The command is killed in the middle; the next one goes on, and every day has one run.
TEST_F(Days, GoOnAfterTheirEngineWasKilled) {
  hold("2026-11-03");
  const auto id = plan({"--to", "2026-11-06"});
  auto driver = program_.start({"backfills", "start", id, "--max-active", "2"}, workspace_);
  // Reading works beside it; the third day cannot end before it is let go.
  await(id, "succeeded", 2);
  ASSERT_TRUE(driver.send_signal(SIGKILL));
  ASSERT_TRUE(driver.wait());
  let_go("2026-11-03");
  const auto waited = run({"backfills", "wait", id});
  EXPECT_EQ(waited.exit_code, 0) << waited.err;
  EXPECT_EQ(shown(id).at("succeeded"), 6);
  EXPECT_EQ(answer({"runs", "list"}).size(), 6U);
}

// Another person pauses and cancels what one command drives.
TEST_F(Days, ArePausedAndCancelledFromOutside) {
  for (const char* day : {"2026-11-01", "2026-11-02"})
    hold(day);
  const auto id = plan({"--to", "2026-11-06"});
  auto driver = program_.start({"backfills", "start", id, "--max-active", "2"}, workspace_);
  await(id, "running", 2);
  EXPECT_EQ(run({"--as", "ana", "backfills", "pause", id}).exit_code, 0);
  let_go("2026-11-01");
  await(id, "succeeded", 1);
  EXPECT_EQ(shown(id).at("running"), 1);
  EXPECT_EQ(run({"--as", "ana", "backfills", "cancel", id}).exit_code, 0);
  const auto end = driver.wait();
  ASSERT_TRUE(end);
  const auto view = shown(id);
  EXPECT_EQ(view.at("state"), "cancelled");
  EXPECT_EQ(view.at("cancelled"), 1);
  EXPECT_EQ(view.at("pending"), 4);
  let_go("2026-11-02");
  EXPECT_EQ(run({"run", "daily", "--partition", "2026-11-02"}).exit_code, 0);
}

}  // namespace
}  // namespace gossamer::test
