// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

// What a catalog does by itself, with neither runs nor switches.
class CatalogPortSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    if (ports_.catalog == nullptr) GTEST_SKIP() << "this implementation has no catalog";
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
  // Imports over whatever is there.
  void publish(const std::vector<release::Publication>& publications) {
    std::vector<std::optional<AttemptId>> expected;
    for (const auto& publication : publications) {
      const auto& content = publication.content;
      const auto present = must(ports_.catalog->current(content.table, content.key));
      expected.push_back(present ? std::optional(present->attempt) : std::nullopt);
    }
    must(import(publications, expected));
  }
};

TEST_P(CatalogPortSuite, IsEmptyAtFirst) {
  EXPECT_EQ(version(), 0U);
  EXPECT_TRUE(must(ports_.catalog->tables()).empty());
  EXPECT_EQ(shown("t", 0), "");
  EXPECT_TRUE(must(ports_.catalog->contents("t")).empty());
  EXPECT_EQ(failure(ports_.catalog->find_table("t")).kind, ErrorKind::not_found);
  EXPECT_EQ(failure(ports_.catalog->snapshot("t", 1)).kind, ErrorKind::not_found);
}

TEST_P(CatalogPortSuite, ReadsBackAContentAsItWasPublished) {
  const auto publication = sample_.current("raw.rentals", "day=2026-11-22/shop=a%2Fb");
  publish({publication});
  restart();
  const auto snapshot = must(ports_.catalog->snapshot("raw.rentals", version()));
  ASSERT_EQ(snapshot.contents.size(), 1U);
  EXPECT_EQ(release::to_json(snapshot.contents[0]), release::to_json(publication.content));
  EXPECT_EQ(snapshot.table, "raw.rentals");
  EXPECT_EQ(snapshot.version, version());
}

TEST_P(CatalogPortSuite, KeepsEveryFormerVersionReadable) {
  const auto monday = sample_.current("t", "day=1", "a");
  const auto tuesday = sample_.current("t", "day=2", "b");
  const auto monday_again = sample_.current("t", "day=1", "c");
  publish({monday});
  publish({tuesday});
  publish({monday_again});
  EXPECT_EQ(version(), 3U);
  EXPECT_EQ(shown("t", 0), "");
  EXPECT_EQ(shown("t", 1), line(monday));
  EXPECT_EQ(shown("t", 2), line(monday) + line(tuesday));
  EXPECT_EQ(shown("t", 3), line(monday_again) + line(tuesday));
  EXPECT_EQ(shown("other", 3), "");
}

TEST_P(CatalogPortSuite, TellsWhichVersionAMomentHad) {
  const Instant before = sample_.now();
  publish({sample_.current("t", "day=1")});
  const Instant first = sample_.now();
  sample_.tick();
  publish({sample_.current("t", "day=2")});
  EXPECT_EQ(must(ports_.catalog->version_at(before)), 0U);
  EXPECT_EQ(must(ports_.catalog->version_at(first)), 1U);
  EXPECT_EQ(must(ports_.catalog->version_at(sample_.now() - Duration(1))), 1U);
  EXPECT_EQ(must(ports_.catalog->version_at(sample_.now() + std::chrono::days(1))), 2U);
}

TEST_P(CatalogPortSuite, DescribesTables) {
  publish({sample_.current("t", "day=1/shop=x")});
  auto wider = sample_.current("t", "day=2/shop=x");
  wider.content.schema.push_back({.name = "new", .type = "VARCHAR"});
  publish({wider});
  publish({sample_.current("a", "all")});
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

TEST_P(CatalogPortSuite, MakesATableOfACandidateAlone) {
  publish({sample_.candidate("t", "day=1", "x")});
  const auto table = must(ports_.catalog->find_table("t"));
  EXPECT_EQ(table.partitions, 0U);
  EXPECT_EQ(table.schema.size(), 2U);
}

TEST_P(CatalogPortSuite, ImportsAllPartitionsOrNone) {
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

TEST_P(CatalogPortSuite, ListsContentsNewestFirstWithTheirTimes) {
  const auto first = sample_.current("t", "day=1", "a");
  const auto second = sample_.current("t", "day=1", "b");
  const auto held = sample_.candidate("t", "day=1", "bike/2");
  publish({first});
  publish({second});
  publish({held});
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
  EXPECT_TRUE(entries[2].candidate.empty());
}

TEST_P(CatalogPortSuite, TellsWhatAPartitionHolds) {
  const auto first = sample_.current("t", "day=1", "a");
  const auto second = sample_.current("t", "day=1", "b");
  publish({first, sample_.current("t", "day=2")});
  publish({second});
  publish({sample_.candidate("t", "day=1", "bike/2")});
  const auto held = must(ports_.catalog->current("t", first.content.key));
  ASSERT_TRUE(held);
  EXPECT_EQ(release::to_json(*held), release::to_json(second.content));
  EXPECT_FALSE(must(ports_.catalog->current("other", first.content.key)));
  EXPECT_FALSE(must(ports_.catalog->current("t", sample_.current("t", "day=3").content.key)));
}

TEST_P(CatalogPortSuite, ForgetsWhatNobodyHolds) {
  const auto first = sample_.current("t", "day=1", "a");
  publish({first});
  EXPECT_EQ(failure(ports_.catalog->forget({first.content.attempt})).kind, ErrorKind::conflict);
  publish({sample_.current("t", "day=1", "b")});
  must(ports_.catalog->forget({first.content.attempt}));
  EXPECT_EQ(must(ports_.catalog->contents("t")).size(), 1U);
  EXPECT_EQ(shown("t", 1), "");
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CatalogPortSuite);

}  // namespace gossamer::store::conformance
