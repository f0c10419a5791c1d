// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/conformance/catalog_port_suite.hpp"

namespace gossamer::store::conformance {

// What runs and switches do to a catalog.
class CatalogStoreSuite : public CatalogPortSuite {
 protected:
  // A run that published these, still open.
  orchestration::Transition published(const std::vector<release::Publication>& publications) {
    orchestration::Transition made = sample_.created();
    made.after_run.pins.catalog = must(ports_.catalog->version());
    made.publications = publications;
    commit({made});
    return made;
  }
  release::Switch content_change(const release::Publication& publication,
                                 std::optional<AttemptId> from, std::optional<AttemptId> to) {
    release::Switch change = sample_.change();
    change.contents = {{.table = publication.content.table,
                        .key = publication.content.key,
                        .from = std::move(from),
                        .to = std::move(to)}};
    return change;
  }
  Result<void> apply(const release::Switch& change) {
    return ports_.releases->apply(change, Sample::note("switch.apply", ""), {});
  }
};

TEST_P(CatalogStoreSuite, ShowsACandidateToNobodyUntilASwitchPublishesIt) {
  const auto first = sample_.current("t", "day=1", "a");
  const auto held = sample_.candidate("t", "day=1", "bike/2");
  published({first});
  published({held});
  EXPECT_EQ(version(), 1U);
  EXPECT_EQ(shown("t", 1), line(first));

  must(apply(content_change(held, first.content.attempt, held.content.attempt)));
  EXPECT_EQ(version(), 2U);
  EXPECT_EQ(shown("t", 2), line(held));
  EXPECT_EQ(shown("t", 1), line(first));
}

TEST_P(CatalogStoreSuite, RollsAPartitionBackAndForward) {
  const auto first = sample_.current("t", "day=1", "a");
  const auto second = sample_.current("t", "day=1", "b");
  published({first});
  published({second});
  const auto back = content_change(second, second.content.attempt, first.content.attempt);
  must(apply(back));
  EXPECT_EQ(shown("t", version()), line(first));
  must(apply(release::inverse(back, sample_.id<SwitchId>(), "ana", "", sample_.tick())));
  EXPECT_EQ(shown("t", version()), line(second));
  EXPECT_EQ(shown("t", 3), line(first));
  // A partition can also go away, and come back.
  must(apply(content_change(second, second.content.attempt, std::nullopt)));
  EXPECT_EQ(shown("t", version()), "");
  must(apply(content_change(second, std::nullopt, first.content.attempt)));
  EXPECT_EQ(shown("t", version()), line(first));
}

TEST_P(CatalogStoreSuite, RefusesASwitchWhoseFormerContentHasMoved) {
  const auto first = sample_.current("t", "day=1", "a");
  const auto held = sample_.candidate("t", "day=1", "x");
  published({first});
  published({held});
  published({sample_.current("t", "day=1", "b")});
  const auto applied = apply(content_change(held, first.content.attempt, held.content.attempt));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::conflict);
  EXPECT_EQ(version(), 2U);
}

TEST_P(CatalogStoreSuite, RefusesASwitchToAContentThatIsNotThere) {
  const auto first = sample_.current("t", "day=1", "a");
  published({first});
  const auto applied = apply(content_change(first, first.content.attempt, sample_.id<AttemptId>()));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::conflict);
  EXPECT_EQ(shown("t", 1), line(first));
}

TEST_P(CatalogStoreSuite, PublishesTheSameAttemptOnce) {
  const auto publication = sample_.current("t", "day=1");
  const auto made = published({publication});
  orchestration::Transition again = sample_.next(made);
  again.publications = {publication};
  commit({again});
  EXPECT_EQ(version(), 1U);
  EXPECT_EQ(must(ports_.catalog->contents("t")).size(), 1U);

  orchestration::Transition other = sample_.next(again);
  other.publications = {publication};
  other.publications[0].content.digest = digest_of("something else");
  EXPECT_EQ(refused({other}).kind, ErrorKind::conflict);
}

TEST_P(CatalogStoreSuite, RefusesToOverwriteWhatChangedUnderARun) {
  const auto slow = published({});
  published({sample_.current("t", "day=1", "from another run")});
  orchestration::Transition late = sample_.next(slow);
  late.publications = {sample_.current("t", "day=2"), sample_.current("t", "day=1", "late")};
  const Error error = refused({late});
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.describe(), testing::HasSubstr("t day=1 was changed"));
  EXPECT_EQ(version(), 1U);
  EXPECT_EQ(must(ports_.catalog->contents("t")).size(), 1U) << "nothing is half published";

  // With fresh pins the same run may.
  late.after_run.pins.catalog = version();
  commit({late});
  EXPECT_EQ(version(), 3U);
}

TEST_P(CatalogStoreSuite, RefusesToBringBackWhatSomebodyTookAwayMeanwhile) {
  const auto first = sample_.current("t", "day=1", "a");
  published({first});
  const auto slow = published({});
  must(apply(content_change(first, first.content.attempt, std::nullopt)));
  orchestration::Transition late = sample_.next(slow);
  late.publications = {sample_.current("t", "day=1", "late")};
  EXPECT_EQ(refused({late}).kind, ErrorKind::conflict);
}

TEST_P(CatalogStoreSuite, LetsARunReplaceWhatItPublishedItself) {
  const auto made = published({sample_.current("t", "day=1", "first try")});
  orchestration::Transition again = sample_.next(made);
  again.publications = {sample_.current("t", "day=1", "after rework")};
  commit({again});
  EXPECT_EQ(shown("t", version()), line(again.publications[0]));
}

TEST_P(CatalogStoreSuite, TellsWhatChangedATable) {
  const auto first = sample_.current("t", "day=1", "a");
  const auto made = published({first});
  must(import({sample_.current("t", "day=1", "b"), sample_.current("t", "day=2")},
              {first.content.attempt, std::nullopt}));
  published({sample_.current("other", "day=1")});
  published({sample_.candidate("t", "day=3", "bike/2")});
  const auto second = must(ports_.catalog->current("t", first.content.key));
  must(apply(content_change(first, second->attempt, std::nullopt)));
  const auto changes = must(ports_.history->changes("t"));
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].version, 4U);
  EXPECT_EQ(changes[0].removed, 1U);
  EXPECT_EQ(changes[0].partition, "day=1");
  EXPECT_EQ(changes[1].version, 2U);
  EXPECT_EQ(changes[1].actor, "ana");
  EXPECT_EQ(changes[1].added, 1U);
  EXPECT_EQ(changes[1].replaced, 1U);
  EXPECT_FALSE(changes[1].run);
  EXPECT_EQ(changes[2].run, made.run);
  EXPECT_EQ(changes[2].added, 1U);
  EXPECT_TRUE(must(ports_.history->changes("nothing")).empty());
}

TEST_P(CatalogStoreSuite, NamesTheRunThatWroteAContent) {
  const auto made = published({sample_.current("t", "day=1")});
  EXPECT_EQ(must(ports_.catalog->contents("t")).at(0).run, made.run);
  EXPECT_EQ(must(ports_.runs->catalog_version()), 1U);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CatalogStoreSuite);

}  // namespace gossamer::store::conformance
