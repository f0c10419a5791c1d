// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "release/publication.hpp"

namespace gossamer::release {
namespace {

using testing::HasSubstr;

PartitionKey key(std::vector<std::pair<std::string, std::string>> pairs) {
  return PartitionKey{.pairs = std::move(pairs)};
}

TEST(PartitionKeyText, WritesPairsAsHivePath) {
  EXPECT_EQ(key({}).text(), "all");
  EXPECT_EQ(key({{"day", "2026-11-22"}}).text(), "day=2026-11-22");
  EXPECT_EQ(key({{"hour", "2026-11-22T04"}, {"country", "jp"}}).text(),
            "hour=2026-11-22T04/country=jp");
}

TEST(PartitionKeyText, EncodesWhatWouldChangeThePath) {
  EXPECT_EQ(key({{"shop", "a/b=c"}}).text(), "shop=a%2Fb%3Dc");
  EXPECT_EQ(key({{"shop", "50% off: now?"}}).text(), "shop=50%25%20off%3A%20now%3F");
  EXPECT_EQ(key({{"shop", "../../etc"}}).text(), "shop=..%2F..%2Fetc");
  EXPECT_EQ(key({{"shop", "tab\there\n"}}).text(), "shop=tab%09here%0A");
  EXPECT_EQ(key({{"a=b", "c"}}).text(), "a%3Db=c");
}

TEST(PartitionKeyText, KeepsWhatPeopleRead) {
  EXPECT_EQ(key({{"country", "日本"}}).text(), "country=日本");
  EXPECT_EQ(key({{"mail", "a.b+c@d-e_f~g"}}).text(), "mail=a.b+c@d-e_f~g");
}

TEST(PartitionKeyText, IsReadBackForEveryByteOfAscii) {
  for (int byte = 1; byte < 128; ++byte) {
    const std::string value = std::string("x") + static_cast<char>(byte) + "y";
    const PartitionKey written = key({{"k", value}, {"second", "all"}});
    const auto read = PartitionKey::parse(written.text());
    ASSERT_TRUE(read) << byte << ": " << read.error().message;
    EXPECT_EQ(*read, written) << byte;
  }
}

TEST(PartitionKeyText, IsTheSameForTypedAndEncodedValues) {
  const auto typed = PartitionKey::parse("shop=côte d'or");
  ASSERT_TRUE(typed);
  EXPECT_EQ(typed->text(), "shop=côte%20d%27or");
  EXPECT_EQ(PartitionKey::parse("shop=c%c3%b4te%20d%27or").value(), *typed);
}

TEST(PartitionKeyText, TellsTheWordAllFromAValueAll) {
  EXPECT_EQ(PartitionKey::parse("all").value(), key({}));
  EXPECT_EQ(PartitionKey::parse("k=all").value(), key({{"k", "all"}}));
}

TEST(PartitionKeyText, SplitsAtTheFirstEqualsSign) {
  EXPECT_EQ(PartitionKey::parse("k=a=b").value(), key({{"k", "a=b"}}));
}

struct BadText {
  std::string text;
  std::string message;
};
class RefusedPartitionText : public testing::TestWithParam<BadText> {};

TEST_P(RefusedPartitionText, SaysWhatIsWrong) {
  const auto read = PartitionKey::parse(GetParam().text);
  ASSERT_FALSE(read) << GetParam().text;
  EXPECT_EQ(read.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, RefusedPartitionText,
    testing::Values(
        BadText{"", "empty"}, BadText{"2026-11-22", "write `key=value`"}, BadText{"=x", "no key"},
        BadText{"day=", "no value"}, BadText{"day=a//b=c", "write `key=value`"},
        BadText{"day=a/", "write `key"}, BadText{"day=a/day=b", "the key `day` twice"},
        BadText{"k=100%", "two hexadecimal digits"}, BadText{"k=%2", "two hexadecimal digits"},
        BadText{"k=%zz", "two hexadecimal digits"}, BadText{"k=%ff", "not UTF-8"},
        BadText{"k=a%00b", "zero byte"}, BadText{"k=__HIVE_DEFAULT_PARTITION__", "cannot be NULL"},
        BadText{"k=" + std::string(254, 'x'), "255 bytes"},
        BadText{"k=" + std::string(100, ' '), "255 bytes"}));

TEST(PartitionKeyText, TakesTheLongestNameThatAFileSystemTakes) {
  EXPECT_TRUE(PartitionKey::parse("k=" + std::string(253, 'x')));
}

}  // namespace
}  // namespace gossamer::release
