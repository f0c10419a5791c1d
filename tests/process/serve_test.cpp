// SPDX-License-Identifier: Apache-2.0
// A server that holds a workspace, by real processes: commands come to it, runs go on without their
// callers, timers pass, and it stops and starts again without losing anything.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "tests/support/server.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class Served : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::mkfifo(begun().c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(leave().c_str(), 0600), 0);
    workspace_.write("gossamer.yaml", "workspace: served\ntimezone: UTC\n");
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "steps:\n"
                     "  work:\n"
                     "    command: { argv: [/bin/sh, -c, \"echo $$ > " +
                         begun().string() + "; read line < " + leave().string() +
                         "; echo done >> " + effects().string() + "\"] }\n");
    workspace_.write_asking_pipeline("ask");
    ASSERT_EQ(workspace_.run({"apply"}).exit_code, 0);
  }
  [[nodiscard]] fs::path begun() const { return workspace_.beside("begun"); }
  [[nodiscard]] fs::path leave() const { return workspace_.beside("leave"); }
  [[nodiscard]] fs::path effects() const { return workspace_.beside("effects"); }

  [[nodiscard]] Subprocess serve() const { return test::serve(workspace_); }
  void wait_until_begun() const { EXPECT_TRUE(read_file(begun())); }
  void let_go_on() const {
    const auto pipe = open_file(leave(), O_WRONLY);
    ASSERT_TRUE(pipe);
    ASSERT_TRUE(write_all(*pipe, "go\n", leave()));
  }
  [[nodiscard]] std::string detached_run(const std::string& pipeline) const {
    const auto run = workspace_.json({"run", pipeline, "--detach"});
    return run.at("run").get<std::string>();
  }

  Workspace workspace_;
};

TEST_F(Served, ADetachedRunGoesOnWithoutItsCaller) {
  auto server = serve();
  const auto run = detached_run("p");
  wait_until_begun();
  EXPECT_EQ(workspace_.json({"runs", "show", run}).at("state"), "running");
  let_go_on();
  const auto waited = workspace_.run({"runs", "wait", run});
  EXPECT_EQ(waited.exit_code, 0) << waited.err;
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
  stop(server);
}

TEST_F(Served, WhatRunsWhenItStopsGoesOnAndTheNextOneTakesItOver) {
  auto server = serve();
  const auto run = detached_run("p");
  wait_until_begun();
  stop(server);
  EXPECT_EQ(workspace_.json({"runs", "show", run}).at("state"), "running");
  let_go_on();
  auto next = serve();
  EXPECT_EQ(workspace_.run({"runs", "wait", run}).exit_code, 0);
  EXPECT_EQ(workspace_.json({"runs", "show", run}).at("steps").at(0).at("attempts"), 1);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
  stop(next, SIGINT);
}

TEST_F(Served, ItStopsAtOnceAlthoughACallerWaitsAndTheCallerIsTold) {
  auto server = serve();
  auto caller = workspace_.start({"run", "p"});
  wait_until_begun();
  stop(server);
  const auto end = caller.wait();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 6);
  // Another command goes on with the same run, as the engine of its own.
  const auto run = workspace_.json({"runs", "list"})[0].at("run").get<std::string>();
  auto again = workspace_.start({"runs", "wait", run});
  let_go_on();
  EXPECT_EQ(again.wait()->exit_code, 0);
  EXPECT_EQ(workspace_.json({"runs", "list"}).size(), 1U);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
}

TEST_F(Served, OneThatIsKilledLosesNothing) {
  auto server = serve();
  const auto run = detached_run("p");
  wait_until_begun();
  ASSERT_TRUE(server.send_signal(SIGKILL));
  ASSERT_TRUE(server.wait());
  auto next = serve();
  let_go_on();
  EXPECT_EQ(workspace_.run({"runs", "wait", run}).exit_code, 0);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
  stop(next);
}

TEST_F(Served, ASecondOneIsRefusedAndNamesTheFirst) {
  auto server = serve();
  const auto second = workspace_.run({"serve", "--headless"});
  EXPECT_EQ(second.exit_code, 5);
  EXPECT_THAT(second.err, HasSubstr("process " + std::to_string(server.pid())));
  stop(server);
}

TEST_F(Served, RunsWhatWasAppliedNotWhatWasEditedSince) {
  auto server = serve();
  workspace_.write("pipelines/p.yaml", "pipeline: p\nsteps: { work: { none: {} } }\n");
  const auto run = detached_run("p");
  wait_until_begun();
  let_go_on();
  EXPECT_EQ(workspace_.run({"runs", "wait", run}).exit_code, 0);
  EXPECT_EQ(workspace_.run({"apply"}).exit_code, 0);
  EXPECT_EQ(workspace_.run({"run", "p"}).exit_code, 0);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
  stop(server);
}

TEST_F(Served, GatesAreDecidedThroughIt) {
  auto server = serve();
  EXPECT_EQ(workspace_.run({"run", "ask"}).exit_code, 4);
  const auto approved = workspace_.run_as("ana", {"gates", "approve", workspace_.open_gate()});
  EXPECT_EQ(approved.exit_code, 0) << approved.err;
  EXPECT_EQ(workspace_.json({"runs", "list"})[0].at("state"), "succeeded");
  stop(server);
}

TEST_F(Served, SaysWhatItNeeds) {
  EXPECT_EQ(workspace_.run_as("ana", {"serve", "--headless"}).exit_code, 3);
  const auto detached = workspace_.run({"run", "ask", "--detach"});
  EXPECT_EQ(detached.exit_code, 3);
  EXPECT_THAT(detached.err, HasSubstr("gossamer serve --headless"));
}

}  // namespace
}  // namespace gossamer::test
