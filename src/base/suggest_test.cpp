// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace gossamer {
namespace {

const std::vector<std::string> keys = {"schedule", "steps", "retries", "timeout", "timezone"};

TEST(Suggest, FindsMissingExtraWrongAndSwappedLetters) {
  EXPECT_EQ(closest("shedule", keys), "schedule");
  EXPECT_EQ(closest("stepps", keys), "steps");
  EXPECT_EQ(closest("retrjes", keys), "retries");
  EXPECT_EQ(closest("timeuot", keys), "timeout");
}

TEST(Suggest, IgnoresCase) { EXPECT_EQ(closest("TimeOut", keys), "timeout"); }

TEST(Suggest, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(closest("colour", keys), std::nullopt);
  EXPECT_EQ(closest("", keys), std::nullopt);
  EXPECT_EQ(closest("x", std::vector<std::string>{"y"}), std::nullopt);
  EXPECT_EQ(closest(std::string(5000, 'a'), keys), std::nullopt);
}

TEST(Suggest, TakesTheNearestAndOfEqualsTheFirst) {
  EXPECT_EQ(closest("tran", std::vector<std::string>{"trains", "train", "trap"}), "train");
}

TEST(Suggest, MakesTheTailOfAMessage) {
  EXPECT_EQ("unknown key `step`" + did_you_mean("step", keys),
            "unknown key `step` (did you mean `steps`?)");
  EXPECT_EQ(did_you_mean("colour", keys), "");
}

}  // namespace
}  // namespace gossamer
