// SPDX-License-Identifier: Apache-2.0
#include "app/params.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gossamer::app {
namespace {

using ::testing::HasSubstr;

TEST(ParamOptions, AreNamesAndTexts) {
  EXPECT_EQ(*parse_params({}), Json::object());
  EXPECT_EQ(*parse_params({"rounds=500", "note=a=b", "empty="}),
            Json({{"rounds", "500"}, {"note", "a=b"}, {"empty", ""}}));
}

TEST(ParamOptions, AreRefusedWithoutANameOrAValue) {
  for (const auto* wrong : {"rounds", "=5", ""}) {
    const auto parsed = parse_params({wrong});
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(parsed.error().message, HasSubstr("name=value"));
  }
}

TEST(ParamOptions, AreRefusedWhereOneIsGivenTwice) {
  const auto parsed = parse_params({"rounds=1", "rounds=2"});
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, HasSubstr("rounds: given twice"));
}

}  // namespace
}  // namespace gossamer::app
