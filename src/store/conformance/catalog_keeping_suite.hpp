// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <algorithm>

#include "store/conformance/catalog_store_suite.hpp"

namespace gossamer::store::conformance {

// What garbage collection may take.
class CatalogGarbageSuite : public CatalogStoreSuite {
 protected:
  // A run that published this and ended.
  void ended_run(const release::Publication& publication) {
    const auto made = published({publication});
    commit({sample_.finished(made)});
  }
  bool is_needed(const release::Publication& publication,
                 const warehouse::KeepRules& rules = warehouse::KeepRules()) {
    const auto needed = must(ports_.catalog->needed(sample_.now(), rules));
    EXPECT_TRUE(std::ranges::is_sorted(needed));
    return std::ranges::binary_search(needed, publication.content.attempt);
  }
  std::vector<release::Publication> five_of_one_partition() {
    std::vector<release::Publication> all;
    for (int number = 0; number < 5; ++number) {
      all.push_back(sample_.current("t", "day=1", "rows " + std::to_string(number)));
      ended_run(all.back());
    }
    return all;
  }
};

TEST_P(CatalogGarbageSuite, KeepsThreeVersionsAndThirtyDays) {
  const auto all = five_of_one_partition();
  sample_.pass(std::chrono::days(29));
  for (const auto& publication : all)
    EXPECT_TRUE(is_needed(publication));
  sample_.pass(std::chrono::days(2));
  EXPECT_FALSE(is_needed(all[0]));
  EXPECT_FALSE(is_needed(all[1]));
  EXPECT_TRUE(is_needed(all[2]));
  EXPECT_TRUE(is_needed(all[3]));
  EXPECT_TRUE(is_needed(all[4]));
}

TEST_P(CatalogGarbageSuite, KeepsWhatATablesRuleSays) {
  const auto all = five_of_one_partition();
  const warehouse::KeepRules rules{
      .tables = {{"t", {.versions = 1, .age = std::chrono::days(2)}},
                 {"other", {.versions = 9, .age = std::chrono::days(900)}}}};
  sample_.pass(std::chrono::days(1));
  EXPECT_TRUE(is_needed(all[0], rules));
  sample_.pass(std::chrono::days(2));
  EXPECT_FALSE(is_needed(all[3], rules));
  EXPECT_TRUE(is_needed(all[4], rules));
  EXPECT_TRUE(is_needed(all[3]));
}

TEST_P(CatalogGarbageSuite, WaitsAnHourWhateverTheRuleSays) {
  const auto all = five_of_one_partition();
  const warehouse::KeepRules rules{.tables = {{"t", {.versions = 1, .age = Duration(0)}}}};
  sample_.pass(std::chrono::minutes(59));
  EXPECT_TRUE(is_needed(all[0], rules));
  sample_.pass(std::chrono::minutes(2));
  EXPECT_FALSE(is_needed(all[0], rules));
}

TEST_P(CatalogGarbageSuite, KeepsWhatIsCurrentHoweverOld) {
  const auto old = sample_.current("t", "day=1", "a");
  const auto newer = sample_.current("t", "day=1", "b");
  ended_run(old);
  ended_run(newer);
  must(apply(content_change(old, newer.content.attempt, old.content.attempt)));
  const warehouse::KeepRules rules{.tables = {{"t", {.versions = 1, .age = Duration(0)}}}};
  sample_.pass(std::chrono::days(10000));
  EXPECT_TRUE(is_needed(old, rules));
}

TEST_P(CatalogGarbageSuite, KeepsWhatAnOpenRunReadsOrWrote) {
  const auto former = sample_.current("t", "day=1", "a");
  ended_run(former);
  const auto reader = published({});
  const auto held = sample_.candidate("t", "day=1", "x");
  const auto writer = published({held});
  ended_run(sample_.current("t", "day=1", "b"));
  const warehouse::KeepRules rules{.tables = {{"t", {.versions = 1, .age = Duration(0)}}},
                                   .evidence = Duration(0)};
  sample_.pass(std::chrono::days(100));
  EXPECT_TRUE(is_needed(former, rules));
  EXPECT_TRUE(is_needed(held, rules));
  commit({sample_.finished(reader), sample_.finished(writer)});
  sample_.pass(std::chrono::minutes(59));
  EXPECT_TRUE(is_needed(former, rules));
  EXPECT_TRUE(is_needed(held, rules));
  sample_.pass(std::chrono::minutes(2));
  EXPECT_FALSE(is_needed(former, rules));
  EXPECT_FALSE(is_needed(held, rules));
}

TEST_P(CatalogGarbageSuite, KeepsWhatADecisionWasAboutAsLongAsItsEvidence) {
  const auto first = sample_.current("t", "day=1", "a");
  ended_run(first);
  const auto held = sample_.candidate("t", "day=1", "x");
  auto made = published({held});
  approval::Gate gate = sample_.gate(made);
  gate.proposal =
      release::to_json(content_change(held, first.content.attempt, held.content.attempt));
  gate.status = approval::GateStatus::rejected;
  gate.closed_at = sample_.now();
  auto decided = sample_.finished(made);
  decided.gates = {gate};
  commit({decided});
  ended_run(sample_.current("t", "day=1", "b"));
  const warehouse::KeepRules rules{.tables = {{"t", {.versions = 1, .age = Duration(0)}}},
                                   .evidence = std::chrono::days(365)};
  sample_.pass(std::chrono::days(364));
  EXPECT_TRUE(is_needed(first, rules));
  EXPECT_TRUE(is_needed(held, rules));
  sample_.pass(std::chrono::days(2));
  EXPECT_FALSE(is_needed(first, rules));
  EXPECT_FALSE(is_needed(held, rules));
}

TEST_P(CatalogGarbageSuite, ForgetsWhatIsGoneAndNeverWhatIsCurrent) {
  const auto all = five_of_one_partition();
  must(ports_.catalog->forget({all[0].content.attempt, all[1].content.attempt}));
  EXPECT_EQ(must(ports_.catalog->contents("t")).size(), 3U);
  must(ports_.catalog->forget({all[0].content.attempt}));
  const auto refused_one = ports_.catalog->forget({all[2].content.attempt, all[4].content.attempt});
  ASSERT_FALSE(refused_one);
  EXPECT_EQ(refused_one.error().kind, ErrorKind::conflict);
  EXPECT_EQ(must(ports_.catalog->contents("t")).size(), 3U);
  EXPECT_EQ(shown("t", version()), line(all[4]));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CatalogGarbageSuite);

// One writer at a time.
class PartitionLockSuite : public CatalogStoreSuite {
 protected:
  void SetUp() override {
    CatalogStoreSuite::SetUp();
    if (!IsSkipped() && ports_.locks == nullptr) GTEST_SKIP() << "this implementation has no locks";
  }
  Result<void> lock(const std::string& table, const std::vector<std::string>& keys,
                    const AttemptId& holder) {
    std::vector<release::PartitionKey> parsed;
    for (const auto& key : keys)
      parsed.push_back(must(release::PartitionKey::parse(key)));
    return ports_.locks->lock(table, parsed, holder, "ana", sample_.now());
  }
  orchestration::Transition writing(const std::string& day) {
    orchestration::Transition made = sample_.created(day);
    made.steps[Sample::features].status = orchestration::StepStatus::running;
    made.steps[Sample::features].attempt = sample_.id<AttemptId>();
    return made;
  }
};

TEST_P(PartitionLockSuite, GivesAPartitionToOneImportAtATime) {
  const auto first = sample_.id<AttemptId>();
  const auto second = sample_.id<AttemptId>();
  must(lock("t", {"day=1", "day=2"}, first));
  must(lock("t", {"day=1"}, first));
  const auto late = lock("t", {"day=3", "day=2"}, second);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::conflict);
  EXPECT_THAT(late.error().message, testing::HasSubstr("t day=2"));
  EXPECT_THAT(late.error().message, testing::HasSubstr("ana"));
  // All or none: day=3 is free.
  must(lock("t", {"day=3"}, sample_.id<AttemptId>()));
  must(lock("other", {"day=1"}, second));
  must(ports_.locks->unlock(first));
  must(lock("t", {"day=1", "day=2"}, second));
  must(ports_.locks->unlock_all());
  must(lock("t", {"day=1", "day=2", "day=3"}, first));
}

TEST_P(PartitionLockSuite, LetsNobodyElsePublishALockedPartition) {
  const auto mine = sample_.current("t", "day=1");
  must(lock("t", {"day=1"}, mine.content.attempt));
  orchestration::Transition other = sample_.created();
  other.publications = {sample_.current("t", "day=1", "other")};
  EXPECT_EQ(refused({other}).kind, ErrorKind::conflict);
  EXPECT_EQ(failure(import({sample_.current("t", "day=1", "third")}, {std::nullopt})).kind,
            ErrorKind::conflict);
  EXPECT_EQ(must(import({mine}, {std::nullopt})), 1U);
}

TEST_P(PartitionLockSuite, RefusesAnImportIntoWhatAnAttemptWrites) {
  const auto made = writing("2026-11-22");
  commit({made});
  const auto holder = sample_.id<AttemptId>();
  const auto late = lock("features.bike", {"day=2026-11-22"}, holder);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::conflict);
  EXPECT_THAT(late.error().message, testing::HasSubstr("features"));
  EXPECT_THAT(late.error().message, testing::HasSubstr(made.run.value()));
  EXPECT_FALSE(lock("features.bike", {"day=2026-11-22/country=jp"}, holder));
  must(lock("features.bike", {"day=2026-11-23"}, holder));
  must(lock("raw.rentals", {"day=2026-11-22"}, holder));

  auto done = sample_.next(made);
  done.steps = {made.steps[Sample::features]};
  done.steps[0].status = orchestration::StepStatus::succeeded;
  commit({done});
  must(lock("features.bike", {"day=2026-11-22"}, holder));
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(PartitionLockSuite);

}  // namespace gossamer::store::conformance
