// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <set>

#include "orchestration/engine.hpp"
#include "orchestration/fakes/definitions.hpp"
#include "orchestration/fakes/memory_store.hpp"
#include "orchestration/fakes/scripted_executor.hpp"

namespace gossamer::orchestration {
namespace {

using testing::SizeIs;

class OrdersTest : public testing::Test {
 protected:
  void start(const std::string& pipeline) {
    definitions_.activate(fakes::definition_of({pipeline}), "olga");
    executor_.listen(inbox_.sink());
    ASSERT_TRUE(engine_.start());
    RunRequest request;
    request.pipeline = "p";
    request.actor = Actor{"sam", true, "cli"};
    ASSERT_TRUE(Verbs(engine_).request_run(request));
    engine_.work();
  }
  // Ends every attempt of `step` that runs, until none does; their orders.
  std::vector<AttemptOrder> finish_all(const std::string& step, const Json& outputs) {
    std::vector<AttemptOrder> orders;
    for (std::size_t seen = 0; seen < store_.tables().attempts.size(); ++seen) {
      const AttemptRow row = store_.tables().attempts[seen];
      if (row.step != step || !executor_.is_running(row.id)) continue;
      orders.push_back(*executor_.find(row.id));
      AttemptResult result;
      result.attempt = row.id;
      result.result.outputs = outputs;
      executor_.finish(std::move(result));
      engine_.work();
    }
    return orders;
  }

  ManualClock clock_;
  std::unique_ptr<IdSource> ids_ = seeded_ids(clock_, 5);
  fakes::MemoryStore store_;
  fakes::MemoryDefinitions definitions_;
  fakes::RecordingNotifier notifier_;
  fakes::RecordingProjector projector_;
  fakes::ScriptedExecutor executor_;
  Inbox inbox_;
  Engine engine_{EnginePorts{clock_, *ids_, store_, store_, store_, store_, definitions_, executor_,
                             notifier_, projector_, inbox_, store_, run_inline(), Log()},
                 {}};
};

// The work of one wide step behind another must not be the product of both: what the one left
// behind is put together once, and every order of the other points to it.
TEST_F(OrdersTest, InstancesShareWhatTheyReadOfAWideStep) {
  start(R"(pipeline: p
steps:
  find: { command: { argv: ["./find"] } }
  wide: { foreach: { n: "${steps.find.outputs.list}" }, command: { argv: ["./w"] } }
  behind:
    after: wide
    foreach: { n: "${steps.find.outputs.list}" }
    command: { argv: ["./b", "${each.n}"] }
)");
  Json list = Json::array();
  for (int i = 0; i < 40; ++i)
    list.push_back(i);
  finish_all("find", Json{{"list", list}});
  finish_all("wide", Json{{"square", 1}});
  const auto orders = finish_all("behind", Json::object());
  ASSERT_THAT(orders, SizeIs(40));
  std::set<const StepResult*> read;
  for (const auto& order : orders) {
    for (const auto& [name, result] : order.upstream)
      read.insert(result.get());
    EXPECT_THAT(order.upstream.at("wide")->outputs.at("square"), SizeIs(40));
  }
  EXPECT_THAT(read, SizeIs(2)) << "one result each of `find` and `wide`, however many read it";
  EXPECT_EQ(orders.back().spec.at("argv").at(1), 39);
}

TEST_F(OrdersTest, AStepThatIsDoneAgainIsReadAnew) {
  start(R"(pipeline: p
steps:
  find: { command: { argv: ["./find"] } }
  use: { after: find, command: { argv: ["./u", "${steps.find.outputs.n}"] } }
)");
  finish_all("find", Json{{"n", 1}});
  EXPECT_EQ(finish_all("use", Json::object()).front().spec.at("argv").at(1), 1);
  RetryRequest again;
  again.run = store_.tables().runs.begin()->first;
  again.from = {"find"};
  again.actor = Actor{"sam", true, "cli"};
  ASSERT_TRUE(Verbs(engine_).retry(again));
  engine_.work();
  finish_all("find", Json{{"n", 2}});
  EXPECT_EQ(finish_all("use", Json::object()).front().spec.at("argv").at(1), 2);
}

}  // namespace
}  // namespace gossamer::orchestration
