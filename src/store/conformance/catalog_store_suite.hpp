// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <array>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

class CatalogStoreSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    if (ports_.catalog == nullptr) GTEST_SKIP() << "this implementation has no catalog";
  }

  // A run that published these, still open.
  orchestration::Transition published(const std::vector<release::Publication>& publications) {
    orchestration::Transition made = sample_.created();
    made.after_run.pins.catalog = must(ports_.catalog->version());
    made.publications = publications;
    commit({made});
    return made;
  }
  // "day=1:<attempt> day=2:<attempt>" at a version.
  std::string shown(const std::string& table, std::uint64_t version) {
    std::string text;
    for (const auto& content : must(ports_.catalog->snapshot(table, version)).contents) {
      text += content.key.text() + ":" + content.attempt.value() + " ";
    }
    return text;
  }
  static std::string line(const release::Publication& publication) {
    return publication.content.key.text() + ":" + publication.content.attempt.value() + " ";
  }
  std::uint64_t version() { return must(ports_.catalog->version()); }
  Result<std::uint64_t> import(const std::vector<release::Publication>& publications,
                               const std::vector<std::optional<AttemptId>>& expected) {
    return ports_.catalog->publish(publications, expected, "ana", sample_.tick());
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

TEST_P(CatalogStoreSuite, IsEmptyAtFirst) {
  EXPECT_EQ(version(), 0U);
  EXPECT_EQ(must(ports_.runs->catalog_version()), 0U);
  EXPECT_TRUE(must(ports_.catalog->tables()).empty());
  EXPECT_EQ(shown("t", 0), "");
  EXPECT_TRUE(must(ports_.catalog->contents("t")).empty());
  EXPECT_EQ(failure(ports_.catalog->find_table("t")).kind, ErrorKind::not_found);
  EXPECT_EQ(failure(ports_.catalog->snapshot("t", 1)).kind, ErrorKind::not_found);
}

TEST_P(CatalogStoreSuite, ReadsBackAContentAsItWasPublished) {
  const auto publication = sample_.current("raw.rentals", "day=2026-11-22/shop=a%2Fb");
  published({publication});
  restart();
  const auto snapshot = must(ports_.catalog->snapshot("raw.rentals", version()));
  ASSERT_EQ(snapshot.contents.size(), 1U);
  EXPECT_EQ(release::to_json(snapshot.contents[0]), release::to_json(publication.content));
  EXPECT_EQ(snapshot.table, "raw.rentals");
  EXPECT_EQ(snapshot.version, version());
}

TEST_P(CatalogStoreSuite, KeepsEveryFormerVersionReadable) {
  const auto monday = sample_.current("t", "day=1", "a");
  const auto tuesday = sample_.current("t", "day=2", "b");
  const auto monday_again = sample_.current("t", "day=1", "c");
  published({monday});
  published({tuesday});
  published({monday_again});
  EXPECT_EQ(version(), 3U);
  EXPECT_EQ(shown("t", 0), "");
  EXPECT_EQ(shown("t", 1), line(monday));
  EXPECT_EQ(shown("t", 2), line(monday) + line(tuesday));
  EXPECT_EQ(shown("t", 3), line(monday_again) + line(tuesday));
  EXPECT_EQ(shown("other", 3), "");
}

TEST_P(CatalogStoreSuite, TellsWhichVersionAMomentHad) {
  const Instant before = sample_.now();
  published({sample_.current("t", "day=1")});
  const Instant first = sample_.now();
  sample_.tick();
  published({sample_.current("t", "day=2")});
  EXPECT_EQ(must(ports_.catalog->version_at(before)), 0U);
  EXPECT_EQ(must(ports_.catalog->version_at(first)), 1U);
  EXPECT_EQ(must(ports_.catalog->version_at(sample_.now() - Duration(1))), 1U);
  EXPECT_EQ(must(ports_.catalog->version_at(sample_.now() + std::chrono::days(1))), 2U);
}

TEST_P(CatalogStoreSuite, DescribesTables) {
  published({sample_.current("t", "day=1/shop=x")});
  auto wider = sample_.current("t", "day=2/shop=x");
  wider.content.schema.push_back({.name = "new", .type = "VARCHAR"});
  published({wider});
  published({sample_.current("a", "all")});
  const auto tables = must(ports_.catalog->tables());
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].name, "a");
  EXPECT_TRUE(tables[0].key_columns.empty());
  EXPECT_EQ(tables[1].key_columns, (std::vector<std::string>{"day", "shop"}));
  EXPECT_EQ(tables[1].schema, wider.content.schema);
  EXPECT_EQ(tables[1].partitions, 2U);
  EXPECT_EQ(tables[1].rows, 20U);
  EXPECT_EQ(must(ports_.catalog->find_table("t")).partitions, 2U);
  EXPECT_THAT(failure(ports_.catalog->find_table("tt")).message,
              testing::HasSubstr("did you mean"));
}

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

TEST_P(CatalogStoreSuite, MakesATableOfACandidateAlone) {
  published({sample_.candidate("t", "day=1", "x")});
  const auto table = must(ports_.catalog->find_table("t"));
  EXPECT_EQ(table.partitions, 0U);
  EXPECT_EQ(table.schema.size(), 2U);
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

TEST_P(CatalogStoreSuite, ImportsAllPartitionsOrNone) {
  const std::vector first{sample_.current("t", "day=1", "a"), sample_.current("t", "day=2", "b")};
  EXPECT_EQ(must(import(first, {std::nullopt, std::nullopt})), 1U);
  EXPECT_EQ(shown("t", 1), line(first[0]) + line(first[1]));

  const std::vector second{sample_.current("t", "day=3", "c"), sample_.current("t", "day=2", "d")};
  const auto late = import(second, {std::nullopt, std::nullopt});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::conflict);
  EXPECT_THAT(late.error().message, testing::HasSubstr("t day=2"));
  EXPECT_EQ(version(), 1U);

  EXPECT_EQ(must(import(second, {std::nullopt, first[1].content.attempt})), 2U);
  EXPECT_EQ(shown("t", 2), line(first[0]) + line(second[1]) + line(second[0]));
  // Once more, after an answer that got lost: nothing happens.
  EXPECT_EQ(must(import(second, {std::nullopt, first[1].content.attempt})), 2U);
  EXPECT_EQ(failure(import(second, {})).kind, ErrorKind::bug);
}

TEST_P(CatalogStoreSuite, ListsContentsNewestFirstWithTheirTimes) {
  const auto first = sample_.current("t", "day=1", "a");
  const auto second = sample_.current("t", "day=1", "b");
  const auto held = sample_.candidate("t", "day=1", "bike/2");
  const auto made = published({first});
  published({second});
  published({held});
  const auto entries = must(ports_.catalog->contents("t"));
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].content.attempt, held.content.attempt);
  EXPECT_EQ(entries[0].candidate, "bike/2");
  EXPECT_FALSE(entries[0].from);
  EXPECT_EQ(entries[1].content.attempt, second.content.attempt);
  EXPECT_EQ(entries[1].from, 2U);
  EXPECT_FALSE(entries[1].until);
  EXPECT_EQ(entries[2].content.attempt, first.content.attempt);
  EXPECT_EQ(entries[2].from, 1U);
  EXPECT_EQ(entries[2].until, 2U);
  EXPECT_EQ(entries[2].run, made.run);
  EXPECT_TRUE(entries[2].candidate.empty());
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CatalogStoreSuite);

}  // namespace gossamer::store::conformance
