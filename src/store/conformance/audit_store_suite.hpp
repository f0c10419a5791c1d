// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

class AuditStoreSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    if (ports_.audit == nullptr) GTEST_SKIP() << "this implementation has no audit log";
  }
  void expect_valid(std::int64_t entries) {
    const auto report = must(access::verify_store(*ports_.audit, std::nullopt));
    EXPECT_FALSE(report.fault) << report.fault->reason;
    EXPECT_EQ(report.entries, entries);
    EXPECT_EQ(must(ports_.audit->last_sequence()), entries);
  }
};

TEST_P(AuditStoreSuite, ChainsEntriesInTheOrderOfTheirTransitions) {
  auto first = sample_.created("2026-11-20");
  auto second = sample_.created("2026-11-21");
  first.audit = {Sample::note("run.start", "a"), Sample::note("run.cancel", "b")};
  second.audit = {Sample::note("run.start", "c")};
  second.audit[0].actor = {.name = "größe", .verified = false, .channel = "page"};
  second.audit[0].details = {{"n", 0.1}, {"z", nullptr}, {"a", {1, 2}}};
  commit({first, second});
  restart();
  expect_valid(4);
  const auto entries = must(ports_.audit->read(1, 10));
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].subject, "a");
  EXPECT_EQ(entries[1].subject, "b");
  EXPECT_EQ(entries[2].subject, "c");
  EXPECT_EQ(entries[2].actor, "größe");
  EXPECT_FALSE(entries[2].verified);
  EXPECT_EQ(entries[2].channel, "page");
  EXPECT_EQ(entries[2].details, second.audit[0].details);
  EXPECT_EQ(entries[2].at, second.history.back().at);
}

TEST_P(AuditStoreSuite, HasNothingOfACommitThatFailed) {
  auto good = sample_.created("2026-11-20");
  good.audit = {Sample::note("run.start", "a")};
  auto bad = sample_.created("2026-11-21");
  bad.expected_revision = 3;
  refused({good, bad});
  expect_valid(1);
  commit({good});
  expect_valid(2);
}

TEST_P(AuditStoreSuite, ReadsInPages) {
  for (int number = 0; number < 5; ++number) {
    auto made = sample_.created();
    made.audit = {Sample::note("run.start", std::to_string(number))};
    commit({made});
  }
  EXPECT_EQ(must(ports_.audit->read(0, 2)).size(), 2U);
  const auto page = must(ports_.audit->read(2, 3));
  ASSERT_EQ(page.size(), 3U);
  EXPECT_EQ(page[0].sequence, 3);
  EXPECT_TRUE(must(ports_.audit->read(6, 3)).empty());
  expect_valid(6);
}

TEST_P(AuditStoreSuite, RefusesTextThatCouldNotBeVerified) {
  auto made = sample_.created();
  made.audit = {Sample::note("run.cancel", "x")};
  made.audit[0].details = {{"reason", "\xff\xfe"}};
  EXPECT_EQ(refused({made}).kind, ErrorKind::invalid_input);
  expect_valid(1);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(AuditStoreSuite);

}  // namespace gossamer::store::conformance
