// SPDX-License-Identifier: Apache-2.0
// A step that waits for data, by the command line: a late source holds it up, an import lets it go.
#include "tests/support/table_workspace.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

class LateSource : public TableWorkspace {};

TEST_F(LateSource, HoldsAStepUpUntilItsRowsAreThere) {
  write("pipelines/p.yaml",
        "pipeline: p\n"
        "partitions: { every: day, timezone: UTC, start: 2026-11-01 }\n"
        "inputs:\n"
        "  sales: { table: raw.sales, time_column: sold, freshness: 6h }\n"
        "steps:\n"
        "  copy:\n"
        "    sql: sql/copy.sql\n"
        "    output: sales\n");
  write("sql/copy.sql", "select n, sold from sales\n");
  ASSERT_EQ(import("raw.sales", write("in/a.csv", "n,sold\n1,2026-11-02T02:00:00Z\n")).exit_code,
            0);
  const auto waiting = run({"run", "p", "--partition", "2026-11-02", "-o", "json"});
  EXPECT_EQ(waiting.exit_code, 4) << waiting.err;
  const auto run_id = waiting.json().at("run").get<std::string>();
  const auto step = answer({"runs", "show", run_id}).at("steps").at(0);
  EXPECT_EQ(step.at("state"), "waiting_for_data");
  EXPECT_EQ(step.at("attempts"), 0);
  EXPECT_THAT(step.at("error").get<std::string>(), HasSubstr("rows up to 2026-11-02T12:00"));

  // The window ends at 18:00, and rows may be six hours late.
  const auto more = write("in/b.csv", "n,sold\n1,2026-11-02T02:00:00Z\n2,2026-11-02T12:30:00Z\n");
  ASSERT_EQ(import("raw.sales", more).exit_code, 0);
  EXPECT_EQ(run({"runs", "wait", run_id}).exit_code, 0);
  EXPECT_EQ(rows("select count(*) as n from sales"), Json::array({{{"n", 2}}}));
}

}  // namespace
}  // namespace gossamer::test
