// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <set>
#include <utility>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

using orchestration::Backfill;
using orchestration::BackfillOrder;
using orchestration::BackfillRow;
using orchestration::BackfillStatus;
using orchestration::PartitionStatus;
using orchestration::Reprocess;

class BackfillStoreSuite : public StoreSuite {
 protected:
  Backfill backfill() {
    Backfill made;
    made.id = sample_.id<PlanId>();
    made.definition = Sample::stored_definition().digest;
    made.pipeline = "bike";
    made.first = "2026-11-01";
    made.last = "2026-11-05";
    made.reprocess = {Reprocess::missing, Reprocess::stale};
    made.model = "demand/8";
    made.params = {{"horizon", 7}};
    made.expected = std::chrono::milliseconds(1500);
    made.planned_by = "ana";
    made.planned_at = sample_.tick();
    made.applier = "ben";
    return made;
  }
  static std::vector<BackfillRow> rows(int count) {
    std::vector<BackfillRow> made;
    for (int i = 1; i <= count; ++i) {
      BackfillRow row;
      row.ordinal = i;
      row.partition.pairs = {{"day", "2026-11-0" + std::to_string(i)}};
      row.reason = i == 1 ? Reprocess::stale : Reprocess::missing;
      row.detail = i == 1 ? "made by other code" : "";
      made.push_back(std::move(row));
    }
    return made;
  }
  Backfill planned(int count) {
    auto made = backfill();
    must(ports_.backfills->add(made, rows(count), Sample::note("backfill.plan", "plan")));
    return made;
  }
  std::vector<std::int64_t> ordinals(const PlanId& plan, const orchestration::RowFilter& filter) {
    std::vector<std::int64_t> found;
    for (const auto& row : must(ports_.backfills->rows(plan, filter)))
      found.push_back(row.ordinal);
    return found;
  }
};

TEST_P(BackfillStoreSuite, ReadsBackAPlanAsItWasMade) {
  const Backfill made = planned(3);
  restart();
  const auto view = must(ports_.backfills->find(made.id));
  const Backfill& read = view.backfill;
  EXPECT_EQ(read.id, made.id);
  EXPECT_EQ(read.definition, made.definition);
  EXPECT_EQ(read.pipeline, "bike");
  EXPECT_EQ(read.first, "2026-11-01");
  EXPECT_EQ(read.last, "2026-11-05");
  EXPECT_EQ(read.reprocess, made.reprocess);
  EXPECT_EQ(read.model, "demand/8");
  EXPECT_EQ(read.params, made.params);
  EXPECT_EQ(read.status, BackfillStatus::planned);
  EXPECT_EQ(read.expected, made.expected);
  EXPECT_EQ(read.planned_by, "ana");
  EXPECT_EQ(read.planned_at, made.planned_at);
  EXPECT_EQ(read.applier, "ben");
  EXPECT_FALSE(read.started_at);
  EXPECT_EQ(view.counts.pending, 3);
  EXPECT_EQ(view.counts.total(), 3);
  const auto stored = must(ports_.backfills->rows(made.id, {}));
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(stored[0].partition.text(), "day=2026-11-01");
  EXPECT_EQ(stored[0].reason, Reprocess::stale);
  EXPECT_EQ(stored[0].detail, "made by other code");
  EXPECT_FALSE(stored[0].run);
  EXPECT_TRUE(must(ports_.backfills->open()).empty());
  EXPECT_EQ(failure(ports_.backfills->find(sample_.id<PlanId>())).kind, ErrorKind::not_found);
}

TEST_P(BackfillStoreSuite, MovesABackfillAndItsRowsTogether) {
  Backfill made = planned(3);
  made.status = BackfillStatus::running;
  made.order = BackfillOrder::newest;
  made.max_active = 7;
  made.on_failure = {orchestration::OnFailure::pause_after, 3};
  made.failures = 1;
  made.message = "slow";
  made.starter = {.name = "cem", .verified = false, .channel = "cli"};
  made.started_at = sample_.tick();
  auto changed = rows(3);
  changed[1].status = PartitionStatus::running;
  changed[1].run = sample_.id<RunId>();
  changed[2].status = PartitionStatus::failed;
  changed[2].detail = "no such column";
  must(ports_.backfills->put(made, std::span(changed).subspan(1), std::nullopt, sample_.now()));
  restart();

  const auto view = must(ports_.backfills->find(made.id));
  EXPECT_EQ(view.backfill.status, BackfillStatus::running);
  EXPECT_EQ(view.backfill.order, BackfillOrder::newest);
  EXPECT_EQ(view.backfill.max_active, 7);
  EXPECT_EQ(text_of(view.backfill.on_failure), "pause-after:3");
  EXPECT_EQ(view.backfill.failures, 1);
  EXPECT_EQ(view.backfill.message, "slow");
  EXPECT_EQ(view.backfill.starter.name, "cem");
  EXPECT_FALSE(view.backfill.starter.verified);
  EXPECT_EQ(view.backfill.started_at, made.started_at);
  EXPECT_EQ(view.counts.pending, 1);
  EXPECT_EQ(view.counts.running, 1);
  EXPECT_EQ(view.counts.failed, 1);
  const auto stored = must(ports_.backfills->rows(made.id, {}));
  EXPECT_EQ(stored.at(1).run, changed[1].run);
  EXPECT_EQ(stored.at(2).detail, "no such column");
  made.id = sample_.id<PlanId>();
  EXPECT_EQ(failure(ports_.backfills->put(made, {}, std::nullopt, sample_.now())).kind,
            ErrorKind::not_found);
}

TEST_P(BackfillStoreSuite, GivesRowsInBothOrdersPieceByPiece) {
  const Backfill made = planned(5);
  auto done = rows(5);
  done[2].status = PartitionStatus::succeeded;
  must(ports_.backfills->put(made, std::span(done).subspan(2, 1), std::nullopt, sample_.now()));
  using Ordinals = std::vector<std::int64_t>;
  orchestration::RowFilter filter;
  filter.status = PartitionStatus::pending;
  filter.limit = 3;
  EXPECT_EQ(ordinals(made.id, filter), (Ordinals{1, 2, 4}));
  filter.after = 4;
  EXPECT_EQ(ordinals(made.id, filter), (Ordinals{5}));
  filter.order = BackfillOrder::newest;
  EXPECT_EQ(ordinals(made.id, filter), (Ordinals{2, 1}));
  filter.after.reset();
  EXPECT_EQ(ordinals(made.id, filter), (Ordinals{5, 4, 2}));
  filter.status = PartitionStatus::succeeded;
  EXPECT_EQ(ordinals(made.id, filter), (Ordinals{3}));
}

// A backfill that has ended stays open until the last of its runs has.
TEST_P(BackfillStoreSuite, KnowsWhichAreOpenAndListsTheNewestFirst) {
  Backfill running = planned(2);
  Backfill paused = planned(2);
  Backfill cancelled = planned(2);
  const Backfill waiting = planned(2);
  running.status = BackfillStatus::running;
  paused.status = BackfillStatus::paused;
  cancelled.status = BackfillStatus::cancelled;
  cancelled.finished_at = sample_.tick();
  auto one = rows(1);
  one[0].status = PartitionStatus::running;
  one[0].run = sample_.id<RunId>();
  const auto put = [&](const Backfill& backfill, std::span<const BackfillRow> changed) {
    must(ports_.backfills->put(backfill, changed, std::nullopt, sample_.now()));
  };
  put(running, {});
  put(paused, {});
  put(cancelled, one);
  const auto open = [&] {
    std::vector<PlanId> found;
    for (const auto& backfill : must(ports_.backfills->open()))
      found.push_back(backfill.id);
    return found;
  };
  EXPECT_EQ(open(), (std::vector<PlanId>{running.id, paused.id, cancelled.id}));
  one[0].status = PartitionStatus::cancelled;
  put(cancelled, one);
  EXPECT_EQ(open(), (std::vector<PlanId>{running.id, paused.id}));
  const auto list = must(ports_.backfills->list(3, std::nullopt));
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0].backfill.id, waiting.id);
  EXPECT_EQ(list[1].backfill.id, cancelled.id);
  EXPECT_EQ(list[1].counts.cancelled, 1);
  const auto behind = must(ports_.backfills->list(1, list[0].backfill.id));
  ASSERT_EQ(behind.size(), 1U);
  EXPECT_EQ(behind[0].backfill.id, cancelled.id);
  EXPECT_TRUE(must(ports_.backfills->list(3, sample_.id<PlanId>())).empty());
}

TEST_P(BackfillStoreSuite, TellsWhatRunsHaveMadeOfEachPartition) {
  const auto bad = [&](const orchestration::Transition& made) {
    auto end = sample_.finished(made);
    end.after_run.status = orchestration::RunStatus::failed;
    return end;
  };
  const auto good = sample_.created("2026-11-01");
  const auto later = sample_.created("2026-11-01");
  const auto failed = sample_.created("2026-11-02");
  const auto open = sample_.created("2026-11-03");
  auto candidate = sample_.created("2026-11-04");
  candidate.after_run.model = "demand/8";
  auto pinned = sample_.created("2026-11-05");
  pinned.steps[Sample::train].pins = {{"demand@champion", 1}};
  auto newer = sample_.created("2026-11-05");
  newer.steps[Sample::features].pins = {{"demand@champion", 2}};
  newer.steps[Sample::train].pins = {{"house@champion", nullptr}};
  commit({good, later, failed, open, candidate, pinned, newer});
  commit({sample_.finished(good), bad(later), bad(failed), sample_.finished(candidate),
          sample_.finished(pinned), sample_.finished(newer)});

  const auto facts = must(ports_.partition_history->facts("bike", ""));
  ASSERT_EQ(facts.size(), 4U);
  EXPECT_EQ(facts[0].partition.text(), "day=2026-11-01");
  EXPECT_EQ(facts[0].newest, orchestration::RunStatus::failed);
  EXPECT_EQ(facts[0].made_by, good.run);
  EXPECT_EQ(facts[0].definition, Sample::stored_definition().digest);
  EXPECT_EQ(facts[1].newest, orchestration::RunStatus::failed);
  EXPECT_FALSE(facts[1].made_by);
  EXPECT_EQ(facts[2].newest, orchestration::RunStatus::queued);
  EXPECT_EQ(facts[3].made_by, newer.run);
  const auto candidates = must(ports_.partition_history->facts("bike", "demand/8"));
  ASSERT_EQ(candidates.size(), 1U);
  EXPECT_EQ(candidates[0].made_by, candidate.run);
  EXPECT_TRUE(must(ports_.partition_history->facts("other", "")).empty());

  const auto versions = must(ports_.partition_history->versions("bike", ""));
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0].partition.text(), "day=2026-11-05");
  EXPECT_EQ(versions[0].pins, (Json{{"demand@champion", 2}, {"house@champion", nullptr}}));
}

TEST_P(BackfillStoreSuite, TellsWhatIsCurrentInATable) {
  EXPECT_TRUE(must(ports_.partition_history->written("features.bike")).empty());
  auto made = sample_.created("2026-11-01");
  made.publications = {sample_.current("features.bike", "day=2026-11-01"),
                       sample_.candidate("features.bike", "day=2026-11-02", "demand/8"),
                       sample_.current("features.other", "day=2026-11-03")};
  commit({made});
  const auto written = must(ports_.partition_history->written("features.bike"));
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written.begin()->text(), "day=2026-11-01");
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BackfillStoreSuite);

}  // namespace gossamer::store::conformance
