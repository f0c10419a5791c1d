// SPDX-License-Identifier: Apache-2.0
// Timers of pipelines, by real processes under a clock that is set: what the command line says of
// them, and what a server starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "tests/support/server.hpp"
#include "tests/support/shifted_clock.hpp"

namespace gossamer::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Scheduled : public testing::Test {
 protected:
  void SetUp() override {
    if (!clock_.is_there()) GTEST_SKIP() << "a sanitizer's library has to come first";
    clock_.lend_to(workspace_.program());
    set_clock("2026-11-24T03:00:00+09:00");
    workspace_.write("gossamer.yaml", "workspace: scheduled\ntimezone: Asia/Tokyo\n");
    workspace_.write("pipelines/daily.yaml",
                     "pipeline: daily\n"
                     "partitions: { every: day, timezone: Asia/Tokyo, start: 2026-11-01 }\n"
                     "schedule: { cron: \"30 4 * * *\", catch_up: last }\n"
                     "window: { lag: 1d }\n"
                     "steps: { work: { none: {} } }\n");
    workspace_.write("pipelines/behind.yaml",
                     "pipeline: behind\n"
                     "schedule: { when_finished: [daily] }\n"
                     "steps: { work: { none: {} } }\n");
    ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  }

  void set_clock(const std::string& moment) const {
    const auto by = *parse_instant(moment) - SystemClock().now();
    clock_.shift(std::chrono::floor<std::chrono::seconds>(by));
  }
  // Partitions of the pipeline's runs, the newest first, once the engine has seen the time: a timer
  // that is on is switched on again, which changes nothing.
  [[nodiscard]] std::vector<std::string> partitions() const {
    EXPECT_EQ(workspace_.run({"schedules", "resume", "daily"}).exit_code, 0);
    std::vector<std::string> found;
    for (const auto& run : workspace_.json({"runs", "list", "--pipeline", "daily"}))
      found.push_back(run.at("partition").get<std::string>());
    return found;
  }

  ShiftedClock clock_;
  Workspace workspace_;
};

TEST_F(Scheduled, ListSaysWhatStartsAndWhetherItIsOn) {
  const auto rows = workspace_.json({"schedules", "list"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("when"), "after daily");
  EXPECT_EQ(rows[0].at("state"), "on");
  EXPECT_EQ(rows[1].at("when"), "30 4 * * *");
  EXPECT_EQ(rows[1].at("zone"), "Asia/Tokyo");
  EXPECT_EQ(rows[1].at("state"), "off");
  EXPECT_EQ(rows[1].at("next"), nullptr);
  EXPECT_EQ(workspace_.run({"schedules", "list", "-o", "name"}).out, "behind\ndaily\n");
}

TEST_F(Scheduled, APreviewSaysWhatResumingStarts) {
  const auto preview = workspace_.json({"schedules", "preview", "daily"});
  EXPECT_EQ(preview.at("at_once"), 1);
  const auto& starts = preview.at("starts");
  ASSERT_EQ(starts.size(), 6U);
  EXPECT_EQ(starts[0].at("partition"), "day=2026-11-22");
  EXPECT_EQ(starts[0].at("local"), "2026-11-23T04:30");
  EXPECT_EQ(starts[1].at("partition"), "day=2026-11-23");
  EXPECT_EQ(starts[1].at("local"), "2026-11-24T04:30");
  EXPECT_EQ(starts[1].at("window_start"), "2026-11-22T00:00");
  EXPECT_EQ(starts[1].at("window_end"), "2026-11-23T00:00");
  EXPECT_EQ(workspace_.run({"runs", "list", "-o", "name"}).out, "");

  const auto table = workspace_.run({"schedules", "next", "daily", "--limit", "1"});
  EXPECT_THAT(table.out, HasSubstr("2026-11-24T04:30"));
  const auto none = workspace_.run({"schedules", "next"});
  EXPECT_THAT(none.err, HasSubstr("no timer is on"));
}

TEST_F(Scheduled, WhatHasNoTimerIsNamed) {
  const auto wrong = workspace_.run({"schedules", "resume", "dayly"});
  EXPECT_EQ(wrong.exit_code, 8);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean `daily`"));
  EXPECT_EQ(workspace_.run({"schedules", "preview", "behind"}).exit_code, 8);
  EXPECT_EQ(workspace_.run({"schedules", "next", "--limit", "0"}).exit_code, 3);
}

TEST_F(Scheduled, WithoutAServerATimerThatIsOnStartsNothing) {
  const auto resumed = workspace_.run_as("ana", {"schedules", "resume", "daily"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("starts 1 run at once"));
  EXPECT_THAT(resumed.err, HasSubstr("serve --headless"));
  EXPECT_TRUE(partitions().empty());
  EXPECT_EQ(workspace_.json({"schedules", "list"})[1].at("by"), "ana");
  const auto audit = workspace_.json({"audit", "list"});
  EXPECT_THAT(audit.dump(), HasSubstr("schedule.resume"));
}

TEST_F(Scheduled, AServerStartsEachPartitionOnce) {
  auto server = serve(workspace_);
  EXPECT_EQ(workspace_.run({"schedules", "resume", "daily"}).exit_code, 0);
  EXPECT_THAT(partitions(), ElementsAre("day=2026-11-22"));
  set_clock("2026-11-24T04:31:00+09:00");
  EXPECT_THAT(partitions(), ElementsAre("day=2026-11-23", "day=2026-11-22"));
  stop(server);
  server = serve(workspace_);
  EXPECT_THAT(partitions(), ElementsAre("day=2026-11-23", "day=2026-11-22"));

  // What comes due while nothing runs is made up for as `catch_up: last` says.
  ASSERT_TRUE(server.send_signal(SIGKILL));
  ASSERT_TRUE(server.wait());
  set_clock("2026-11-27T05:00:00+09:00");
  server = serve(workspace_);
  EXPECT_THAT(partitions(), ElementsAre("day=2026-11-26", "day=2026-11-23", "day=2026-11-22"));

  EXPECT_EQ(workspace_.run({"schedules", "pause", "daily"}).exit_code, 0);
  set_clock("2026-11-28T05:00:00+09:00");
  EXPECT_EQ(workspace_.json({"schedules", "list"})[1].at("state"), "off");
  EXPECT_EQ(workspace_.json({"runs", "list", "--pipeline", "daily"}).size(), 3U);
  EXPECT_EQ(workspace_.json({"runs", "list", "--pipeline", "behind"}).size(), 3U);
  stop(server);
}

}  // namespace
}  // namespace gossamer::test
