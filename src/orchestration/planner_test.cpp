// SPDX-License-Identifier: Apache-2.0
#include "orchestration/planner.hpp"

#include <gmock/gmock.h>

#include "base/clock.hpp"

namespace gossamer::orchestration {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Planner : public testing::Test {
 protected:
  ManualClock clock_;
  std::unique_ptr<IdSource> ids_ = seeded_ids(clock_, 7);

  RunId id() { return RunId::make(*ids_); }
  QueuedRun queued(std::string pipeline, std::string day) {
    QueuedRun run;
    run.run = id();
    run.pipeline = std::move(pipeline);
    run.partition.pairs = {{"day", std::move(day)}};
    return run;
  }
  WaitingStep waiting(int priority, Lane lane = Lane::live) {
    WaitingStep step;
    step.run = id();
    step.priority = priority;
    step.lane = lane;
    return step;
  }
  static std::vector<RunId> granted(const std::set<WaitingStep>& steps, Pool pool,
                                    std::set<std::string> aliases = {}) {
    const WaitingSteps all{{"p", steps}};
    QueueView view;
    view.waiting = &all;
    view.aliases_at_gates = std::move(aliases);
    std::vector<RunId> runs;
    for (const auto& grant : plan(view, {{"p", pool}}).grant)
      runs.push_back(grant.run);
    return runs;
  }
};

TEST_F(Planner, StartsOneRunAPartitionInTheOrderOfAsking) {
  const auto first = queued("p", "2026-11-20");
  const auto again = queued("p", "2026-11-20");
  const auto other = queued("p", "2026-11-21");
  QueueView view;
  view.queued = {again, other, first};
  EXPECT_THAT(plan(view, {}).start, ElementsAre(first.run, other.run));
  const ActivePartitions active{{"p", first.partition}};
  view.active = &active;
  EXPECT_THAT(plan(view, {}).start, ElementsAre(other.run));
}

TEST_F(Planner, CountsRunsAtWorkOfAPipelineOnly) {
  auto first = queued("p", "2026-11-20");
  auto second = queued("p", "2026-11-21");
  first.max_active = second.max_active = 2;
  QueueView view;
  view.queued = {first, second};
  view.at_work = {{"p", 1}, {"q", 9}};
  EXPECT_THAT(plan(view, {}).start, ElementsAre(first.run));
}

TEST_F(Planner, LetsRunsThatAreHeldBackNotBlockOthers) {
  auto held = queued("p", "2026-11-20");
  held.is_held_back = true;
  held.priority = 100;
  const auto free = queued("p", "2026-11-21");
  QueueView view;
  view.queued = {held, free};
  EXPECT_THAT(plan(view, {}).start, ElementsAre(free.run));
}

TEST_F(Planner, ServesLiveThenPriorityThenTheOlderRun) {
  const auto old = waiting(0);
  const auto young = waiting(0);
  const auto urgent = waiting(3);
  const auto backfill = waiting(50, Lane::backfill);
  const std::set<WaitingStep> steps{backfill, urgent, young, old};
  EXPECT_THAT(granted(steps, Pool{5, 0, 0}),
              ElementsAre(urgent.run, old.run, young.run, backfill.run));
  EXPECT_THAT(granted(steps, Pool{3, 1, 0}), ElementsAre(urgent.run, old.run));
  EXPECT_THAT(granted(steps, Pool{3, 3, 0}), IsEmpty());
}

TEST_F(Planner, GivesABackfillTheOnlySlotButNeverTheLastOfSeveral) {
  const auto first = waiting(0, Lane::backfill);
  const auto second = waiting(0, Lane::backfill);
  EXPECT_THAT(granted({first, second}, Pool{1, 0, 0}), ElementsAre(first.run));
  EXPECT_THAT(granted({first, second}, Pool{2, 0, 0}), ElementsAre(first.run));
  EXPECT_THAT(granted({first, second}, Pool{3, 1, 1}), ElementsAre(first.run));
  EXPECT_THAT(granted({first, second}, Pool{3, 2, 2}), IsEmpty());
}

TEST_F(Planner, LetsOneOfTwoGatesOnAnAliasOpen) {
  auto first = waiting(0);
  auto second = waiting(0);
  first.exclusive_aliases = second.exclusive_aliases = {"m@champion"};
  const auto other = waiting(0);
  EXPECT_THAT(granted({first, second, other}, Pool{5, 0, 0}), ElementsAre(first.run, other.run));
  EXPECT_THAT(granted({first, second, other}, Pool{5, 0, 0}, {"m@champion"}),
              ElementsAre(other.run));
}

}  // namespace
}  // namespace gossamer::orchestration
