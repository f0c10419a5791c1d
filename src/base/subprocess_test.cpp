// SPDX-License-Identifier: Apache-2.0
#include "base/subprocess.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <thread>

#include <gtest/gtest.h>

#include "base/event_fd.hpp"
#include "base/text.hpp"

namespace gossamer {
namespace {

using namespace std::chrono_literals;

SpawnOptions shell(std::string script) {
  SpawnOptions options;
  options.argv = {"/bin/sh", "-c", std::move(script)};
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  return options;
}

std::string output_of(const SpawnOptions& options) {
  return run_captured(options, 60s).value().output;
}

TEST(Subprocess, ReportsExitCodesAndSignals) {
  const ProcessEnd fine = Subprocess::spawn(shell("exit 0")).value().wait().value();
  EXPECT_TRUE(fine.succeeded());
  EXPECT_GT(fine.peak_memory_bytes, 0);
  const ProcessEnd three = Subprocess::spawn(shell("exit 3")).value().wait().value();
  EXPECT_EQ(three.describe(), "exit code 3");
  const ProcessEnd killed = Subprocess::spawn(shell("kill -9 $$")).value().wait().value();
  EXPECT_EQ(killed.exit_code, 137);
  EXPECT_EQ(killed.signal, 9);
  EXPECT_EQ(killed.describe(), "killed by signal 9 (Killed)");
}

TEST(Subprocess, InheritsNothingThatWasNotNamed) {
  ASSERT_EQ(::setenv("GOSSAMER_LEAK", "x", 1), 0);
  const int leaky = ::open("/dev/null", O_RDONLY);  // without close-on-exec, on purpose
  ::signal(SIGUSR1, SIG_IGN);
  SpawnOptions options;
  options.argv = {"/usr/bin/env"};
  options.environment = {{"ONLY", "this one"}};
  EXPECT_EQ(output_of(options), "ONLY=this one\n");
  EXPECT_EQ(output_of(shell("ls /proc/self/fd")), "0\n1\n2\n3\n");  // 3: the folder that ls reads
  const std::string status = output_of(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status"));
  EXPECT_EQ(status, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  ::signal(SIGUSR1, SIG_DFL);
  ::close(leaky);
  ::unsetenv("GOSSAMER_LEAK");
}

TEST(Subprocess, PassesDescriptorsUnderChosenNumbers) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const FileDescriptor file = open_file(folder.path() / "out", O_RDWR | O_CREAT | O_APPEND).value();
  SpawnOptions options = shell("echo to pipe >&5; echo to file >&7; echo also >&2");
  // The pipe goes where the file stands now and the other way round.
  options.descriptors = {{writing.number(), 5}, {file.number(), 7}};
  options.standard_error = file.number();
  ASSERT_TRUE(Subprocess::spawn(options).value().wait().value().succeeded());
  writing.close();
  std::array<char, 64> buffer{};
  const ssize_t got = ::read(reading.number(), buffer.data(), buffer.size());
  EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(got)), "to pipe\n");
  EXPECT_EQ(read_file(folder.path() / "out").value(), "to file\nalso\n");
}

TEST(Subprocess, SwapsNumbersWithoutLosingOne) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const FileDescriptor a = open_file(folder.path() / "a", O_RDWR | O_CREAT).value();
  const FileDescriptor b = open_file(folder.path() / "b", O_RDWR | O_CREAT).value();
  SpawnOptions options;
  options.argv = {
      "/bin/bash", "-c",
      "echo A >&" + std::to_string(b.number()) + "; echo B >&" + std::to_string(a.number())};
  options.descriptors = {{a.number(), b.number()}, {b.number(), a.number()}};
  ASSERT_TRUE(Subprocess::spawn(options).value().wait().value().succeeded());
  EXPECT_EQ(read_file(folder.path() / "a").value(), "A\n");
  EXPECT_EQ(read_file(folder.path() / "b").value(), "B\n");
}

TEST(Subprocess, RunsInTheFolderAndTheGroupThatWereAsked) {
  SpawnOptions options = shell("pwd");
  options.folder = "/usr";
  EXPECT_EQ(output_of(options), "/usr\n");
  const auto numbers = [](ProcessGroup group) {
    SpawnOptions asked = shell("echo $$ $(cut -d' ' -f5,6 /proc/$$/stat)");
    asked.group = group;
    return split(trimmed(output_of(asked)), ' ');
  };
  const auto own = numbers(ProcessGroup::new_group);
  EXPECT_EQ(own[1], own[0]);
  EXPECT_NE(own[2], own[0]);
  const auto session = numbers(ProcessGroup::new_session);
  EXPECT_EQ(session[2], session[0]);
  EXPECT_EQ(numbers(ProcessGroup::same)[1], std::to_string(::getpgrp()));
}

TEST(Subprocess, SaysWhyAProgramCannotStart) {
  const auto why = [](SpawnOptions options) {
    options.environment = {{"PATH", "/usr/bin:/bin"}};
    return Subprocess::spawn(options).error();
  };
  EXPECT_EQ(why({.argv = {"/no/such/program"}}).message,
            "cannot start `/no/such/program`: No such file or directory");
  EXPECT_EQ(why({.argv = {"/no/such/program"}}).kind, ErrorKind::not_found);
  EXPECT_EQ(why({.argv = {"no-such-program"}}).message,
            "cannot start `no-such-program`: no such program in the PATH it would run with");
  EXPECT_EQ(why({.argv = {"/etc/passwd"}}).message,
            "cannot start `/etc/passwd`: Permission denied");
  EXPECT_EQ(why({.argv = {}}).message, "cannot start a program without a name");
  EXPECT_EQ(why({.argv = {"true"}, .folder = "/no/such/folder"}).message,
            "cannot start `true` in /no/such/folder: No such file or directory");
  EXPECT_EQ(why({.argv = {"true", std::string("a\0b", 3)}}).message,
            "cannot start `true`: an argument has a zero byte");
  EXPECT_EQ(why({.argv = {"true"}, .descriptors = {{999'999, 5}}}).message,
            "cannot start `true`: pass descriptors: Bad file descriptor");
  EXPECT_EQ(why({.argv = {"true"}, .descriptors = {{0, 1}}}).kind, ErrorKind::bug);
}

TEST(Subprocess, WaitsWithPatience) {
  SpawnOptions options;
  options.argv = {"/bin/cat"};
  const EventFd never = EventFd::make().value();
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  options.standard_input = reading.number();
  Subprocess cat = Subprocess::spawn(options).value();
  EXPECT_FALSE(cat.wait_for(0s).value().has_value());
  writing.close();
  EXPECT_TRUE(cat.wait_for(1h).value()->succeeded());
  EXPECT_TRUE(cat.wait_for(0s).value()->succeeded());
  EXPECT_TRUE(cat.send_signal(SIGTERM).has_value());
}

TEST(Subprocess, KillsTheWholeGroup) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  SpawnOptions options = shell("tail -f /dev/null & echo ready >&5; wait");
  options.descriptors = {{writing.number(), 5}};
  Subprocess process = Subprocess::spawn(options).value();
  writing.close();
  std::array<char, 16> buffer{};
  ASSERT_EQ(::read(reading.number(), buffer.data(), buffer.size()), 6);
  ASSERT_TRUE(process.send_signal_to_group(SIGKILL).has_value());
  EXPECT_EQ(process.wait().value().signal, SIGKILL);
  // The pipe ends only once the grandchild, which holds it too, is gone.
  EXPECT_EQ(::read(reading.number(), buffer.data(), buffer.size()), 0);
}

TEST(Subprocess, DestructionEndsItAndItsGroup) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  {
    SpawnOptions options = shell("exec tail -f /dev/null");
    options.descriptors = {{writing.number(), 5}};
    const Subprocess process = Subprocess::spawn(options).value();
    writing.close();
  }
  std::array<char, 16> buffer{};
  EXPECT_EQ(::read(reading.number(), buffer.data(), buffer.size()), 0);
}

TEST(Subprocess, DiesWithTheThreadThatStartedIt) {
  std::optional<Subprocess> process;
  std::thread starter([&] {
    SpawnOptions options = shell("exec tail -f /dev/null");
    options.parent_death = ParentDeath::kill;
    process.emplace(Subprocess::spawn(options).value());
  });
  starter.join();
  EXPECT_EQ(process->wait_for(1h).value()->signal, SIGKILL);
}

TEST(Subprocess, StartsManyAtOnceFromThreads) {
  std::vector<std::thread> threads;
  std::array<int, 4> sums{};
  for (std::size_t i = 0; i < sums.size(); ++i) {
    threads.emplace_back([&sums, i] {
      for (int n = 0; n < 20; ++n) {
        Subprocess process = Subprocess::spawn(shell("exit 2")).value();
        sums[i] += process.wait().value().exit_code;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(sums, (std::array{40, 40, 40, 40}));
}

TEST(CapturedRun, TakesBothOutputsAndLimitsThem) {
  EXPECT_EQ(output_of(shell("echo out; echo err >&2")), "out\nerr\n");
  const CapturedRun run =
      run_captured(shell("head -c 3000000 /dev/zero; exit 4"), 60s, 1000).value();
  EXPECT_EQ(run.output.size(), 1000U);
  EXPECT_EQ(run.end.exit_code, 4);
}

TEST(CapturedRun, DoesNotWaitForOrphansThatHoldThePipe) {
  const CapturedRun run = run_captured(shell("(exec tail -f /dev/null)& echo $!"), 60s).value();
  EXPECT_TRUE(run.end.succeeded());
  ::kill(std::stoi(run.output), SIGKILL);
}

TEST(CapturedRun, KillsWhatTakesTooLong) {
  const auto run = run_captured(shell("exec tail -f /dev/null"), 10ms);
  EXPECT_EQ(run.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(run.error().message, "`/bin/sh` was killed: it ran longer than 10ms");
}

}  // namespace
}  // namespace gossamer
