// SPDX-License-Identifier: Apache-2.0
#include "orchestration/service.hpp"

#include <gmock/gmock.h>

#include <future>
#include <set>
#include <thread>

#include "orchestration/fakes/definitions.hpp"
#include "orchestration/fakes/memory_store.hpp"
#include "orchestration/fakes/scripted_executor.hpp"

namespace gossamer::orchestration {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Ends each attempt at once, from a thread of its own, as a real executor does; those of one
// partition never.
class QuickExecutor final : public StepExecutor {
 public:
  explicit QuickExecutor(AttemptSink sink) : sink_(std::move(sink)) {}
  void hold(const std::string& partition) { held_partition_ = partition; }
  void start(const AttemptOrder& order) override {
    AttemptResult result;
    result.attempt = order.attempt;
    if (order.declaration().kind == pipeline::StepKind::approval) {
      result.evidence = digest_of(order.attempt.value());
    }
    if (order.partition.text() == held_partition_) return;
    threads_.emplace_back([sink = sink_, result] { sink(result); });
  }
  void stop(const AttemptId&, StopReason) override {}
  void adopt(const AttemptOrder& order) override { start(order); }

 private:
  AttemptSink sink_;
  std::string held_partition_;         // set before the first attempt
  std::vector<std::jthread> threads_;  // the engine's thread alone
};

class ServiceTest : public testing::Test {
 protected:
  ServiceTest() {
    definitions_.activate(fakes::definition_of({R"(pipeline: one
partitions: { by: n, values: ["1", "2", "3", "4"] }
steps:
  a: { command: { argv: ["./a"] } }
  b: { after: a, command: { argv: ["./b"] } }
)",
                                                R"(pipeline: two
steps:
  look: { command: { argv: ["./a"] } }
  ask: { approval: { title: "Go on?", evidence: [look], approvers: { any_of: [ana] } } }
)",
                                                R"(pipeline: three
schedule: { when_finished: [two] }
steps:
  c: { command: { argv: ["./c"] } }
)"}),
                          "olga");
  }
  EnginePorts ports() {
    return EnginePorts{clock_,    *ids_,     store_,     store_, store_, store_, definitions_,
                       executor_, notifier_, projector_, inbox_, store_, {},     Log()};
  }
  static Result<RequestedRun> ask(EngineService& service, const std::string& pipeline,
                                  const std::string& partition = "") {
    RunRequest request;
    request.pipeline = pipeline;
    request.partition = partition;
    request.actor = Actor{"sam", true, "cli"};
    return service.call([request](Verbs& verbs) { return verbs.request_run(request); });
  }

  SystemClock clock_;
  std::unique_ptr<IdSource> ids_ = seeded_ids(clock_, 5);
  fakes::MemoryStore store_;
  fakes::MemoryDefinitions definitions_;
  fakes::RecordingNotifier notifier_;
  fakes::RecordingProjector projector_;
  Inbox inbox_;
  QuickExecutor executor_{inbox_.sink()};
};

TEST_F(ServiceTest, ManyCallersAreAnsweredAndSeeTheirRunsEnd) {
  EngineService service(ports(), {});
  ASSERT_TRUE(service.start());
  std::vector<std::string> failures(4);
  {
    std::vector<std::jthread> callers;
    for (std::size_t i = 0; i < failures.size(); ++i) {
      callers.emplace_back([&, i] {
        const auto asked = ask(service, "one", std::to_string(i + 1));
        if (!asked) {
          failures[i] = asked.error().describe();
          return;
        }
        int told = 0;
        const auto ends = service.wait(asked->run, [&](const RunProgress&) { ++told; });
        if (!ends || ends->size() != 1 || ends->front().status != RunStatus::succeeded) {
          failures[i] = "it did not succeed";
        } else if (told == 0) {
          failures[i] = "nothing was told";
        }
      });
    }
  }
  for (const auto& failure : failures)
    EXPECT_EQ(failure, "");
}

TEST_F(ServiceTest, AVoteDrivesItsRunAndWhatFollows) {
  EngineService service(ports(), {});
  ASSERT_TRUE(service.start());
  const auto asked = ask(service, "two");
  ASSERT_TRUE(asked) << asked.error().describe();
  const auto waiting = service.wait(asked->run, {});
  ASSERT_TRUE(waiting);
  ASSERT_THAT(*waiting, SizeIs(1));
  EXPECT_EQ(waiting->front().status, RunStatus::waiting);
  const auto gate = service.call([&](Verbs&) { return store_.of_run(asked->run); });
  ASSERT_THAT(gate.value(), SizeIs(1));
  VoteRequest vote;
  vote.gate = gate->front().id;
  vote.actor = Actor{"ana", true, "cli"};
  const auto voted = service.call([&](Verbs& verbs) { return verbs.vote(vote); });
  ASSERT_TRUE(voted) << voted.error().describe();
  const auto ends = service.wait(voted->run, {});
  ASSERT_TRUE(ends);
  ASSERT_THAT(*ends, SizeIs(2)) << "the run, and the one that follows";
  EXPECT_EQ(ends->back().pipeline, "three");
  EXPECT_EQ(ends->back().status, RunStatus::succeeded);
}

TEST_F(ServiceTest, WhoWaitsHearsOfTheirOwnRunsAlone) {
  executor_.hold("n=1");
  EngineService service(ports(), {});
  ASSERT_TRUE(service.start());
  const auto mine = ask(service, "one", "1");
  ASSERT_TRUE(mine) << mine.error().describe();
  std::promise<void> is_waiting;
  std::set<RunId> heard_of;
  std::jthread waiter([&] {
    bool is_first = true;
    const auto ends = service.wait(mine->run, [&](const RunProgress& progress) {
      heard_of.insert(progress.run);
      if (std::exchange(is_first, false)) is_waiting.set_value();
    });
    EXPECT_FALSE(ends) << "its step is held, so the service stops before it ends";
  });
  is_waiting.get_future().wait();
  const auto other = ask(service, "one", "2");
  ASSERT_TRUE(other) << other.error().describe();
  ASSERT_TRUE(service.wait(other->run, {}));
  service.stop();
  waiter.join();
  EXPECT_THAT(heard_of, testing::ElementsAre(mine->run));
}

TEST_F(ServiceTest, AStoppedServiceSaysSo) {
  auto service = std::make_unique<EngineService>(ports(), EngineOptions{});
  ASSERT_TRUE(service->start());
  service->stop();
  const auto asked = ask(*service, "one", "1");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(service->wait(RunId::make(*ids_), {}));
  service->stop();
}

TEST_F(ServiceTest, WhoWaitsForWhatDoesNotExistIsTold) {
  EngineService service(ports(), {});
  ASSERT_TRUE(service.start());
  const auto ends = service.wait(RunId::make(*ids_), {});
  ASSERT_FALSE(ends);
  EXPECT_EQ(ends.error().kind, ErrorKind::not_found);
}

TEST_F(ServiceTest, StoppingWritesDownWhatIsDone) {
  {
    EngineService service(ports(), {});
    ASSERT_TRUE(service.start());
    const auto asked = ask(service, "one", "1");
    ASSERT_TRUE(asked);
    ASSERT_TRUE(service.wait(asked->run, {}));
  }
  EXPECT_THAT(store_.tables().outbox, SizeIs(0));
}

}  // namespace
}  // namespace gossamer::orchestration
