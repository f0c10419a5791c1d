// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/parse.hpp"

#include <gmock/gmock.h>

namespace gossamer::warehouse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class QueryParserTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto opened = QueryParser::open();
    ASSERT_TRUE(opened) << opened.error().describe();
    parser = std::make_unique<QueryParser>(*std::move(opened));
  }
  static void TearDownTestSuite() { parser.reset(); }

  static QueryParts parse(std::string_view sql) {
    auto parts = parser->parse(sql);
    EXPECT_TRUE(parts) << sql << ": " << parts.error().describe();
    return parts.value_or(QueryParts{});
  }
  static std::string refusal(std::string_view sql) {
    const auto parts = parser->parse(sql);
    return parts ? "accepted" : parts.error().describe();
  }

  static std::unique_ptr<QueryParser> parser;
};
std::unique_ptr<QueryParser> QueryParserTest::parser;

TEST_F(QueryParserTest, ListsTablesWithoutItsOwnCtes) {
  const auto parts = parse(
      "with c as (select * from features), d as (select * from c) select * from c, d join "
      "raw.rentals r using (hour) where exists (select 1 from raw.weather w)");
  EXPECT_THAT(parts.tables, ElementsAre("features", "raw.rentals", "raw.weather"));
}

TEST_F(QueryParserTest, KnowsTheScopeOfACte) {
  EXPECT_THAT(parse("with t as (select * from t) select * from t").tables, ElementsAre("t"));
  EXPECT_THAT(parse("select * from (with c as (select 1) select * from c), c").tables,
              ElementsAre("c"));
  EXPECT_THAT(parse("with recursive r as (select 1 as n union all select n + 1 from r where n < 3) "
                    "select * from r")
                  .tables,
              IsEmpty());
  EXPECT_THAT(parse("with raw as (select 1) select * from raw.t, RAW").tables,
              ElementsAre("raw.t"));
}

TEST_F(QueryParserTest, ListsParametersAndFunctions) {
  const auto parts = parse(
      "select Lower(a), count(*) from t where b >= $window_start and b < $window_end and c > "
      "$window_start group by 1");
  EXPECT_THAT(parts.parameters, ElementsAre("window_start", "window_end"));
  EXPECT_THAT(parts.functions, ElementsAre("lower", "count_star"));
  EXPECT_FALSE(parts.is_volatile);
}

TEST_F(QueryParserTest, KnowsWhatMayDifferNextTime) {
  for (const std::string_view sql :
       {"select random() from t", "select now()", "select current_date", "select today() from t",
        "select current_timestamp", "select gen_random_uuid()", "select * from t using sample 10%",
        "select list_transform(l, x -> random()) from t"}) {
    EXPECT_TRUE(parse(sql).is_volatile) << sql;
  }
}

TEST_F(QueryParserTest, ListsModelsThatAreNamedLiterally) {
  EXPECT_THAT(parse("select predict('demand@champion', temp), predict_margin('credit/7', x) from t")
                  .predict_models,
              ElementsAre("demand@champion", "credit/7"));
  EXPECT_THAT(refusal("select\n predict(name, temp) from t"),
              HasSubstr("2:2: the first argument of predict() must be the model's name"));
}

TEST_F(QueryParserTest, ReadsTablesOnly) {
  for (const std::string_view sql :
       {"select * from 'x.parquet'", "select * from read_csv('x.csv')",
        "select * from 'https://example.com/a'", "select * from query('select 1')",
        "select * from query_table('t')", "select * from glob('*')", "describe t", "show tables",
        "summarize t", "select * from t at (version => 3)", "from duckdb_settings()"}) {
    EXPECT_NE(refusal(sql), "accepted") << sql;
  }
  EXPECT_EQ(refusal("select * from range(3), unnest([1]), generate_series(1, 2)"), "accepted");
}

TEST_F(QueryParserTest, AllowsOneSelect) {
  EXPECT_THAT(refusal("select 1; select 2"), HasSubstr("2 statements"));
  EXPECT_THAT(refusal("  -- nothing\n"), HasSubstr("no query"));
  EXPECT_THAT(refusal("insert into t select 1"), HasSubstr("only a SELECT"));
  EXPECT_THAT(refusal("copy t to 'x'"), HasSubstr("only a SELECT"));
  EXPECT_THAT(refusal("select 1) to '/tmp/x'; select (1"), HasSubstr("syntax error"));
  EXPECT_EQ(refusal("select 1;"), "accepted");
}

TEST_F(QueryParserTest, ProposesInForPivot) {
  EXPECT_THAT(refusal("pivot t on year using sum(x)"), HasSubstr("in (2011, 2012)"));
  EXPECT_THAT(parse("pivot t on year in (2011, 2012) using sum(x)").tables, ElementsAre("t"));
}

TEST_F(QueryParserTest, SaysWhereTheTextIsWrong) {
  EXPECT_THAT(refusal("select a,\n  é ab from from t"), HasSubstr("2:13: syntax error"));
  EXPECT_THAT(refusal("select $1 from t"), HasSubstr("without a name"));
  EXPECT_THAT(refusal("select '\xff'"), HasSubstr("not UTF-8"));
}

}  // namespace
}  // namespace gossamer::warehouse
