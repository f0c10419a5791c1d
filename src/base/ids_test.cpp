// SPDX-License-Identifier: Apache-2.0
#include "base/ids.hpp"

#include <thread>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.hpp"

namespace gossamer {
namespace {

using namespace std::chrono_literals;

const Instant start = parse_instant("2026-11-22T04:30:00Z").value();

TEST(Ids, HavePrefixVersionAndVariant) {
  const ManualClock clock(start);
  const auto ids = seeded_ids(clock, 1);
  const std::string id = RunId::make(*ids).value();
  ASSERT_EQ(id.size(), 40U);
  EXPECT_EQ(id.substr(0, 18), "run_01a20184-a540-");
  EXPECT_EQ(id[18], '7');
  EXPECT_NE(std::string("89ab").find(id[23]), std::string::npos);
  EXPECT_EQ(RunId::parse(id).value().value(), id);
}

TEST(Ids, TheSameSeedGivesTheSameIds) {
  const ManualClock clock(start);
  const auto one = seeded_ids(clock, 7);
  const auto two = seeded_ids(clock, 7);
  const auto other = seeded_ids(clock, 8);
  const std::string first = one->uuid7();
  EXPECT_EQ(first, two->uuid7());
  EXPECT_NE(first, other->uuid7());
}

TEST(Ids, IncreaseWithinAMillisecondAndWhenTheClockGoesBack) {
  ManualClock clock(start);
  const auto ids = system_ids(clock);
  std::string last = ids->uuid7();
  for (int i = 0; i < 30'000; ++i) {
    if (i == 10'000) clock.set(start - 1h);
    if (i == 20'000) clock.advance(2h);
    std::string next = ids->uuid7();
    ASSERT_LT(last, next);
    last = std::move(next);
  }
}

TEST(Ids, AreUniqueAcrossThreads) {
  const ManualClock clock(start);
  const auto ids = system_ids(clock);
  std::vector<std::vector<std::string>> given(4);
  std::vector<std::thread> threads;
  for (auto& mine : given) {
    threads.emplace_back([&mine, &ids] {
      for (int i = 0; i < 1000; ++i)
        mine.push_back(ids->uuid7());
    });
  }
  for (auto& thread : threads)
    thread.join();
  std::unordered_set<std::string> all;
  for (const auto& mine : given)
    all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000U);
}

TEST(Ids, ParseRefusesOtherTexts) {
  const std::string good = "run_019aa9bc-91c0-7123-8abc-0123456789ab";
  ASSERT_TRUE(RunId::parse(good).has_value());
  EXPECT_EQ(GateId::parse(good).error().message,
            "`" + good + "` is not an id; expected `gate_` and a UUID of version 7 in lower case");
  for (std::string bad :
       {"", "run_", "run_019AA9BC-91C0-7123-8abc-0123456789ab",
        "run_019aa9bc-91c0-4123-8abc-0123456789ab", "run_019aa9bc-91c0-7123-cabc-0123456789ab",
        "run_019aa9bc-91c0-7123-8abc-0123456789abc", "run_019aa9bc091c0-7123-8abc-0123456789ab",
        "019aa9bc-91c0-7123-8abc-0123456789ab", "run_019aa9bc-91c0-7123-8abc-0123456789a/"}) {
    EXPECT_EQ(RunId::parse(bad).error().kind, ErrorKind::invalid_input) << bad;
  }
}

TEST(Ids, CompareHashAndFormat) {
  const ManualClock clock(start);
  const auto ids = seeded_ids(clock, 1);
  const RunId first = RunId::make(*ids);
  const RunId second = RunId::make(*ids);
  EXPECT_LT(first, second);
  EXPECT_EQ(first, RunId::parse(first.value()).value());
  EXPECT_TRUE((std::unordered_set<RunId>{first, second}.contains(first)));
  EXPECT_EQ(fmt::format("{}", first), first.value());
  EXPECT_TRUE(RunId().empty());
}

}  // namespace
}  // namespace gossamer
