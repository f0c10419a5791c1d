// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

using Parts = std::vector<std::string>;

TEST(Text, SplitsAndJoins) {
  EXPECT_EQ(split("a,,b", ','), (Parts{"a", "", "b"}));
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split(",", ','), (Parts{"", ""}));
  EXPECT_EQ(join(Parts{"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join(Parts{}, ", "), "");
}

TEST(Text, TrimsAndLowers) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(lower_case("AbZ-1"), "abz-1");
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));          // overlong
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  EXPECT_FALSE(is_utf8("\xE2\x82"));          // cut off
  EXPECT_EQ(find_not_utf8("ab\xFF"), 2U);
}

TEST(Text, AbbreviatesBetweenCharacters) {
  EXPECT_EQ(abbreviated("short", 5), "short");
  EXPECT_EQ(abbreviated("somewhat long", 7), "some...");
  EXPECT_EQ(abbreviated("aa\xE2\x82\xAC\xE2\x82\xAC", 6), "aa...");
  EXPECT_EQ(abbreviated("abcdef", 2), "..");
}

}  // namespace
}  // namespace gossamer
