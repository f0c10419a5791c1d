// SPDX-License-Identifier: Apache-2.0
#include "warehouse/layout.hpp"

#include <gmock/gmock.h>

#include "base/clock.hpp"

namespace gossamer::warehouse {
namespace {

TEST(Layout, PutsEveryAttemptIntoAFolderOfItsOwn) {
  const ManualClock clock;
  const auto ids = seeded_ids(clock, 1);
  const auto attempt = AttemptId::make(*ids);
  const auto key = release::PartitionKey::parse("day=2026-11-22/country=a%2Fb").value();
  const Layout layout("/w");
  EXPECT_EQ(layout.partition_files("raw.rentals", attempt, key),
            "/w/.data/raw.rentals/" + attempt.value() + "/day=2026-11-22/country=a%2Fb");
  EXPECT_EQ(layout.projection("raw.rentals"), "/w/raw.rentals");
  EXPECT_EQ(file_name(attempt, 3), "part-" + attempt.value() + "-3.parquet");
}

TEST(Layout, NamesACandidateAsAFolderMayBeNamed) {
  const Layout layout("/w");
  EXPECT_EQ(layout.candidate_projection("t", "demand/8"), "/w/t__candidate_demand-8");
  EXPECT_EQ(layout.candidate_projection("t", "../x"), "/w/t__candidate_..-x");
}

TEST(TableName, IsOneOrTwoPlainWords) {
  for (const std::string good : {"rentals", "raw.rentals", "a-b.c_1", "R2"}) {
    EXPECT_TRUE(check_table_name(good)) << good;
  }
  for (const std::string bad :
       {"", ".", "a.", ".data", "a.b.c", "a/b", "..", "a b", "é", "a\nb", "t__candidate_x"}) {
    const auto refused = check_table_name(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("is not a table's name"));
  }
  EXPECT_FALSE(check_table_name(std::string(129, 'a')));
}

}  // namespace
}  // namespace gossamer::warehouse
