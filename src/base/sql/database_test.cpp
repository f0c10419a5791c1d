// SPDX-License-Identifier: Apache-2.0
#include "base/sql/database.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/files.hpp"

namespace gossamer::sql {
namespace {

class Sql : public testing::Test {
 protected:
  Database open(const OpenOptions& options = {}) const {
    return Database::open(path_, options).value();
  }
  static std::int64_t count(Database& database, std::string_view table) {
    Statement statement = database.prepare("SELECT count(*) FROM " + std::string(table)).value();
    EXPECT_TRUE(statement.step().value());
    return statement.integer(0);
  }
  static std::string setting(Database& database, std::string_view name) {
    Statement statement = database.prepare("PRAGMA " + std::string(name)).value();
    return statement.step().value() ? statement.text(0) : "";
  }

  TemporaryFolder folder_ = TemporaryFolder::make().value();
  fs::path path_ = folder_.path() / "store.db";
};

TEST_F(Sql, OpensWithTheSafeSettings) {
  Database database = open();
  EXPECT_EQ(setting(database, "journal_mode"), "wal");
  EXPECT_EQ(setting(database, "synchronous"), "2");
  EXPECT_EQ(setting(database, "foreign_keys"), "1");
}

TEST_F(Sql, BindsAndReadsEveryType) {
  Database database = open();
  ASSERT_TRUE(database.run_script("CREATE TABLE t(i, r, s, b, n); CREATE TABLE u(x)").has_value());
  const std::string text("a\0b", 3);
  EXPECT_EQ(
      database
          .execute("INSERT INTO t VALUES(?,?,?,?,?)",
                   {std::int64_t{1} << 60, 0.1, std::string_view(text), Blob{"\xFF"}, nullptr})
          .value(),
      1);
  Statement row = database.prepare("SELECT * FROM t").value();
  ASSERT_TRUE(row.step().value());
  EXPECT_EQ(row.column_count(), 5);
  EXPECT_EQ(row.column_name(1), "r");
  EXPECT_EQ(row.integer(0), std::int64_t{1} << 60);
  EXPECT_EQ(row.real(1), 0.1);
  EXPECT_EQ(row.text(2), text);
  EXPECT_EQ(row.blob(3), "\xFF");
  EXPECT_TRUE(row.is_null(4));
  EXPECT_EQ(row.optional_text(4), std::nullopt);
  EXPECT_EQ(row.optional_integer(0), std::int64_t{1} << 60);
  EXPECT_FALSE(row.step().value());
}

TEST_F(Sql, AnEmptyTextIsNotNull) {
  Database database = open();
  ASSERT_TRUE(database.run_script("CREATE TABLE t(a TEXT NOT NULL, b BLOB NOT NULL)").has_value());
  EXPECT_TRUE(
      database.execute("INSERT INTO t VALUES(?,?)", {std::string_view(), Blob{}}).has_value());
  EXPECT_EQ(value_of(std::optional<std::string>()), Value(nullptr));
  EXPECT_EQ(value_of(std::optional<std::int64_t>(4)), Value(std::int64_t{4}));
}

TEST_F(Sql, ErrorsCarryTheStatementAndTheirKind) {
  Database database = open();
  ASSERT_TRUE(database.run_script("CREATE TABLE t(a PRIMARY KEY, b CHECK(b > 0))").has_value());
  ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1, 1)").has_value());
  const Error unique = database.execute("INSERT INTO t\n  VALUES(1, 1)").error();
  EXPECT_EQ(unique.kind, ErrorKind::conflict);
  EXPECT_EQ(unique.message, "UNIQUE constraint failed: t.a (INSERT INTO t VALUES(1, 1))");
  EXPECT_EQ(database.execute("INSERT INTO t VALUES(2, 0)").error().kind, ErrorKind::conflict);
  const Error syntax = database.execute("SELEC 1").error();
  EXPECT_EQ(syntax.kind, ErrorKind::bug);
  EXPECT_EQ(syntax.message, "near \"SELEC\": syntax error (SELEC 1)");
  EXPECT_EQ(database.execute("SELECT ?", {}).error().message,
            "0 values for 1 parameters (SELECT ?)");
  EXPECT_EQ(database.prepare("SELECT 1; SELECT 2").error().message,
            "exactly one statement is needed (SELECT 1; SELECT 2)");
  EXPECT_EQ(database.prepare("-- nothing").error().kind, ErrorKind::bug);
}

TEST_F(Sql, ATransactionIsAllOrNothing) {
  Database database = open();
  ASSERT_TRUE(database.run_script("CREATE TABLE t(a)").has_value());
  {
    const Transaction transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1)").has_value());
  }
  EXPECT_EQ(count(database, "t"), 0);
  {
    Transaction transaction = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1)").has_value());
    ASSERT_TRUE(transaction.commit().has_value());
    EXPECT_EQ(transaction.commit().error().kind, ErrorKind::bug);
  }
  EXPECT_EQ(count(database, "t"), 1);
  Transaction outer = Transaction::begin(database).value();
  EXPECT_FALSE(Transaction::begin(database).has_value());
  ASSERT_TRUE(outer.commit().has_value());
}

TEST_F(Sql, ASecondWriterIsTurnedAwayAsBusy) {
  Database first = open();
  ASSERT_TRUE(first.run_script("CREATE TABLE t(a)").has_value());
  Database second = open({.mode = OpenMode::read_write, .busy_timeout_ms = 0});
  const Transaction held = Transaction::begin(first).value();
  const auto refused = Transaction::begin(second);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(refused.error().message,
            "the store is busy, repeat later: database is locked (BEGIN IMMEDIATE)");
}

TEST_F(Sql, AReadersPictureDoesNotChange) {
  Database writer = open();
  ASSERT_TRUE(writer.run_script("CREATE TABLE t(a)").has_value());
  Database reader = open({.mode = OpenMode::read_only});
  Transaction reading = Transaction::begin_reading(reader).value();
  ASSERT_TRUE(writer.execute("INSERT INTO t VALUES(1)").has_value());
  EXPECT_EQ(count(reader, "t"), 0);
  EXPECT_EQ(open({.busy_timeout_ms = 0}).checkpoint().error().kind, ErrorKind::unavailable);
  ASSERT_TRUE(reading.commit().has_value());
  EXPECT_EQ(count(reader, "t"), 1);
  EXPECT_TRUE(writer.checkpoint().has_value());
}

TEST_F(Sql, AReaderCannotWrite) {
  ASSERT_TRUE(open().run_script("CREATE TABLE t(a)").has_value());
  Database reader = open({.mode = OpenMode::read_only});
  const Error error = reader.execute("INSERT INTO t VALUES(1)").error();
  EXPECT_EQ(error.kind, ErrorKind::denied);
  EXPECT_EQ(error.message,
            "the store cannot be written: attempt to write a readonly database (INSERT INTO t "
            "VALUES(1))");
}

TEST_F(Sql, AMissingStoreIsNotMadeByReaders) {
  EXPECT_EQ(Database::open(path_, {.mode = OpenMode::read_only}).error().message,
            "there is no store " + path_.string());
  EXPECT_EQ(Database::open(path_, {.mode = OpenMode::read_write}).error().kind,
            ErrorKind::not_found);
  EXPECT_EQ(Database::open(folder_.path() / "no/store.db").error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(list_folder(folder_.path()).value().empty());
}

TEST_F(Sql, AFullDiskSaysSoAndLosesNothing) {
  Database database = open();
  ASSERT_TRUE(database.run_script("CREATE TABLE t(a); INSERT INTO t VALUES('kept')").has_value());
  // SQLite reports the end of its allowed pages exactly like the end of the disk.
  ASSERT_TRUE(database.run_script("PRAGMA max_page_count=4").has_value());
  {
    Transaction transaction = Transaction::begin(database).value();
    const auto written = database.execute("INSERT INTO t VALUES(zeroblob(100000))");
    EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(written.error().message,
              "disk is full, free some and repeat: database or disk is full (INSERT INTO t "
              "VALUES(zeroblob(100000)))");
  }
  EXPECT_EQ(count(database, "t"), 1);
  ASSERT_TRUE(database.run_script("PRAGMA max_page_count=1000").has_value());
  EXPECT_TRUE(database.execute("INSERT INTO t VALUES('more')").has_value());
}

TEST_F(Sql, ADamagedFileIsReported) {
  ASSERT_TRUE(write_file_durably(path_, std::string(8192, 'x')).has_value());
  const Error error = Database::open(path_).error();
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_EQ(error.message, "cannot open the store " + path_.string());
  EXPECT_NE(error.describe().find("the store is damaged: file is not a database"),
            std::string::npos);
}

TEST_F(Sql, TheIntegrityCheckListsWhatIsWrong) {
  {
    Database database = open();
    ASSERT_TRUE(database.run_script("CREATE TABLE t(a TEXT); CREATE INDEX i ON t(a);").has_value());
    for (int n = 0; n < 200; ++n) {
      ASSERT_TRUE(
          database.execute("INSERT INTO t VALUES(?)", {std::string_view("row of some length here")})
              .has_value());
    }
    ASSERT_TRUE(database.check_integrity().has_value());
    ASSERT_TRUE(database.checkpoint().has_value());
  }
  const FileDescriptor file = open_file(path_, O_RDWR).value();
  const std::string rubbish(100, '\xAA');
  ASSERT_EQ(::pwrite(file.number(), rubbish.data(), rubbish.size(), 3 * 4096 + 8), 100);
  const auto damaged = open().check_integrity();
  ASSERT_FALSE(damaged.has_value());
  EXPECT_EQ(damaged.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(damaged.error().message.starts_with("the store is damaged: "));
}

TEST_F(Sql, StatementsAreUsedAgainAndForgetTheirValues) {
  Database database = open();
  for (int n = 0; n < 3; ++n) {
    Statement statement = database.prepare("SELECT ?").value();
    if (n == 0) {
      ASSERT_TRUE(statement.bind(1, std::int64_t{7}).has_value());
    }
    ASSERT_TRUE(statement.step().value());
    EXPECT_EQ(statement.is_null(0), n != 0);
  }
  // Two at once are two.
  Statement one = database.prepare("SELECT ?").value();
  Statement two = database.prepare("SELECT ?").value();
  ASSERT_TRUE(one.bind(1, std::int64_t{1}).has_value());
  ASSERT_TRUE(two.bind(1, std::int64_t{2}).has_value());
  ASSERT_TRUE(one.step().value() && two.step().value());
  EXPECT_EQ(one.integer(0) + two.integer(0), 3);
}

TEST_F(Sql, AStatementMayOutliveItsDatabase) {
  std::optional<Database> database = open();
  Statement statement = database->prepare("SELECT 1").value();
  ASSERT_TRUE(statement.step().value());
  database.reset();
  EXPECT_EQ(statement.integer(0), 1);
}

TEST_F(Sql, MemoryNeedsNoFile) {
  Database database = Database::open(":memory:").value();
  ASSERT_TRUE(database.run_script("CREATE TABLE t(id INTEGER PRIMARY KEY)").has_value());
  EXPECT_EQ(database.execute("INSERT INTO t VALUES(41)").value(), 1);
  EXPECT_EQ(database.last_row_id(), 41);
}

}  // namespace
}  // namespace gossamer::sql
