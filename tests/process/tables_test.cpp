// SPDX-License-Identifier: Apache-2.0
// Tables through the command line alone: files in, queries, former contents, garbage.
#include <fmt/format.h>

#include <chrono>

#include "tests/support/table_workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

using TablesOfAWorkspace = TableWorkspace;

TEST_F(TablesOfAWorkspace, ImportsAndShowsThemToOutsiders) {
  const auto file = write("in/a.csv", "country,n\njp,1\nus,2\n\"é/日 %\",3\n");
  const auto report = import("raw.sales", file, {"--partition-by", "country"}).json();
  EXPECT_EQ(report.at("partitions"), 3);
  EXPECT_EQ(report.at("rows"), 3);
  EXPECT_EQ(shown("raw.sales/country=jp").size(), 1U);
  EXPECT_EQ(rows("select country, n from raw.sales order by n desc limit 1"),
            Json::array({{{"country", "é/日 %"}, {"n", 3}}}));
}

TEST_F(TablesOfAWorkspace, GoBackToAFormerContent) {
  ASSERT_EQ(import("t", write("in/a.csv", "k,n\na,1\nb,1\n"), {"--partition-by", "k"}).exit_code,
            0);
  const auto before = shown("t/k=a");
  ASSERT_EQ(import("t", write("in/b.csv", "k,n\na,2\n"), {"--partition-by", "k"}).exit_code, 0);
  EXPECT_NE(shown("t/k=a"), before);
  EXPECT_EQ(rows("select n from t order by k"), Json::array({{{"n", 2}}, {{"n", 1}}}));
  EXPECT_EQ(rows("select n from t order by k", {"--as-of", "1"}),
            Json::array({{{"n", 1}}, {{"n", 1}}}));
  const auto back = run({"tables", "rollback", "t", "--partition", "k=a"});
  EXPECT_EQ(back.exit_code, 0) << back.err;
  EXPECT_EQ(shown("t/k=a"), before);
  EXPECT_EQ(rows("select n from t where k = 'a'"), Json::array({{{"n", 1}}}));
}

TEST_F(TablesOfAWorkspace, GoBackAsAWholeInOneSwitch) {
  ASSERT_EQ(import("t", write("in/a.csv", "k,n\na,1\nb,1\n"), {"--partition-by", "k"}).exit_code,
            0);
  ASSERT_EQ(import("t", write("in/b.csv", "k,n\na,2\nc,2\n"), {"--partition-by", "k"}).exit_code,
            0);
  ASSERT_EQ(import("t", write("in/c.csv", "k,n\nb,3\n"), {"--partition-by", "k"}).exit_code, 0);
  const auto all = [this] { return rows("select k || n as kn from t order by k"); };
  const auto texts = [](const std::vector<std::string>& values) {
    Json list = Json::array();
    for (const auto& value : values)
      list.push_back({{"kn", value}});
    return list;
  };
  EXPECT_EQ(all(), texts({"a2", "b3", "c2"}));
  EXPECT_FALSE(answer({"tables", "rollback", "t"}).empty());
  EXPECT_EQ(all(), texts({"a2", "b1", "c2"})) << "the last import is undone";
  const auto change = answer({"tables", "rollback", "t", "--to", "1", "--reason", "a bad file"});
  EXPECT_EQ(all(), texts({"a1", "b1"}));
  EXPECT_EQ(change.at("reason"), "a bad file");
  EXPECT_FALSE(fs::exists(workspace_ / "warehouse/t/k=c")) << "outsiders see it too";
  EXPECT_FALSE(answer({"switches", "undo", change.at("switch").get<std::string>()}).empty());
  EXPECT_EQ(all(), texts({"a2", "b1", "c2"}));
  EXPECT_EQ(shown("t/k=c").size(), 1U);

  const auto history = answer({"tables", "history", "t"});
  ASSERT_EQ(history.size(), 6U);
  const auto moved = [&](std::size_t at) {
    return fmt::format("{}+{}~{}-", history[at].at("added").get<int>(),
                       history[at].at("replaced").get<int>(), history[at].at("removed").get<int>());
  };
  EXPECT_EQ(moved(5), "2+0~0-");
  EXPECT_EQ(moved(4), "1+1~0-");
  EXPECT_EQ(moved(1), "0+1~1-") << "back to version 1";
  EXPECT_EQ(history[1].at("what"), "2 partitions");
  EXPECT_EQ(history[3].at("what"), "k=b");

  const auto nowhere = run({"tables", "rollback", "t", "--to", "99"});
  EXPECT_THAT(nowhere.err, HasSubstr("the newest version of the catalog is 6"));
  EXPECT_THAT(run({"tables", "rollback", "t", "--to", "6"}).err,
              HasSubstr("t is as it was at version 6 already"));
  EXPECT_THAT(run({"tables", "rollback", "t", "--partition", "k=x"}).err,
              HasSubstr("there is no t k=x"));
  EXPECT_THAT(run({"tables", "rollback", "tt"}).err, HasSubstr("did you mean `t`?"));
}

TEST_F(TablesOfAWorkspace, WriteTheRowsOfAQueryToAFile) {
  ASSERT_EQ(import("t", write("in/a.csv", "k,n\na,1\nb,2\n")).exit_code, 0);
  const auto to = [this](const std::string& name) {
    return run({"query", "select k, n from t order by k", "--to", (workspace_ / name).string()});
  };
  EXPECT_EQ(to("rows.csv").exit_code, 0);
  EXPECT_EQ(read_file(workspace_ / "rows.csv").value_or(""), "k,n\na,1\nb,2\n");
  EXPECT_EQ(to("rows.jsonl").exit_code, 0);
  EXPECT_EQ(read_file(workspace_ / "rows.jsonl").value_or(""),
            "{\"k\":\"a\",\"n\":1}\n{\"k\":\"b\",\"n\":2}\n");
  EXPECT_EQ(to("rows.json").exit_code, 0);
  EXPECT_EQ(parse_json(read_file(workspace_ / "rows.json").value_or(""), "rows.json")->size(), 2U);
  ASSERT_EQ(to("rows.parquet").exit_code, 0);
  EXPECT_EQ(import("copy", workspace_ / "rows.parquet").json().at("rows"), 2);
  EXPECT_THAT(to("rows.xls").err, HasSubstr("must end in .parquet, .csv, .json or .jsonl"));
  EXPECT_THAT(to("nowhere/rows.csv").err, HasSubstr("nowhere"));
  // A statement that fails half-way leaves the file as it was, and nothing beside it.
  const auto failed =
      run({"query", "select error('half') from t", "--to", (workspace_ / "rows.csv").string()});
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_EQ(read_file(workspace_ / "rows.csv").value_or(""), "k,n\na,1\nb,2\n");
  const auto names = list_folder(workspace_);
  ASSERT_TRUE(names.has_value());
  for (const auto& name : *names)
    EXPECT_FALSE(name.contains("att_")) << name;
}

TEST_F(TablesOfAWorkspace, KeepHoursAsTimesOfTheWorkspacesZone) {
  ASSERT_EQ(import("t", write("in/a.csv", "at,n\n2026-11-22 04:30:00,1\n2026-11-22 05:10:00,2\n"),
                   {"--partition-by", "hour:at"})
                .exit_code,
            0);
  EXPECT_EQ(shown("t/hour=2026-11-22T04").size(), 1U);
  EXPECT_EQ(rows("select n from t where hour = timestamptz '2026-11-22T05:00:00+09:00'"),
            Json::array({{{"n", 2}}}));
  // A key that is called so but is none stays what it is.
  ASSERT_EQ(
      import("u", write("in/b.csv", "hour,n\n4,1\n5,2\n"), {"--partition-by", "hour"}).exit_code,
      0);
  EXPECT_EQ(rows("select n from u where hour = 5"), Json::array({{{"n", 2}}}));
}

TEST_F(TablesOfAWorkspace, PublishNothingOfAFileThatCannotBeRead) {
  std::string text = "k,n\n";
  for (int row = 0; row < 30'000; ++row)
    text += "a,1\n";
  const auto file = write("in/bad.csv", text + "a,one\n");
  const auto refused = import("t", file, {"--partition-by", "k"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("nothing was imported"));
  EXPECT_THAT(refused.err, HasSubstr("--max-rejects 1"));
  const auto tables = run({"tables", "list", "-o", "json"}).json();
  EXPECT_TRUE(tables.empty()) << tables.dump();
  const auto report = import("t", file, {"--partition-by", "k", "--max-rejects", "1"}).json();
  EXPECT_EQ(report.at("rejected"), 1);
  EXPECT_EQ(rows("select count(*) as n from t"), Json::array({{{"n", 30'000}}}));
}

TEST_F(TablesOfAWorkspace, TellWhichLinesOfJsonCannotBeRead) {
  std::string text;
  for (int row = 0; row < 30'000; ++row)
    text += "{\"k\":\"a\",\"n\":1}\n";
  text += "{\"k\":\"b\",\"n\":\"one\"}\n\n{\"k\":\"b\",\"n\":\n{\"k\":\"b\"}\n";
  const auto file = write("in/bad.jsonl", text);
  const auto refused = import("t", file);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("2 rows of"));
  EXPECT_THAT(refused.err, HasSubstr("--max-rejects 2"));
  const auto report = import("t", file, {"--max-rejects", "2"}).json();
  EXPECT_EQ(report.at("rejected"), 2);
  EXPECT_EQ(rows("select count(*) as n, count(n) as known, sum(n) as s from t"),
            Json::array({{{"n", 30'001}, {"known", 30'000}, {"s", 30'000}}}));
  const auto rejects = read_file(report.at("reject_file").get<std::string>()).value_or("");
  EXPECT_THAT(rejects, HasSubstr("\"line\":30001"));
  EXPECT_THAT(rejects, HasSubstr("is no BIGINT"));
  EXPECT_THAT(rejects, HasSubstr("\"line\":30003"));
  EXPECT_THAT(rejects, HasSubstr("this is no JSON object"));
  // One long array has no lines to set aside.
  const auto broken = import("u", write("in/bad.json", "[{\"n\":1},\n {\"n\":}]\n"));
  EXPECT_EQ(broken.exit_code, 3);
  EXPECT_THAT(broken.err, HasSubstr("bad.json"));
}

TEST_F(TablesOfAWorkspace, RefuseAChangedType) {
  ASSERT_EQ(import("t", write("in/a.csv", "k,n\na,1\n"), {"--partition-by", "k"}).exit_code, 0);
  const auto refused = import("t", write("in/b.csv", "k,n\nb,many\n"), {"--partition-by", "k"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("column n was BIGINT and is now VARCHAR"));
  EXPECT_EQ(rows("select count(*) as n from t"), Json::array({{{"n", 1}}}));
  const auto other = import("t", write("in/c.csv", "d,n\n2026-11-22,1\n"), {"--partition-by", "d"});
  EXPECT_THAT(other.err, HasSubstr("t is partitioned by (k), not by (d)"));
}

TEST_F(TablesOfAWorkspace, ReadTablesAndNothingElse) {
  ASSERT_EQ(import("t", write("in/a.csv", "n\n1\n2\n3\n")).exit_code, 0);
  for (const std::string sql :
       {"select * from '/etc/passwd'", "select * from read_csv('/etc/passwd')", "drop table t",
        "copy t to '/tmp/gossamer_never.csv'", "select 1; select 2", "install httpfs"}) {
    const auto ran = run({"query", sql});
    EXPECT_NE(ran.exit_code, 0) << sql;
    EXPECT_NE(ran.err, "") << sql;
  }
  const auto limited = run({"query", "select n from t order by n", "--limit", "2", "-o", "csv"});
  EXPECT_EQ(limited.exit_code, 0) << limited.err;
  EXPECT_THAT(limited.out, HasSubstr("n\n1\n2\n"));
  EXPECT_THAT(limited.err, HasSubstr("only the first 2 rows"));
  const auto slow = run(
      {"query", "select count(*) from range(100000000) a, range(100000000) b", "--timeout", "1"});
  EXPECT_NE(slow.exit_code, 0);
  EXPECT_THAT(slow.err, HasSubstr("time limit of 1s"));
}

TEST_F(TablesOfAWorkspace, KeepWhatIsNeededAndWhatIsFresh) {
  ASSERT_EQ(import("t", write("in/a.csv", "n\n1\n")).exit_code, 0);
  ASSERT_EQ(import("t", write("in/b.csv", "n\n2\n")).exit_code, 0);
  const auto data = workspace_ / "warehouse/.data/t";
  // What a killed program left behind, and something that is not ours at all.
  const std::string leftover = "att_01a20489-3119-701d-805c-d1bef37fb777";
  ASSERT_TRUE(make_folders(data / leftover));
  ASSERT_TRUE(write_file_durably(data / leftover / "half.parquet", "half"));
  ASSERT_TRUE(make_folders(data / "notes"));
  EXPECT_TRUE(answer({"tables", "gc"}).empty()) << "nothing is old enough";
  for (const auto& entry : fs::directory_iterator(data)) {
    fs::last_write_time(entry.path(), entry.last_write_time() - std::chrono::hours(2));
  }
  const auto listed = answer({"tables", "gc", "--dry-run"});
  ASSERT_EQ(listed.size(), 1U) << listed.dump();
  EXPECT_EQ(listed[0].at("attempt"), leftover);
  EXPECT_EQ(listed[0].at("bytes"), 4);
  EXPECT_EQ(list_folder(data)->size(), 4U) << "it was only listed";
  EXPECT_EQ(answer({"tables", "gc"}), listed);
  EXPECT_EQ(list_folder(data)->size(), 3U);
  EXPECT_EQ(rows("select n from t"), Json::array({{{"n", 2}}}));
}

TEST_F(TablesOfAWorkspace, AreCheckedAgainstOtherTablesAndForTheirAge) {
  write("pipelines/p.yaml",
        "pipeline: p\n"
        "partitions: { every: day, timezone: UTC, start: 2026-11-01 }\n"
        "steps:\n"
        "  sales:\n"
        "    sql: sql/sales.sql\n"
        "    output: sales\n"
        "    checks:\n"
        "      - foreign_key: { column: country, table: ref.countries, references: code }\n"
        "      - freshness: { column: sold, within: 6h }\n"
        "      - row_count: { at_least: 10, severity: warn }\n");
  write("sql/sales.sql",
        "select 'jp' as country, $window_end - interval 1 hour as sold\n"
        "union all select code, sold from raw.more where sold::date = $partition\n");
  ASSERT_EQ(import("ref.countries", write("in/c.csv", "code\njp\nus\n")).exit_code, 0);
  ASSERT_EQ(import("raw.more",
                   write("in/m.csv", "code,sold\nus,2026-11-02T03:00:00\nxx,2026-11-03T03:00:00\n"))
                .exit_code,
            0);
  const auto good = run({"run", "p", "--partition", "2026-11-02"});
  ASSERT_EQ(good.exit_code, 0) << good.err << good.out;
  const auto checks = answer({"tables", "show", "sales"})[0].at("checks");
  ASSERT_EQ(checks.size(), 3U) << checks.dump();
  EXPECT_EQ(checks[0].at("kind"), "foreign_key");
  EXPECT_EQ(checks[0].at("passed"), true);
  EXPECT_EQ(checks[1].at("value"), 3600.0);
  EXPECT_EQ(checks[2].at("passed"), false) << "a warning publishes all the same";

  const auto bad = run({"run", "p", "--partition", "2026-11-03"});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.err + bad.out,
              HasSubstr("foreign_key country -> ref.countries.code: 1 rows that refer to nothing"));
  EXPECT_EQ(answer({"tables", "show", "sales"}).size(), 1U) << "nothing was published";
  // What was imported can be wrong too: the next try reads what is there then.
  ASSERT_EQ(import("ref.countries", write("in/c.csv", "code\njp\nus\nxx\n")).exit_code, 0);
  EXPECT_EQ(run({"run", "p", "--partition", "2026-11-03"}).exit_code, 0);
  EXPECT_EQ(rows("select count(*) as n from sales"), Json::array({{{"n", 4}}}));
}

}  // namespace
}  // namespace gossamer::test
