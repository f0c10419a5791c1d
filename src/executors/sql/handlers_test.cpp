// SPDX-License-Identifier: Apache-2.0
#include "executors/sql/handlers.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/files.hpp"
#include "pipeline/load.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;
using ::testing::HasSubstr;

class NobodyCancels final : public JobChannel {
 public:
  void progress(std::uint64_t, std::uint64_t) override {}
  bool is_cancelled() const override { return false; }
  void log(std::string_view) override {}
};

class TableJobsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryFolder::make("jobs");
    ASSERT_TRUE(folder) << folder.error().describe();
    folder_.emplace(*std::move(folder));
    ids_ = seeded_ids(clock_, 1);
  }

  fs::path path(const std::string& name) const { return folder_->path() / name; }

  fs::path text_file(const std::string& name, const std::string& text) const {
    const auto written = write_file_durably(path(name), text);
    if (!written) throw std::runtime_error(written.error().describe());
    return path(name);
  }

  Job job(const std::string& kind, Json spec) {
    Job job;
    job.attempt = AttemptId::make(*ids_);
    job.kind = kind;
    job.step = kind;
    job.folder = path("attempts/" + job.attempt.value()).string();
    job.timezone = "Asia/Tokyo";
    job.spec = std::move(spec);
    return job;
  }

  Job sql_job(const std::string& text, const std::string& partition = "day=2026-11-22") {
    Job made = job("sql", {{"query", {{"file", "sql/x.sql"}, {"text", text}}}});
    made.output.emplace();
    made.output->table = "features.bike";
    made.output->key = release::PartitionKey::parse(partition).value();
    made.output->folder =
        layout().partition_files("features.bike", made.attempt, made.output->key).string();
    return made;
  }

  Job import_job(const std::vector<fs::path>& files, const std::string& key,
                 const std::string& derived_from = "") {
    Json names = Json::array();
    for (const fs::path& file : files)
      names.push_back(file.string());
    const std::string every = derived_from.empty() ? "" : key;
    Job made = job("import", {{"table", "raw.rentals"},
                              {"files", names},
                              {"format", "csv"},
                              {"select", ""},
                              {"key_column", key},
                              {"derived_from", derived_from},
                              {"every", every},
                              {"max_rejects", 0},
                              {"reject_file", path("rejects/r.jsonl").string()}});
    made.output.emplace();
    made.output->table = "raw.rentals";
    made.output->folder = layout().attempt_files("raw.rentals", made.attempt).string();
    return made;
  }

  warehouse::Layout layout() const { return warehouse::Layout(path("warehouse")); }

  static Result<AttemptResult> run(const JobHandler& handler, const Job& job) {
    NobodyCancels context;
    return handler(job, context);
  }
  static Result<AttemptResult> run_sql(const Job& job) { return run(sql_handler({}), job); }
  static std::string refusal(const Result<AttemptResult>& result) {
    if (!result) return result.error().describe();
    return result->failure ? result->failure->message : "succeeded";
  }

  // The view of what a job has published.
  InputView view_of(const std::string& name, const AttemptResult& result) const {
    InputView view;
    view.name = name;
    for (const auto& publication : result.result.publications) {
      const auto& content = publication.content;
      const auto folder = layout().partition_files(content.table, content.attempt, content.key);
      for (const auto& file : content.files)
        view.files.push_back({(folder / file.name).string(), content.key.pairs});
    }
    return view;
  }

  Json query(const std::string& sql, const std::vector<InputView>& views) {
    Job made = job("query", {{"sql", sql}, {"limit", 100}});
    made.views = views;
    const auto result = run(query_handler({}), made);
    return result ? result->result.outputs : Json(result.error().describe());
  }

  std::optional<TemporaryFolder> folder_;
  SystemClock clock_;
  std::unique_ptr<IdSource> ids_;
};

TEST_F(TableJobsTest, PublishesTheRowsOfAQuery) {
  Job made = sql_job("select i as n, 'x' || i as s, null::double as none from range(3) t(i)");
  made.output->checks = {{"row_count", {{"equals", 3}}, {}, {}}, {"not_null", {"n"}, {}, {}}};
  const auto result = run_sql(made);
  ASSERT_TRUE(result) << result.error().describe();
  ASSERT_FALSE(result->failure) << result->failure->message;
  EXPECT_EQ(result->result.rows, 3U);
  ASSERT_EQ(result->result.publications.size(), 1U);
  const auto& content = result->result.publications[0].content;
  EXPECT_EQ(content.key.text(), "day=2026-11-22");
  ASSERT_EQ(content.files.size(), 1U);
  EXPECT_EQ(content.files[0].name, "part-" + made.attempt.value() + "-0.parquet");
  EXPECT_EQ(content.files[0].rows, 3U);
  const auto digest = digest_of_file(fs::path(made.output->folder) / content.files[0].name);
  EXPECT_EQ(content.files[0].digest, *digest);
  EXPECT_EQ(content.schema.at(2), (release::ColumnSchema{"none", "DOUBLE"}));
  EXPECT_EQ(content.facts.at(2).nulls, 3U);
  EXPECT_EQ(content.checks.size(), 2U);
  EXPECT_EQ(query("select sum(n) as s from features", {view_of("features", *result)})["rows"],
            Json::array({{{"s", 3}}}));
}

TEST_F(TableJobsTest, PublishesAFileForNoRows) {
  const auto result = run_sql(sql_job("select 1::smallint as a where false"));
  ASSERT_TRUE(result) << result.error().describe();
  const auto& content = result->result.publications.at(0).content;
  EXPECT_EQ(content.rows, 0U);
  EXPECT_EQ(content.files.size(), 1U);
  EXPECT_EQ(content.schema.at(0).type, "SMALLINT");
}

TEST_F(TableJobsTest, KeepsTheRowsOfAFailedCheckForALook) {
  Job made = sql_job("select i as n, 0.5 as temp from range(5) t(i)");
  made.output->checks = {{"row_count", {{"at_least", 1000}}, {}, {}},
                         {"range", {{"temp", {0, 0.4}}}, pipeline::Severity::warn, {}},
                         {"unique", {"n"}, {}, {}}};
  const auto result = run_sql(made);
  ASSERT_TRUE(result) << result.error().describe();
  ASSERT_TRUE(result->failure);
  EXPECT_EQ(result->failure->failure, orchestration::FailureClass::check_failed);
  EXPECT_THAT(result->failure->message, HasSubstr("row_count: 5 rows, expected at least 1000"));
  EXPECT_THAT(result->failure->message, HasSubstr(made.output->folder));
  EXPECT_TRUE(result->result.publications.empty());
  EXPECT_EQ(result->result.report["checks"].size(), 3U);
  const auto files = list_folder(made.output->folder);
  ASSERT_TRUE(files);
  EXPECT_EQ(files->size(), 1U);
}

TEST_F(TableJobsTest, RunsEveryKindOfCheck) {
  Job made = sql_job(
      "select i as n, case when i = 4 then 'kr' else 'jp' end as country, timestamptz "
      "'2026-11-22T00:00:00Z' + i * interval 1 hour as at from range(5) t(i)");
  made.parameters = {{"window_end", {{"type", "TIMESTAMPTZ"}, {"value", "2026-11-23T00:00:00Z"}}}};
  const auto countries = run_sql(sql_job("select 'jp' as code", "all"));
  ASSERT_TRUE(countries) << countries.error().describe();
  made.views.push_back(view_of("ref.countries", *countries));
  made.output->checks = {
      {"accepted_values", {{"country", {"jp", "us"}}}, {}, {}},
      {"matches", {{"country", "[a-z]{2}"}}, {}, {}},
      {"freshness", {{"column", "at"}, {"within_us", 3'600'000'000}}, {}, {}},
      {"foreign_key",
       {{"column", "country"}, {"table", "ref.countries"}, {"references", "code"}},
       {},
       {}},
      {"query", {{"sql", "select count(*) from output where n < 0"}, {"equals", 0}}, {}, {}}};
  const auto result = run_sql(made);
  const auto message = refusal(result);
  EXPECT_THAT(message, HasSubstr("3 checks failed"));
  EXPECT_THAT(message, HasSubstr("accepted_values country [\"jp\",\"us\"]: 1 other values"));
  EXPECT_THAT(message, HasSubstr("freshness at 1h: 72000 seconds old, expected at most 3600"));
  EXPECT_THAT(message, HasSubstr("foreign_key country -> ref.countries.code: 1 rows"));
}

TEST_F(TableJobsTest, SaysWhichCheckIsWrongInItself) {
  Job made = sql_job("select 1 as n");
  made.output->checks = {{"not_null", {"m"}, {}, {}}};
  EXPECT_THAT(refusal(run_sql(made)), HasSubstr("the check not_null m"));
  made.output->checks = {{"query", {{"sql", "select 1, 2"}, {"equals", 0}}, {}, {}}};
  EXPECT_THAT(refusal(run_sql(made)), HasSubstr("it must return one figure"));
}

TEST_F(TableJobsTest, RefusesAChangedTypeAndARemovedColumn) {
  Job made = sql_job("select 'a' as n, 1 as extra");
  made.output->previous_schema = {{"n", "BIGINT"}, {"gone", "DATE"}};
  const auto message = refusal(run_sql(made));
  EXPECT_THAT(message, HasSubstr("column n was BIGINT and is now VARCHAR, column gone is gone"));
  EXPECT_THAT(message, HasSubstr("schema_may_change"));
  made.output->schema_may_change = true;
  EXPECT_EQ(refusal(run_sql(made)), "succeeded");
  made.output->schema_may_change = false;
  made.output->previous_schema = {{"n", "VARCHAR"}};
  EXPECT_EQ(refusal(run_sql(made)), "succeeded");  // an added column is fine
}

TEST_F(TableJobsTest, RefusesRowsOfAnotherPartition) {
  EXPECT_THAT(refusal(run_sql(sql_job("select date '2026-11-21' as day, 1 as n"))),
              HasSubstr("a row has day 2026-11-21 in the partition day=2026-11-22"));
  EXPECT_EQ(refusal(run_sql(sql_job("select date '2026-11-22' as day, 1 as n"))), "succeeded");
  EXPECT_EQ(refusal(run_sql(
                sql_job("select timestamp '2026-11-22 04:00:00' as hour", "hour=2026-11-22T04"))),
            "succeeded");
  EXPECT_THAT(refusal(run_sql(sql_job("select 22 as day"))), HasSubstr("a row has day 22"));
}

TEST_F(TableJobsTest, SaysTheFileLineAndColumnOfAMistake) {
  EXPECT_THAT(refusal(run_sql(sql_job("select\n  temp from range(3)"))),
              HasSubstr("sql/x.sql:2:3: "));
  EXPECT_THAT(refusal(run_sql(sql_job("select 1 as a) to '/tmp/gossamer_never'; select (1"))),
              HasSubstr("sql/x.sql:1:14: syntax error"));
  EXPECT_THAT(refusal(run_sql(sql_job("select * from read_csv('/etc/passwd')"))),
              HasSubstr("SQL reads tables only"));
}

TEST_F(TableJobsTest, StartsAnewWhereAKilledTryLeftFiles) {
  Job made = sql_job("select 1 as n");
  ASSERT_TRUE(make_folders(made.output->folder));
  ASSERT_TRUE(write_file_durably(fs::path(made.output->folder) / "part-old-0.parquet", "half"));
  const auto result = run_sql(made);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(list_folder(made.output->folder)->size(), 1U);
}

TEST_F(TableJobsTest, FailsAsUnavailableWhereNothingCanBeWritten) {
  Job made = sql_job("select 1 as n");
  made.output->folder = "/proc/gossamer/none";
  const auto result = run_sql(made);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().kind, ErrorKind::bug);
  EXPECT_THAT(result.error().message, HasSubstr("/proc/gossamer"));
}

TEST_F(TableJobsTest, AdoptsWhatAProgramWrote) {
  const Job first = sql_job("select 1 as n", "all");
  ASSERT_EQ(refusal(run_sql(first)), "succeeded");
  Job made = job("adopt_output", {{"source", first.output->folder}});
  made.output = first.output;
  made.output->folder =
      layout().partition_files("features.bike", made.attempt, made.output->key).string();
  const auto result = run(adopt_output_handler({}), made);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.publications.at(0).content.files.at(0).name,
            "part-" + made.attempt.value() + "-0.parquet");
  ASSERT_TRUE(make_folders(path("empty")));
  made.spec = {{"source", path("empty").string()}};
  EXPECT_THAT(refusal(run(adopt_output_handler({}), made)), HasSubstr("no .parquet file"));
}

TEST_F(TableJobsTest, ParsesManyQueriesWithOneHandler) {
  const auto handler = parse_sql_handler();
  for (const std::string table : {"a", "b"}) {
    const auto result = run(handler, job("parse_sql", {{"sql", "select $x, now() from " + table}}));
    ASSERT_TRUE(result) << result.error().describe();
    const auto parsed = pipeline::parsed_query_from_json(result->result.outputs);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->tables, std::vector<std::string>{table});
    EXPECT_TRUE(parsed->is_volatile);
  }
}

TEST_F(TableJobsTest, AnswersAQueryUpToItsLimit) {
  Job made =
      job("query", {{"sql", "select i, sum(i) over () as s from range(5) t(i)"}, {"limit", 2}});
  const auto result = run(query_handler({}), made);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.outputs["rows"].size(), 2U);
  EXPECT_TRUE(result->result.outputs["truncated"].get<bool>());
  EXPECT_EQ(result->result.outputs["rows"][1]["s"], 10);
  EXPECT_EQ(result->result.outputs["columns"][0]["type"], "BIGINT");
  made.spec["limit"] = 5;
  EXPECT_FALSE(run(query_handler({}), made)->result.outputs["truncated"].get<bool>());
  EXPECT_THAT(query("drop table x", {}).dump(), HasSubstr("only a SELECT"));
  EXPECT_THAT(query("select * from '/etc/passwd'", {}).dump(), HasSubstr("SQL reads tables only"));
}

// --- Import ----------------------------------------------------------------------------------

TEST_F(TableJobsTest, ImportsOnePartitionADay) {
  const auto file = text_file("a.csv",
                              "at,n\n2026-11-21 05:00:00,1\n2026-11-22 06:00:00,2\n2026-11-21 "
                              "07:00:00,3\n");
  const auto result = run(import_handler(), import_job({file}, "day", "at"));
  ASSERT_TRUE(result) << result.error().describe();
  ASSERT_EQ(result->result.publications.size(), 2U);
  const auto& content = result->result.publications[0].content;
  EXPECT_EQ(content.key.text(), "day=2026-11-21");
  EXPECT_EQ(content.rows, 2U);
  EXPECT_EQ(content.schema.size(), 2U);  // the key is not a column of the rows
  EXPECT_EQ(content.facts.at(1).maximum, "3");
}

TEST_F(TableJobsTest, ImportsCategoriesOfAnyName) {
  const auto file = text_file("a.csv", "country,n\n\"a/b=c é 日本 %\",1\njp,2\n\"..\",3\n");
  const auto result = run(import_handler(), import_job({file}, "country"));
  ASSERT_TRUE(result) << result.error().describe();
  InputView view = view_of("raw.rentals", *result);
  view.key_columns = {{"country", "VARCHAR"}};
  EXPECT_EQ(query("select n from raw.rentals where country = 'a/b=c é 日本 %'", {view})["rows"],
            Json::array({{{"n", 1}}}));
  EXPECT_EQ(query("select n from raw.rentals where country = '..'", {view})["rows"],
            Json::array({{{"n", 3}}}));
}

TEST_F(TableJobsTest, PutsRowsThatCannotBeReadIntoAFile) {
  std::string text = "at,n\n";
  for (int row = 0; row < 30'000; ++row)
    text += "2026-11-21 05:00:00,1\n";
  text += "2026-11-21 05:00:00,one\n2026-11-21 05:00:00,1\n";
  const auto file = text_file("a.csv", text);
  Job made = import_job({file}, "day", "at");
  EXPECT_THAT(refusal(run(import_handler(), made)), HasSubstr("nothing was imported"));
  const auto rejects = read_file(path("rejects/r.jsonl"));
  ASSERT_TRUE(rejects) << rejects.error().describe();
  EXPECT_THAT(*rejects, HasSubstr("\"line\":30002"));
  EXPECT_THAT(*rejects, HasSubstr("one"));
  made.spec["max_rejects"] = 1;
  const auto result = run(import_handler(), made);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.rows, 30'001U);
  EXPECT_EQ(result->result.outputs["rejected"], 1);
}

TEST_F(TableJobsTest, RefusesAnImportThatHasNoPartition) {
  const auto file = text_file("a.csv", "at,n,s\n2026-11-21,1,x\n,2,y\n");
  EXPECT_THAT(refusal(run(import_handler(), import_job({file}, "day", "at"))),
              HasSubstr("1 of 2 rows have no at"));
  EXPECT_THAT(refusal(run(import_handler(), import_job({file}, "day", "when"))),
              HasSubstr("no column 'when'"));
  EXPECT_THAT(refusal(run(import_handler(), import_job({file}, "day", "s"))),
              HasSubstr("'s' has type VARCHAR"));
  const auto nothing = text_file("b.csv", "at,n\n");
  EXPECT_THAT(refusal(run(import_handler(), import_job({nothing}, "day", "at"))),
              HasSubstr("there are no rows"));
}

TEST_F(TableJobsTest, ShapesAnImportBySelect) {
  const auto file = text_file("a.csv", "dteday,hr,n\n2026-11-21,5,1\n2026-11-21,23,2\n");
  Job made = import_job({file}, "hour", "hour");
  made.spec["select"] = "dteday + hr * interval 1 hour as hour, * exclude (hr) from input";
  const auto result = run(import_handler(), made);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.publications[1].content.key.text(), "hour=2026-11-21T23");
  made.spec["select"] = "* from input, read_csv('/etc/passwd')";
  EXPECT_THAT(refusal(run(import_handler(), made)), HasSubstr("SQL reads tables only"));
  made.spec["select"] = "1 as a";
  EXPECT_THAT(refusal(run(import_handler(), made)), HasSubstr("reads `input`"));
}

TEST_F(TableJobsTest, HoldsAnImportToUniqueColumnsAndTypes) {
  const auto file = text_file("a.csv", "at,n\n2026-11-21,1\n2026-11-21,1\n");
  Job made = import_job({file}, "day", "at");
  made.output->unique = {"n"};
  EXPECT_THAT(refusal(run(import_handler(), made)),
              HasSubstr("(n) is unique, but 1 comes 2 times in 2026-11-21"));
  made.output->unique.clear();
  made.output->previous_schema = {{"at", "DATE"}, {"n", "VARCHAR"}};
  EXPECT_THAT(refusal(run(import_handler(), made)), HasSubstr("column n was VARCHAR"));
}

TEST_F(TableJobsTest, ImportsTheBikeFile) {
  const char* data = std::getenv("GOSSAMER_TEST_DATA");
  if (data == nullptr || *data == '\0') GTEST_SKIP() << "GOSSAMER_TEST_DATA is not set";
  Job made = import_job({fs::path(data) / "bike_hourly.csv"}, "day", "hour");
  made.spec["select"] = "dteday + hr * interval 1 hour as hour, * exclude (hr) from input";
  made.limits = {std::uint64_t{1} << 30U, 2};
  const auto result = run(import_handler(), made);
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(result->result.publications.size(), 731U);
  EXPECT_EQ(result->result.rows, 17'379U);
  InputView view = view_of("raw.rentals", *result);
  view.key_columns = {{"day", "DATE"}};
  EXPECT_EQ(query("select count(*) as n, sum(cnt) as s from raw.rentals where day = dteday",
                  {view})["rows"],
            Json::array({{{"n", 17379}, {"s", 3292679}}}));
}

}  // namespace
}  // namespace gossamer::executors
