// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

Result<int> half_of(int number) {
  if (number % 2 != 0) return invalid_input("odd: " + std::to_string(number));
  return number / 2;
}

Result<void> accept(int number) {
  TRY(half_of(number));
  return {};
}

Result<std::string> quarter_of(int number) {
  TRY(accept(number));
  TRY_ASSIGN(const int half, half_of(number));
  TRY_ASSIGN(auto quarter, half_of(half));
  return std::to_string(quarter);
}

TEST(Result, TryPassesValuesOnAndErrorsUp) {
  EXPECT_EQ(quarter_of(8).value(), "2");
  EXPECT_EQ(quarter_of(3).error().message, "odd: 3");
  EXPECT_EQ(quarter_of(6).error().message, "odd: 3");
  EXPECT_EQ(quarter_of(6).error().kind, ErrorKind::invalid_input);
}

TEST(Result, TryNestsInOneExpression) {
  const auto outer = [](int number) -> Result<void> {
    TRY([&]() -> Result<void> {
      TRY(accept(number));
      return {};
    }());
    return {};
  };
  EXPECT_TRUE(outer(2).has_value());
  EXPECT_FALSE(outer(1).has_value());
}

TEST(Result, TryAssignMovesTheValueOut) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto use = [&]() -> Result<int> {
    TRY_ASSIGN(auto owned, make());
    return *owned;
  };
  EXPECT_EQ(use().value(), 5);
}

TEST(Error, DescribesPositionAndCauses) {
  const Error inner = invalid_input("bad cron", Position{"daily.yaml", 12, 5}).error();
  EXPECT_EQ(inner.describe(), "daily.yaml:12:5: bad cron");
  const Error outer = inner.wrapped("pipeline daily").wrapped("cannot apply");
  EXPECT_EQ(outer.kind, ErrorKind::invalid_input);
  EXPECT_EQ(outer.describe(), "daily.yaml:12:5: cannot apply: pipeline daily: bad cron");
}

TEST(Error, ShowsTheCausesPositionWhereItDiffers) {
  Error outer = not_found("table x").error();
  outer.cause =
      std::make_shared<const Error>(invalid_input("no such key", Position{"x.yaml", 3, 0}).error());
  EXPECT_EQ(outer.describe(), "table x: x.yaml:3: no such key");
}

TEST(Error, LeavesOutUnknownPartsOfAPosition) {
  EXPECT_EQ(to_string(Position{"a.yaml", 0, 0}), "a.yaml");
  EXPECT_EQ(to_string(Position{"a.yaml", 7, 0}), "a.yaml:7");
  EXPECT_EQ(to_string(Position{"", 7, 2}), "7:2");
}

TEST(Error, EachShortcutHasItsKind) {
  EXPECT_EQ(not_found("").error().kind, ErrorKind::not_found);
  EXPECT_EQ(conflict("").error().kind, ErrorKind::conflict);
  EXPECT_EQ(denied("").error().kind, ErrorKind::denied);
  EXPECT_EQ(unavailable("").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(bug("").error().kind, ErrorKind::bug);
  EXPECT_EQ(name_of(ErrorKind::unavailable), "unavailable");
}

}  // namespace
}  // namespace gossamer
