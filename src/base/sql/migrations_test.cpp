// SPDX-License-Identifier: Apache-2.0
#include "base/sql/migrations.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/files.hpp"

namespace gossamer::sql {
namespace {

const std::vector<Migration> two = {
    {1, "start", "CREATE TABLE a(x);"},
    {2, "more", "CREATE TABLE b(x); INSERT INTO a VALUES(1);"},
};

class Migrations : public testing::Test {
 protected:
  bool has_table(std::string_view name) {
    return database_.execute("SELECT 1 FROM " + std::string(name)).has_value();
  }
  Database database_ = Database::open(":memory:").value();
};

TEST_F(Migrations, BringAStoreUpToDateOnce) {
  ASSERT_TRUE(migrate(database_, std::span(two).first(1)).has_value());
  EXPECT_TRUE(has_table("a"));
  EXPECT_FALSE(has_table("b"));
  EXPECT_EQ(check_migrated(database_, two).error().message,
            "store is older than this program: it is of version 1, wanted is 2; any command that "
            "writes brings it up to date");
  ASSERT_TRUE(migrate(database_, two).has_value());
  ASSERT_TRUE(migrate(database_, two).has_value());
  EXPECT_TRUE(has_table("b"));
  EXPECT_TRUE(check_migrated(database_, two).has_value());
}

TEST_F(Migrations, ANewerStoreIsRefused) {
  ASSERT_TRUE(migrate(database_, two).has_value());
  const Error error = migrate(database_, std::span(two).first(1)).error();
  EXPECT_EQ(error.kind, ErrorKind::invalid_input);
  EXPECT_EQ(error.message,
            "store is newer than this program: it is of version 2, known is 1; use the newer "
            "program");
  EXPECT_EQ(check_migrated(database_, std::span(two).first(1)).error().kind,
            ErrorKind::invalid_input);
}

TEST_F(Migrations, AFailedOneLeavesNothingOfItself) {
  std::vector<Migration> broken = two;
  broken[1].script = "CREATE TABLE b(x); INSERT INTO nowhere VALUES(1);";
  const Error error = migrate(database_, broken).error();
  EXPECT_EQ(error.describe(),
            "migration 0002 `more`: no such table: nowhere (CREATE TABLE b(x); INSERT INTO nowhere "
            "VALUES(1);)");
  EXPECT_TRUE(has_table("a"));
  EXPECT_FALSE(has_table("b"));
  EXPECT_TRUE(migrate(database_, two).has_value());
}

TEST_F(Migrations, NumbersHaveNoGaps) {
  const std::vector<Migration> gap = {{1, "start", ""}, {3, "third", ""}};
  EXPECT_EQ(migrate(database_, gap).error().message,
            "migration `third` has number 3 where 2 is due");
}

TEST(MigrationsOfTwo, TheSlowerProcessFindsTheWorkDone) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  Database first = Database::open(folder.path() / "s.db").value();
  Database second = Database::open(folder.path() / "s.db").value();
  ASSERT_TRUE(migrate(first, two).has_value());
  ASSERT_TRUE(migrate(second, two).has_value());
  EXPECT_TRUE(check_migrated(second, two).has_value());
}

}  // namespace
}  // namespace gossamer::sql
