// SPDX-License-Identifier: Apache-2.0
#include "models/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gossamer::models {
namespace {

using ::testing::HasSubstr;

TEST(Name, ReadsItsThreeForms) {
  EXPECT_EQ(Name::parse("credit/7")->version, 7);
  EXPECT_EQ(Name::parse("credit@champion")->alias, "champion");
  EXPECT_EQ(Name::parse("bike_demand.v2")->model, "bike_demand.v2");
  for (const char* text : {"credit/7", "credit@champion", "credit"}) {
    EXPECT_EQ(Name::parse(text)->text(), text);
  }
}

TEST(Name, RefusesWhatCannotBeOne) {
  for (const char* text :
       {"", "@champion", "/7", "credit/", "credit/0", "credit/07", "credit/x", "credit/-1",
        "credit@", "a b", "../etc", ".hidden", "credit/7@x", "credit/99999999999"}) {
    const auto name = Name::parse(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(name.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(name.error().message, HasSubstr("`name/7` for a version"));
  }
}

}  // namespace
}  // namespace gossamer::models
