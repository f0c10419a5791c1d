// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/session.hpp"
#include "warehouse/duckdb/spares.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "warehouse/duckdb/views.hpp"

namespace gossamer::warehouse {
namespace {

using ::testing::HasSubstr;

class SessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryFolder::make("session");
    ASSERT_TRUE(folder) << folder.error().describe();
    folder_.emplace(*std::move(folder));
    ASSERT_TRUE(make_folders(path("out")));
  }

  fs::path path(const std::string& name) const { return folder_->path() / name; }

  Session open(std::vector<fs::path> files = {}, Watch watch = {}) const {
    SessionOptions options;
    options.readable_files = std::move(files);
    options.writable_folders = {path("out")};
    options.temporary_folder = path("temporary");
    options.timezone = "Asia/Tokyo";
    auto session = Session::open(options, std::move(watch));
    if (!session) throw std::runtime_error(session.error().describe());
    return *std::move(session);
  }

  // A Parquet file with the query's rows.
  fs::path parquet(const std::string& name, const std::string& query) const {
    Session session = open();
    const fs::path file = path("out") / name;
    const auto made = make_folders(file.parent_path());
    const auto written = session.copy_to_parquet(query, {}, file);
    if (!made || !written) throw std::runtime_error(written.error().describe());
    return file;
  }

  static std::string first(Session& session, const std::string& query,
                           const Parameters& parameters = {}) {
    const auto batch = session.fetch(query, parameters);
    if (!batch) return "error: " + batch.error().describe();
    return batch->rows() == 0 ? "no rows" : batch->columns()[0].text_at(0);
  }

  std::optional<TemporaryFolder> folder_;
};

TEST_F(SessionTest, FetchesEveryTypeOfColumn) {
  Session session = open();
  const auto batch = session.fetch(
      "select true as b, 1::tinyint as t, 2::uinteger as u, 3::bigint as i, 1.5::float as f, 2.5 "
      "as d, 7::hugeint as h, 'é' as s, date '2026-11-22' as day, timestamptz "
      "'2026-11-22T00:00:00Z' as at, timestamp_s '1969-12-31 23:59:59' as old, [1, 2] as list, "
      "null as none, 'x'::enum('w', 'x') as e",
      {});
  ASSERT_TRUE(batch) << batch.error().describe();
  EXPECT_EQ(batch->find("t")->int64s()[0], 1);
  EXPECT_EQ(batch->find("u")->int64s()[0], 2);
  EXPECT_EQ(batch->find("f")->float32s()[0], 1.5F);
  EXPECT_EQ(batch->find("d")->float64s()[0], 2.5);
  EXPECT_EQ(batch->find("h")->float64s()[0], 7.0);
  EXPECT_EQ(batch->find("s")->string(0), "é");
  EXPECT_EQ(batch->find("day")->text_at(0), "2026-11-22");
  EXPECT_EQ(batch->find("at")->type(), ColumnType::timestamp);
  EXPECT_EQ(batch->find("old")->int64s()[0], -1'000'000);
  EXPECT_EQ(batch->find("list")->string(0), "[1, 2]");
  EXPECT_TRUE(batch->find("none")->is_null(0));
  EXPECT_EQ(batch->find("e")->string(0), "x");
}

TEST_F(SessionTest, KeepsNullsAndOrderOverManyChunks) {
  Session session = open();
  const auto batch = session.fetch(
      "select case when i % 3 = 0 then null else i end as i, 'row ' || i as s from range(10000) "
      "t(i)",
      {});
  ASSERT_TRUE(batch) << batch.error().describe();
  ASSERT_EQ(batch->rows(), 10'000U);
  EXPECT_EQ(batch->columns()[0].null_count(), 3'334U);
  EXPECT_EQ(batch->columns()[0].int64s()[9'998], 9'998);
  EXPECT_EQ(batch->columns()[1].string(9'999), "row 9999");
}

TEST_F(SessionTest, GivesColumnsWithoutRows) {
  Session session = open();
  const auto batch = session.fetch("select 1 as a, 'x' as b where false", {});
  ASSERT_TRUE(batch) << batch.error().describe();
  EXPECT_EQ(batch->rows(), 0U);
  EXPECT_EQ(batch->columns()[1].type(), ColumnType::string);
}

TEST_F(SessionTest, BindsTypedParameters) {
  Session session = open();
  const Parameters parameters{{"window_start", "TIMESTAMPTZ", "2026-11-22T00:00:00.000000Z"},
                              {"partition", "DATE", "2026-11-22"},
                              {"n", "BIGINT", 3},
                              {"x", "DOUBLE", 0.5},
                              {"country", "VARCHAR", "jp"},
                              {"on", "BOOLEAN", true},
                              {"none", "VARCHAR", nullptr}};
  EXPECT_EQ(first(session, "select typeof($window_start)", parameters), "TIMESTAMP WITH TIME ZONE");
  EXPECT_EQ(first(session, "select $window_start::varchar", parameters), "2026-11-22 09:00:00+09");
  EXPECT_EQ(first(session, "select typeof($partition + 1) || $n || $country || $on", parameters),
            "DATE3jptrue");
  EXPECT_EQ(first(session, "select $none is null", parameters), "true");
  // Functions with several forms: the type of the value decides.
  EXPECT_EQ(first(session, "select typeof(date_trunc('day', $partition))", parameters),
            "TIMESTAMP");
  EXPECT_EQ(
      first(session, "select extract(day from $window_start) + abs($n) + round($x)", parameters),
      "26");
  EXPECT_EQ(first(session, "select upper($country) || strftime($partition, '%d')", parameters),
            "JP22");
}

TEST_F(SessionTest, NamesAParameterThatHasNoValue) {
  Session session = open();
  EXPECT_THAT(first(session, "select $windw_start", {{"window_start", "BIGINT", 1}}),
              HasSubstr("the query uses $windw_start, which has no value here (did you mean "
                        "`window_start`?)"));
  EXPECT_THAT(first(session, "select $day", {{"day", "DATE", "2026-02-30"}}),
              HasSubstr("parameter $day (DATE) cannot be \"2026-02-30\""));
}

TEST_F(SessionTest, SaysWhereAQueryIsWrong) {
  Session session = open();
  const auto batch = session.fetch("select 1 as a,\n  bb from (select 1) t", {});
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().kind, ErrorKind::invalid_input);
  ASSERT_TRUE(batch.error().position.has_value());
  EXPECT_EQ(batch.error().position->line, 2);
  EXPECT_EQ(batch.error().position->column, 3);
  EXPECT_THAT(batch.error().message, HasSubstr("\"bb\" not found"));
  const auto copied = session.copy_to_parquet("select 1 as a,\n  bb from (select 1) t", {},
                                              path("out") / "x.parquet");
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().position->line, 2);
}

TEST_F(SessionTest, ReadsNothingButItsFiles) {
  const fs::path mine = parquet("mine.parquet", "select 1 as a");
  ASSERT_TRUE(rename_path(mine, path("mine.parquet")));
  ASSERT_TRUE(rename_path(parquet("other.parquet", "select 2 as a"), path("other.parquet")));
  Session session = open({path("mine.parquet")});
  const auto source = [&](const std::string& name) {
    return "select * from read_parquet(" + quoted_text(path(name).string()) + ")";
  };
  EXPECT_EQ(first(session, source("mine.parquet")), "1");
  EXPECT_THAT(first(session, source("other.parquet")), HasSubstr("Cannot access file"));
  for (const std::string query :
       {"select * from read_csv('/etc/passwd')", "select * from read_text('/etc/passwd')",
        "select * from glob('/etc/*')", "select * from read_blob('/proc/self/environ')",
        "select * from read_parquet('https://example.com/x.parquet')",
        "select * from '/etc/passwd'", "select * from sniff_csv('/etc/passwd')"}) {
    const auto read = session.fetch(query, {});
    EXPECT_FALSE(read) << query;
  }
}

TEST_F(SessionTest, RefusesToChangeAnything) {
  Session session = open();
  for (const std::string sql :
       {"copy (select 1) to '/tmp/gossamer_never.csv'", "attach '/tmp/gossamer_never.db'",
        "install httpfs", "load httpfs", "set threads = 7", "set allowed_paths = ['/']",
        "set enable_external_access = true", "set lock_configuration = false", "reset TimeZone",
        "pragma memory_limit = '1TB'", "export database '/tmp/gossamer_never'",
        "import database '/tmp'", "create secret (type s3)"}) {
    EXPECT_FALSE(session.run(sql)) << sql;
  }
}

TEST_F(SessionTest, WritesSumsAsWholeNumbers) {
  Session session = open();
  const fs::path file = path("out") / "sums.parquet";
  ASSERT_TRUE(session.copy_to_parquet("select sum(i) as s from range(4) t(i)", {}, file));
  const auto columns =
      session.describe("select * from read_parquet(" + quoted_text(file.string()) + ")", {});
  ASSERT_TRUE(columns) << columns.error().describe();
  EXPECT_EQ(columns->at(0).type, "BIGINT");
  EXPECT_EQ(first(session, "select s from read_parquet(" + quoted_text(file.string()) + ")"), "6");
}

TEST_F(SessionTest, WritesAFileWithItsSchemaForNoRows) {
  Session session = open();
  const fs::path file = path("out") / "none.parquet";
  const auto rows =
      session.copy_to_parquet("select 1::smallint as a, 'x' as b where false", {}, file);
  ASSERT_TRUE(rows) << rows.error().describe();
  EXPECT_EQ(*rows, 0U);
  const auto columns =
      session.describe("select * from read_parquet(" + quoted_text(file.string()) + ")", {});
  ASSERT_TRUE(columns) << columns.error().describe();
  EXPECT_EQ(columns->at(0).type, "SMALLINT");
}

TEST_F(SessionTest, RefusesTwoColumnsOfOneName) {
  Session session = open();
  const auto rows =
      session.copy_to_parquet("select 1 as a, 2 as A", {}, path("out") / "twice.parquet");
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().message, HasSubstr("two columns named 'A'"));
}

TEST_F(SessionTest, EndsAStatementThatIsCancelled) {
  std::atomic<bool> cancelled = false;
  Watch watch;
  watch.is_cancelled = [&] { return cancelled.exchange(true); };
  Session session = open({}, std::move(watch));
  const auto batch =
      session.fetch("select count(*) from range(100000000) a, range(100000000) b", {});
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().message, "cancelled");
}

TEST_F(SessionTest, EndsAStatementThatTakesTooLong) {
  Watch watch;
  watch.time_limit = std::chrono::milliseconds(200);
  Session session = open({}, std::move(watch));
  const auto batch =
      session.fetch("select count(*) from range(100000000) a, range(100000000) b", {});
  ASSERT_FALSE(batch);
  EXPECT_THAT(batch.error().message, HasSubstr("longer than its time limit of 200ms"));
  // The session goes on.
  EXPECT_EQ(first(session, "select 1"), "1");
}

TEST_F(SessionTest, SpillsWhatIsLargerThanItsMemory) {
  SessionOptions options;
  options.temporary_folder = path("temporary");
  options.memory_bytes = std::uint64_t{64} << 20U;
  auto session = Session::open(options);
  ASSERT_TRUE(session) << session.error().describe();
  // 160 MB of numbers to sort.
  EXPECT_EQ(first(*session,
                  "select count(*) from (select hash(i) as h, i from range(10000000) t(i) order by "
                  "h offset 1)"),
            "9999999");
  const auto left = list_folder(path("temporary"));
  ASSERT_TRUE(left);
}

TEST_F(SessionTest, EmptiesItsTemporaryFolder) {
  ASSERT_TRUE(make_folders(path("temporary")));
  ASSERT_TRUE(write_file_durably(path("temporary") / "left_over", "x"));
  {
    Session session = open();
  }
  const auto exists = path_exists(path("temporary") / "left_over");
  ASSERT_TRUE(exists);
  EXPECT_FALSE(*exists);
}

TEST_F(SessionTest, SessionsOverSpareDatabasesShareNothing) {
  const fs::path file = parquet("mine.parquet", "select 7 as x");
  SpareDatabases spares(2);
  SessionOptions options;
  options.spares = &spares;
  options.readable_files = {file};
  const std::string read = "select x from read_parquet('" + file.string() + "')";
  // More than there are spare ones, so that opened, spare and anew opened ones take part.
  for (int round = 0; round < 6; ++round) {
    auto mine = Session::open(options);
    ASSERT_TRUE(mine) << mine.error().describe();
    EXPECT_EQ(first(*mine, read), "7");
    ASSERT_TRUE(mine->run("create table kept as select 1 as x"));
    SessionOptions other_options;
    other_options.spares = &spares;
    auto other = Session::open(other_options);
    ASSERT_TRUE(other) << other.error().describe();
    EXPECT_THAT(first(*other, read), HasSubstr("error"));
    EXPECT_THAT(first(*other, "select x from kept"), HasSubstr("kept"));
  }
}

// --- Views ----------------------------------------------------------------------------------

TEST_F(SessionTest, ShowsKeysThatRowsDoNotCarry) {
  TableView view;
  view.name = "raw.rentals";
  view.key_columns = {{"day", "DATE"}, {"country", "VARCHAR"}};
  std::vector<fs::path> files;
  for (const std::string day : {"2026-11-21", "2026-11-22"}) {
    for (const std::string country : {"jp", "a/b=c é 日本 %"}) {
      release::PartitionKey key;
      key.pairs = {{"day", day}, {"country", country}};
      files.push_back(parquet("t/" + key.text() + "/part.parquet", "select 1 as cnt"));
      view.files.push_back({files.back().string(), key.pairs});
    }
  }
  Session session = open(files);
  const auto added = add_view(session, view);
  ASSERT_TRUE(added) << added.error().describe();
  EXPECT_EQ(first(session, "select count(*) from raw.rentals where country = 'a/b=c é 日本 %'"),
            "2");
  EXPECT_EQ(first(session, "select typeof(day) || max(day) from raw.rentals group by typeof(day)"),
            "DATE2026-11-22");
}

TEST_F(SessionTest, ShowsKeysOfFilesWhosePathsDoNotTell) {
  const fs::path file = parquet("somewhere/x.parquet", "select 1 as cnt, 'jp' as country");
  TableView view{"t", {{file.string(), {{"hour", "2026-11-22T04"}, {"country", "jp"}}}},
                 {},  {{"hour", "TIMESTAMP WITH TIME ZONE"}, {"country", "VARCHAR"}},
                 "",  {},
                 {}};
  Session session = open({file});
  const auto added = add_view(session, view);
  ASSERT_TRUE(added) << added.error().describe();
  EXPECT_EQ(first(session, "select hour::varchar || country from t"), "2026-11-22 04:00:00+09jp");
  const auto columns = session.describe("select * from t", {});
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->size(), 3U);
}

TEST_F(SessionTest, CutsWallTimesAndMomentsByTheSameBounds) {
  const fs::path file = parquet(
      "times.parquet",
      "select timestamp '2026-11-22 00:00:00' + i * interval 1 hour as wall, timestamptz "
      "'2026-11-22 00:00:00+09' + i * interval 1 hour as moment, date '2026-11-22' + i::int as day "
      "from range(48) t(i)");
  for (const std::string column : {"wall", "moment", "day"}) {
    TableView view{"t", {{file.string(), {}}}, {}, {}, column, {}, {}};
    view.from = *parse_instant("2026-11-22T01:00:00+09:00");
    view.until = *parse_instant("2026-11-23T00:00:00+09:00");
    Session session = open({file});
    ASSERT_TRUE(add_view(session, view));
    EXPECT_EQ(first(session, "select count(*) from t"), column == "day" ? "0" : "23") << column;
  }
}

TEST_F(SessionTest, RefusesAWindowBeforeTheFirstRowAndTakesAnEmptyOneBehindIt) {
  const fs::path file = parquet("times.parquet",
                                "select timestamptz '2026-11-22 00:00:00+09' + i * interval 3 day "
                                "as moment from range(2) t(i)");
  Session session = open({file});
  const auto window = [&](const std::string& name, std::string_view from, std::string_view until) {
    TableView view{name, {{file.string(), {}}}, {}, {}, "moment", {}, {}};
    view.from = *parse_instant(from);
    view.until = *parse_instant(until);
    return add_view(session, view);
  };
  const auto before = window("before", "2026-11-20T00:00:00+09:00", "2026-11-22T00:00:00+09:00");
  ASSERT_FALSE(before);
  EXPECT_EQ(before.error().message,
            "the window of before ends at 2026-11-21T15:00:00.000000Z, and its first row is of "
            "2026-11-22 "
            "00:00:00+09 (moment): run a later partition, or let the pipeline's `start` be later");
  EXPECT_TRUE(window("between", "2026-11-23T00:00:00+09:00", "2026-11-24T00:00:00+09:00"));
  EXPECT_EQ(first(session, "select count(*) from \"between\""), "0");
  EXPECT_TRUE(window("touching", "2026-11-21T00:00:00+09:00", "2026-11-22T00:00:01+09:00"));
  EXPECT_EQ(first(session, "select count(*) from touching"), "1");
}

TEST_F(SessionTest, SaysWhatIsWrongWithATimeColumn) {
  const fs::path file = parquet("times.parquet", "select 'yesterday' as at, 1 as n");
  Session session = open({file});
  TableView view{"t", {{file.string(), {}}}, {}, {}, "when", {}, {}};
  view.from = *parse_instant("2026-11-22T00:00:00Z");
  auto added = add_view(session, view);
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message,
              HasSubstr("t has no time column 'when'; its columns are at, n"));
  view.time_column = "at";
  added = add_view(session, view);
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, HasSubstr("has type VARCHAR: a date or timestamp is needed"));
}

TEST_F(SessionTest, ShowsATableWithoutFilesByItsColumns) {
  Session session = open();
  TableView view{"raw.none", {}, {{"a", "INTEGER"}, {"b", "VARCHAR[]"}}, {{"day", "DATE"}}, "",
                 {},         {}};
  ASSERT_TRUE(add_view(session, view));
  EXPECT_EQ(first(session, "select count(*) from raw.none where day is null and a = 1"), "0");
  EXPECT_FALSE(add_view(session, TableView{"nothing", {}, {}, {}, "", {}, {}}));
}

TEST_F(SessionTest, JoinsFilesWithAnAddedColumn) {
  const fs::path old_file = parquet("a.parquet", "select 1 as a");
  const fs::path new_file = parquet("b.parquet", "select 'x' as b, 2 as a");
  Session session = open({old_file, new_file});
  ASSERT_TRUE(add_view(
      session,
      TableView{"t", {{old_file.string(), {}}, {new_file.string(), {}}}, {}, {}, "", {}, {}}));
  EXPECT_EQ(first(session, "select sum(a) || max(b) || count(b) from t"), "3x1");
}

}  // namespace
}  // namespace gossamer::warehouse
