// SPDX-License-Identifier: Apache-2.0
#include "warehouse/checks.hpp"

#include <fmt/format.h>

#include "warehouse/duckdb/written.hpp"

namespace gossamer::warehouse {

namespace {

constexpr std::string_view checked = "output";  // what a check's own query calls the rows

// The one value of a statement as JSON, so that figures keep their type.
Result<Json> figure_of(Session& session, const CheckProbe& probe) {
  const auto rows = session.fetch(
      fmt::format("SELECT CAST(to_json(COLUMNS(*)) AS VARCHAR) FROM (\n{}\n)", probe.sql), {});
  if (!rows) {
    return std::unexpected(rows.error().wrapped(fmt::format("the check {}", probe.text)));
  }
  if (rows->rows() != 1 || rows->columns().size() != 1) {
    return invalid_input(
        fmt::format("the check {} returns {} rows of {} columns: it must return "
                    "one figure",
                    probe.text, rows->rows(), rows->columns().size()));
  }
  const Column& value = rows->columns()[0];
  if (value.is_null(0)) return Json(nullptr);
  return parse_json(value.string(0), "the check's figure");
}

}  // namespace

Result<std::vector<CheckResult>> run_checks(Session& session, const std::string& relation,
                                            const TableRules& rules) {
  std::vector<CheckResult> results;
  auto checks = rules.checks;
  if (!rules.unique.empty()) checks.push_back({"unique", rules.unique, CheckSeverity::error});
  if (checks.empty()) return results;
  if (relation != checked) {
    TRY(session.run(
        fmt::format("CREATE OR REPLACE TEMP VIEW {} AS SELECT * FROM {}", checked, relation)));
  }
  for (const CheckRequest& check : checks) {
    TRY_ASSIGN(const auto probes, probes_of(check, rules.now));
    for (const CheckProbe& probe : probes) {
      TRY_ASSIGN(const Json figure, figure_of(session, probe));
      results.push_back(judge(probe, figure));
    }
  }
  return results;
}

}  // namespace gossamer::warehouse
