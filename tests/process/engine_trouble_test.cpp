// SPDX-License-Identifier: Apache-2.0
// A server that is stopped for a while by a signal, and one whose disk is full: nothing is lost,
// and both go on by themselves.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>

#include "tests/support/server.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class ServerInTrouble : public testing::Test {
 protected:
  void write_workspace() {
    ASSERT_EQ(::mkfifo(begun().c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(leave().c_str(), 0600), 0);
    workspace_.write("gossamer.yaml", "workspace: trouble\ntimezone: UTC\n");
    workspace_.write("pipelines/p.yaml",
                     "pipeline: p\n"
                     "steps:\n"
                     "  work:\n"
                     "    retries: { attempts: 5, backoff: 100ms, retry_on: [lost, unavailable] }\n"
                     "    command: { argv: [/bin/sh, -c, \"[ -e " +
                         effects().string() + " ] && exit 0; echo $$ > " + begun().string() +
                         "; read line < " + leave().string() + "; echo done >> " +
                         effects().string() + "; echo over > " + begun().string() + "\"] }\n");
    workspace_.write("pipelines/q.yaml", "pipeline: q\nsteps: { nothing: { none: {} } }\n");
    const auto applied = workspace_.run({"apply"});
    ASSERT_EQ(applied.exit_code, 0) << applied.err;
  }
  [[nodiscard]] fs::path begun() const { return workspace_.beside("begun"); }
  [[nodiscard]] fs::path leave() const { return workspace_.beside("leave"); }
  [[nodiscard]] fs::path effects() const { return workspace_.beside("effects"); }
  [[nodiscard]] std::string begin_run() const {
    const auto run = workspace_.json({"run", "p", "--detach"}).at("run").get<std::string>();
    EXPECT_TRUE(read_file(begun()));
    return run;
  }
  void let_go_on() const {
    const auto pipe = open_file(leave(), O_WRONLY);
    ASSERT_TRUE(pipe);
    ASSERT_TRUE(write_all(*pipe, "go\n", leave()));
    EXPECT_TRUE(read_file(begun()));  // it is about to end
  }

  Workspace workspace_;
};

TEST_F(ServerInTrouble, OneThatIsStoppedKeepsItsPlaceAndGoesOn) {
  write_workspace();
  auto server = serve(workspace_);
  const auto run = begin_run();
  ASSERT_TRUE(server.send_signal(SIGSTOP));
  let_go_on();
  // Reads do without it; what needs an engine gets no second one, and waits.
  EXPECT_EQ(workspace_.json({"runs", "show", run}).at("state"), "running");
  auto waiting = workspace_.start({"run", "q"});
  const auto second = workspace_.run({"serve", "--headless"});
  EXPECT_EQ(second.exit_code, 5) << second.err;
  EXPECT_THAT(second.err, HasSubstr("driven by process"));
  ASSERT_TRUE(server.send_signal(SIGCONT));
  const auto waited = waiting.wait();
  ASSERT_TRUE(waited);
  EXPECT_EQ(waited->exit_code, 0);
  EXPECT_EQ(workspace_.run({"runs", "wait", run}).exit_code, 0);
  EXPECT_EQ(workspace_.json({"runs", "show", run}).at("steps").at(0).at("attempts"), 1);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
  stop(server);
}

// The whole workspace is a disk of 16 MiB.
class OnASmallDisk : public ServerInTrouble {
 protected:
  void SetUp() override {
    ASSERT_TRUE(make_folders(workspace_.folder()));
    if (::mount("tmpfs", workspace_.folder().c_str(), "tmpfs", 0, "size=16m") != 0) {
      GTEST_SKIP() << "this user may not mount a small tmpfs: "
                   << system_error(errno, "mount", workspace_.folder()).message;
    }
    is_mounted_ = true;
    write_workspace();
  }
  void TearDown() override {
    if (is_mounted_) ::umount2(workspace_.folder().c_str(), MNT_DETACH);
  }
  [[nodiscard]] fs::path filler() const { return workspace_.folder() / "filler"; }
  // To the last byte.
  void fill() const {
    const auto file = open_file(filler(), O_WRONLY | O_CREAT);
    ASSERT_TRUE(file);
    const std::string block(4096, 'x');
    while (write_all(*file, block, filler())) {
    }
  }

  bool is_mounted_ = false;
};

TEST_F(OnASmallDisk, TheServerSaysSoAndGoesOnWhenThereIsRoom) {
  auto server = serve(workspace_);
  const auto run = begin_run();
  fill();
  const auto refused = workspace_.run({"run", "q"});
  EXPECT_EQ(refused.exit_code, 6) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("full"));
  let_go_on();
  fs::remove(filler());
  EXPECT_EQ(workspace_.run({"runs", "wait", run}).exit_code, 0);
  EXPECT_EQ(read_file(effects()).value_or(""), "done\n");
  EXPECT_EQ(workspace_.run({"run", "q"}).exit_code, 0);
  EXPECT_EQ(workspace_.run({"audit", "verify"}).exit_code, 0);
  stop(server);
}

}  // namespace
}  // namespace gossamer::test
