// SPDX-License-Identifier: Apache-2.0
// Engines, supervisors, programs and workers are killed at every point of an attempt; the files
// that they leave must bring it to exactly one end.
#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

#include "base/numbers.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "executors/engine_lock.hpp"
#include "executors/testing/attempts.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::FailureClass;
using testing::Fifo;
using ::testing::HasSubstr;

// A running engine_driver, with what it says on its standard output.
struct Engine {
  Subprocess process;
  FileDescriptor output;

  // Its next line; empty once nobody can write to its output any more.
  std::string line() const {
    std::string text;
    char character = 0;
    while (::read(output.number(), &character, 1) == 1 && character != '\n')
      text += character;
    return text;
  }
  void kill() {
    EXPECT_TRUE(process.send_signal(SIGKILL));
    EXPECT_TRUE(process.wait());
  }
};

class EngineKillTest : public ::testing::Test {
 protected:
  EngineKillTest()
      : folder_(*TemporaryFolder::make()),
        ready_(folder_.path() / "ready"),
        go_(folder_.path() / "go"),
        state_(folder_.path() / ".gossamer"),
        run_(RunId::make(*ids_)),
        attempt_(AttemptId::make(*ids_)) {}

  Engine engine(const std::string& kind, const std::string& die_at = "never") {
    int pipe[2];
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const FileDescriptor writer(pipe[1]);
    SpawnOptions options;
    options.argv = {testing::test_program("engine_driver").string(),
                    folder_.path().string(),
                    testing::programs().string(),
                    kind,
                    run_.value(),
                    attempt_.value(),
                    die_at,
                    "/bin/sh",
                    "-c",
                    script_};
    options.standard_output = writer.number();
    options.standard_error = 2;
    auto process = Subprocess::spawn(options);
    EXPECT_TRUE(process) << process.error().describe();
    Engine engine{std::move(*process), FileDescriptor(pipe[0])};
    EXPECT_EQ(engine.line(), "driving");
    return engine;
  }

  // What an engine that starts now says of the attempt.
  AttemptResult adopted(const std::string& kind) {
    Engine next = engine(kind);
    return result_of(next);
  }
  AttemptResult result_of(const Engine& engine) {
    const std::string line = engine.line();
    const auto json = parse_json(line, "engine");
    EXPECT_TRUE(json) << line;
    if (!json) return {};
    auto result = orchestration::attempt_result_from_json(*json);
    EXPECT_TRUE(result) << line;
    return result ? *result : AttemptResult{};
  }

  AttemptFolder attempt_folder() const { return state_.attempt(run_, "step", attempt_); }
  std::string side_effects() const { return read_file(folder_.path() / "side").value_or("<none>"); }
  pid_t pid_in(const std::string& file) const {
    const auto text = read_file(folder_.path() / file);
    return static_cast<pid_t>(parse_integer(trimmed(text.value_or("0"))).value_or(0));
  }
  // Waits until the process is gone.
  static void wait_for_end_of(pid_t pid) {
    const FileDescriptor pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) return;
    pollfd wanted{pidfd.number(), POLLIN, 0};
    EXPECT_EQ(::poll(&wanted, 1, 60'000), 1) << "process " << pid << " still runs";
  }

  SystemClock clock_;
  std::unique_ptr<IdSource> ids_ = system_ids(clock_);
  TemporaryFolder folder_;
  Fifo ready_;
  Fifo go_;
  StateFolder state_;
  RunId run_;
  AttemptId attempt_;
  // Its side effect, then a word that it got so far, then it waits.
  std::string script_ =
      "echo once >> side; echo $PPID > supervisor; echo $$ > program; echo up > ready; read x < "
      "go; "
      "printf '{\"heard\": \"%s\"}' \"$x\" > $(dirname $(find . -name begun))/result.json";
};

// --- The engine -------------------------------------------------------------------------------

TEST_F(EngineKillTest, TheSameAttemptFinishesWhenItsEngineIsKilledInTheMiddle) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  first.kill();
  Engine second = engine("command");
  go_.write("go\n");
  const AttemptResult result = result_of(second);
  EXPECT_EQ(result.attempt, attempt_);
  EXPECT_EQ(result.status, AttemptStatus::succeeded);
  EXPECT_EQ(result.result.outputs, Json({{"heard", "go"}}));
  EXPECT_EQ(side_effects(), "once\n");
}

TEST_F(EngineKillTest, AnAttemptThatFinishesWithoutAnyEngineIsTakenByTheNextOne) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  first.kill();
  const pid_t supervisor = pid_in("supervisor");
  go_.write("alone\n");
  wait_for_end_of(supervisor);
  const AttemptResult result = adopted("command");
  EXPECT_EQ(result.status, AttemptStatus::succeeded);
  EXPECT_EQ(result.result.outputs, Json({{"heard", "alone"}}));
  EXPECT_EQ(side_effects(), "once\n");
}

TEST_F(EngineKillTest, AnEngineKilledBeforeTheProgramBeganLeavesItToTheNextOne) {
  script_ = "echo once >> side";
  for (const char* point : {"job", "program"}) {
    Engine dying = engine("command", point);
    EXPECT_EQ(dying.line(), "");
    EXPECT_EQ(dying.process.wait()->signal, SIGKILL);
    EXPECT_EQ(side_effects(), "<none>") << point;
  }
  EXPECT_EQ(adopted("command").status, AttemptStatus::succeeded);
  EXPECT_EQ(side_effects(), "once\n");
}

TEST_F(EngineKillTest, AResultThatWasNotCommittedIsDeliveredAgain) {
  script_ = "echo once >> side";
  for (int round = 0; round < 3; ++round) {
    Engine dying = engine("command", "result");
    EXPECT_EQ(dying.line(), "");
    EXPECT_EQ(dying.process.wait()->signal, SIGKILL);
  }
  EXPECT_EQ(adopted("command").status, AttemptStatus::succeeded);
  EXPECT_EQ(side_effects(), "once\n");
}

TEST_F(EngineKillTest, WhoeverReadsAKilledEnginesOutputDoesNotWaitForItsOrphans) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  first.kill();
  // The end of the output, although the program cannot end before it is let go.
  EXPECT_EQ(first.line(), "");
  go_.write("go\n");
  EXPECT_EQ(adopted("command").status, AttemptStatus::succeeded);
}

// --- The engine's lock ------------------------------------------------------------------------

TEST_F(EngineKillTest, AKilledEngineWithChildrenFreesItsLockAtOnce) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  EXPECT_FALSE(EngineLock::try_take(state_.root())->has_value());
  EXPECT_EQ(EngineLock::holder(state_.root()), first.process.pid());
  first.kill();
  EXPECT_TRUE(EngineLock::try_take(state_.root())->has_value());
  go_.write("go\n");
  EXPECT_EQ(adopted("command").status, AttemptStatus::succeeded);
}

TEST_F(EngineKillTest, APausedEngineStillOwnsTheWorkspace) {
  Engine paused = engine("hold");
  ASSERT_TRUE(paused.process.send_signal(SIGSTOP));
  EXPECT_FALSE(EngineLock::try_take(state_.root())->has_value());
  paused.kill();
  EXPECT_TRUE(EngineLock::try_take(state_.root())->has_value());
}

// --- The supervisor and the program -----------------------------------------------------------

TEST_F(EngineKillTest, AKilledSupervisorTakesItsProgramAlongAndTheAttemptIsLost) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  ASSERT_EQ(::kill(pid_in("supervisor"), SIGKILL), 0);
  const AttemptResult result = result_of(first);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::lost);
  EXPECT_THAT(result.failure->message, HasSubstr("killed by signal 9"));
  wait_for_end_of(pid_in("program"));
  EXPECT_FALSE(go_.has_reader());
  EXPECT_TRUE(*path_exists(state_.tombstone(attempt_)));
}

TEST_F(EngineKillTest, ASupervisorKilledWithItsEngineIsLostForTheNextOne) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  first.kill();
  ASSERT_EQ(::kill(pid_in("supervisor"), SIGKILL), 0);
  const AttemptResult result = adopted("command");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::lost);
  EXPECT_EQ(side_effects(), "once\n");
  EXPECT_TRUE(*path_exists(state_.tombstone(attempt_)));
}

TEST_F(EngineKillTest, AnOrphanOfAKilledSupervisorIsEndedBeforeTheAttemptIsLost) {
  // A daemon: another session, no open file of the attempt; only its environment tells.
  script_ =
      "setsid sh -c 'exec > /dev/null 2>&1; echo $PPID > side; echo up > ready; read x < go' & "
      "echo $PPID > supervisor; wait";
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  first.kill();
  ASSERT_EQ(::kill(pid_in("supervisor"), SIGKILL), 0);
  EXPECT_EQ(adopted("command").failure->failure, FailureClass::lost);
  EXPECT_FALSE(go_.has_reader());
}

TEST_F(EngineKillTest, AKilledProgramIsAFailureThatNamesTheSignal) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  ASSERT_EQ(::kill(pid_in("program"), SIGKILL), 0);
  const AttemptResult result = result_of(first);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::exit_code);
  EXPECT_EQ(result.failure->signal, SIGKILL);
}

TEST_F(EngineKillTest, ASupervisorThatIsAskedToEndLosesTheAttempt) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  ASSERT_EQ(::kill(pid_in("supervisor"), SIGTERM), 0);
  EXPECT_EQ(result_of(first).failure->failure, FailureClass::lost);
  EXPECT_FALSE(go_.has_reader());
}

// --- Reports and tombstones -------------------------------------------------------------------

TEST_F(EngineKillTest, AReportThatCannotBeReadCountsAsLost) {
  script_ = "echo once >> side";
  const std::vector<std::string> rubbish{
      "",
      "{",
      "[]",
      "not json at all",
      R"({"schema":1})",
      R"({"schema":2,"from":"supervisor"})",
      R"({"schema":1,"from":"worker","attempt":")" + attempt_.value() + R"(","result":{}})",
      R"({"schema":1,"from":"supervisor","attempt":"att_0","ending":"exited"})"};
  for (const std::string& text : rubbish) {
    ASSERT_TRUE(state_.prepare());
    ASSERT_TRUE(write_file_durably(state_.done(attempt_), text));
    const AttemptResult result = adopted("command");
    ASSERT_TRUE(result.failure) << text;
    EXPECT_EQ(result.failure->failure, FailureClass::lost) << text;
    EXPECT_THAT(result.failure->message, HasSubstr("its report cannot be read")) << text;
    EXPECT_TRUE(*path_exists(state_.tombstone(attempt_)));
    ASSERT_TRUE(remove_tree(state_.tombstone(attempt_)));
  }
  EXPECT_EQ(side_effects(), "<none>");
}

TEST_F(EngineKillTest, ALateSupervisorObeysTheTombstone) {
  Engine first = engine("command");
  EXPECT_EQ(ready_.read(), "up\n");
  first.kill();
  ASSERT_TRUE(state_.bury(attempt_));
  const pid_t supervisor = pid_in("supervisor");
  go_.write("go\n");
  wait_for_end_of(supervisor);
  EXPECT_FALSE(*path_exists(state_.done(attempt_)));
  EXPECT_EQ(adopted("command").failure->failure, FailureClass::lost);
}

TEST_F(EngineKillTest, AnEntombedAttemptIsNeverBegun) {
  script_ = "echo once >> side";
  ASSERT_TRUE(state_.prepare());
  ASSERT_TRUE(state_.bury(attempt_));
  EXPECT_EQ(adopted("command").failure->failure, FailureClass::lost);
  EXPECT_EQ(side_effects(), "<none>");
}

// --- Workers ----------------------------------------------------------------------------------

TEST_F(EngineKillTest, AWorkerFinishesItsAttemptWithoutItsEngine) {
  Engine first = engine("hear");
  const pid_t worker = static_cast<pid_t>(*parse_integer(trimmed(ready_.read())));
  first.kill();
  go_.write("go\n");
  wait_for_end_of(worker);
  EXPECT_TRUE(*path_exists(state_.done(attempt_)));
  const AttemptResult result = adopted("hear");
  EXPECT_EQ(result.status, AttemptStatus::succeeded);
  EXPECT_EQ(result.result.report, Json({{"heard", "go\n"}}));
}

TEST_F(EngineKillTest, ANewEngineWaitsForTheWorkerOfTheOldOne) {
  Engine first = engine("hear");
  EXPECT_NE(ready_.read(), "");
  first.kill();
  Engine second = engine("hear");
  go_.write("go\n");
  EXPECT_EQ(result_of(second).result.report, Json({{"heard", "go\n"}}));
}

TEST_F(EngineKillTest, AWorkersResultThatWasNotCommittedIsDeliveredAgain) {
  Engine dying = engine("hear", "result");
  EXPECT_NE(ready_.read(), "");
  go_.write("go\n");
  EXPECT_EQ(dying.line(), "");
  EXPECT_EQ(dying.process.wait()->signal, SIGKILL);
  EXPECT_EQ(adopted("hear").result.report, Json({{"heard", "go\n"}}));
}

TEST_F(EngineKillTest, AWorkerKilledWithItsEngineLosesTheAttempt) {
  Engine first = engine("hear");
  const pid_t worker = static_cast<pid_t>(*parse_integer(trimmed(ready_.read())));
  first.kill();
  ASSERT_EQ(::kill(worker, SIGKILL), 0);
  const AttemptResult result = adopted("hear");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::lost);
  EXPECT_TRUE(*path_exists(state_.tombstone(attempt_)));
}

TEST_F(EngineKillTest, AKilledWorkerLosesTheAttemptThatItRuns) {
  Engine first = engine("hear");
  ASSERT_EQ(::kill(static_cast<pid_t>(*parse_integer(trimmed(ready_.read()))), SIGKILL), 0);
  const AttemptResult result = result_of(first);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::lost);
  EXPECT_THAT(result.failure->message, HasSubstr("killed by signal 9"));
}

}  // namespace
}  // namespace gossamer::executors
