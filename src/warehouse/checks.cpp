// SPDX-License-Identifier: Apache-2.0
#include "warehouse/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "warehouse/quoting.hpp"

namespace gossamer::warehouse {
namespace {

Result<std::string> literal(const Json& value) {
  if (value.is_string()) return quoted_text(value.get<std::string>());
  if (value.is_number() || value.is_boolean()) return value.dump();
  return invalid_input(fmt::format("{} cannot stand in a check", value.dump()));
}

Result<std::vector<std::string>> columns_of(const CheckRequest& check) {
  std::vector<std::string> columns;
  if (check.arguments.is_string()) columns.push_back(check.arguments.get<std::string>());
  if (check.arguments.is_array()) {
    for (const Json& column : check.arguments) {
      if (column.is_string()) columns.push_back(column.get<std::string>());
    }
  }
  if (columns.empty()) {
    return invalid_input(fmt::format("the check {} needs a list of columns", check.kind));
  }
  return columns;
}

CheckProbe none_of(const CheckRequest& check, std::string text, std::string condition,
                   std::string unit) {
  CheckProbe probe;
  probe.kind = check.kind;
  probe.text = std::move(text);
  probe.sql = fmt::format("SELECT count(*) FROM output WHERE {}", condition);
  probe.equals = 0;
  probe.unit = std::move(unit);
  probe.severity = check.severity;
  return probe;
}

Result<void> take_bounds(CheckProbe& probe, const Json& arguments) {
  if (arguments.contains("equals")) probe.equals = arguments.at("equals");
  TRY_ASSIGN(probe.at_least, optional<double>(arguments, "at_least", probe.kind));
  TRY_ASSIGN(probe.at_most, optional<double>(arguments, "at_most", probe.kind));
  if (!probe.equals && !probe.at_least && !probe.at_most) {
    return invalid_input(fmt::format("the check {} needs equals, at_least or at_most", probe.kind));
  }
  return {};
}

using Probes = Result<std::vector<CheckProbe>>;

Probes row_count(const CheckRequest& check) {
  CheckProbe probe{check.kind, "row_count",   "SELECT count(*) FROM output", {}, {}, {},
                   "rows",     check.severity};
  TRY(take_bounds(probe, check.arguments));
  return std::vector{std::move(probe)};
}

Probes not_null(const CheckRequest& check) {
  TRY_ASSIGN(const auto columns, columns_of(check));
  std::vector<CheckProbe> probes;
  for (const std::string& column : columns) {
    probes.push_back(none_of(check, "not_null " + column, quoted_name(column) + " IS NULL",
                             "rows without a value"));
  }
  return probes;
}

Probes unique(const CheckRequest& check) {
  TRY_ASSIGN(const auto columns, columns_of(check));
  std::vector<std::string> names;
  for (const std::string& column : columns)
    names.push_back(quoted_name(column));
  const std::string list = join(names, ", ");
  CheckProbe probe{check.kind,
                   "unique " + join(columns, ", "),
                   fmt::format("SELECT count(*) FROM (SELECT 1 FROM output GROUP BY {} HAVING "
                               "count(*) > 1)",
                               list),
                   Json(0),
                   {},
                   {},
                   "values that come more than once",
                   check.severity};
  return std::vector{std::move(probe)};
}

// One probe for each column of a mapping; `condition` tells a bad value from its argument.
Probes by_column(
    const CheckRequest& check,
    const std::function<Result<std::string>(const std::string&, const Json&)>& condition,
    const std::string& unit) {
  if (!check.arguments.is_object() || check.arguments.empty()) {
    return invalid_input(fmt::format("the check {} needs a mapping of columns", check.kind));
  }
  std::vector<CheckProbe> probes;
  for (const auto& [column, argument] : check.arguments.items()) {
    TRY_ASSIGN(std::string bad, condition(quoted_name(column), argument));
    probes.push_back(none_of(check, fmt::format("{} {} {}", check.kind, column, argument.dump()),
                             std::move(bad), unit));
  }
  return probes;
}

Result<std::string> outside(const std::string& column, const Json& ends) {
  if (!ends.is_array() || ends.size() != 2) {
    return invalid_input("a range is [least, largest], null for an open end");
  }
  std::vector<std::string> conditions;
  if (!ends.at(0).is_null()) {
    TRY_ASSIGN(const std::string least, literal(ends.at(0)));
    conditions.push_back(fmt::format("{} < {}", column, least));
  }
  if (!ends.at(1).is_null()) {
    TRY_ASSIGN(const std::string largest, literal(ends.at(1)));
    conditions.push_back(fmt::format("{} > {}", column, largest));
  }
  if (conditions.empty()) return invalid_input("a range needs one end at least");
  return join(conditions, " OR ");
}

Result<std::string> not_accepted(const std::string& column, const Json& values) {
  if (!values.is_array() || values.empty()) {
    return invalid_input("accepted_values needs a list of values for each column");
  }
  std::vector<std::string> literals;
  for (const Json& value : values) {
    TRY_ASSIGN(std::string text, literal(value));
    literals.push_back(std::move(text));
  }
  return fmt::format("{0} IS NOT NULL AND {0} NOT IN ({1})", column, join(literals, ", "));
}

Result<std::string> not_matching(const std::string& column, const Json& expression) {
  if (!expression.is_string()) return invalid_input("matches needs a regular expression");
  return fmt::format("NOT regexp_full_match(CAST({} AS VARCHAR), {})", column,
                     quoted_text(expression.get<std::string>()));
}

Probes freshness(const CheckRequest& check, Instant now) {
  TRY_ASSIGN(const auto column, require<std::string>(check.arguments, "column", check.kind));
  TRY_ASSIGN(const auto within, require<std::int64_t>(check.arguments, "within_us", check.kind));
  CheckProbe probe;
  probe.kind = check.kind;
  probe.text = fmt::format("freshness {} {}", column, format_duration(Duration(within)));
  probe.sql = fmt::format(
      "SELECT (epoch_us(TIMESTAMPTZ '{}') - epoch_us(CAST(max({}) AS TIMESTAMPTZ))) / 1e6 FROM "
      "output",
      format_instant(now), quoted_name(column));
  probe.at_most = static_cast<double>(within) / 1e6;
  probe.unit = "seconds old";
  probe.severity = check.severity;
  return std::vector{std::move(probe)};
}

Probes foreign_key(const CheckRequest& check) {
  TRY_ASSIGN(const auto column, require<std::string>(check.arguments, "column", check.kind));
  TRY_ASSIGN(const auto table, require<std::string>(check.arguments, "table", check.kind));
  TRY_ASSIGN(const auto references,
             require<std::string>(check.arguments, "references", check.kind));
  return std::vector{
      none_of(check, fmt::format("foreign_key {} -> {}.{}", column, table, references),
              fmt::format("{0} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {1} r WHERE r.{2} = "
                          "output.{0})",
                          quoted_name(column), quoted_table(table), quoted_name(references)),
              "rows that refer to nothing")};
}

Probes query(const CheckRequest& check) {
  CheckProbe probe;
  probe.kind = check.kind;
  probe.severity = check.severity;
  TRY_ASSIGN(probe.sql, require<std::string>(check.arguments, "sql", check.kind));
  probe.text = "query " + abbreviated(probe.sql, 80);
  TRY(take_bounds(probe, check.arguments));
  return std::vector{std::move(probe)};
}

std::string shown(const Json& value) {
  if (value.is_number_float()) return format_significant(value.get<double>(), 6);
  return value.dump();
}

// Why the value breaks the probe's rule; empty where it obeys.
std::string objection(const CheckProbe& probe, const Json& value) {
  if (value.is_null() && (probe.at_least || probe.at_most)) return "no rows to tell it from";
  const std::string figure = shown(value) + (probe.unit.empty() ? "" : " " + probe.unit);
  if (probe.equals && value != *probe.equals) {
    return fmt::format("{}, expected {}", figure, shown(*probe.equals));
  }
  if (!probe.at_least && !probe.at_most) return "";
  if (!value.is_number()) return fmt::format("{}, expected a number", figure);
  const double number = value.get<double>();
  // Written so that NaN obeys no bound.
  if (probe.at_least && !(number >= *probe.at_least)) {
    return fmt::format("{}, expected at least {}", figure, shown(Json(*probe.at_least)));
  }
  if (probe.at_most && !(number <= *probe.at_most)) {
    return fmt::format("{}, expected at most {}", figure, shown(Json(*probe.at_most)));
  }
  return "";
}

}  // namespace

Result<std::vector<CheckProbe>> probes_of(const CheckRequest& check, Instant now) {
  if (check.kind == "row_count") return row_count(check);
  if (check.kind == "not_null") return not_null(check);
  if (check.kind == "unique") return unique(check);
  if (check.kind == "range") return by_column(check, outside, "rows outside");
  if (check.kind == "accepted_values") return by_column(check, not_accepted, "other values");
  if (check.kind == "matches") return by_column(check, not_matching, "rows that do not match");
  if (check.kind == "freshness") return freshness(check, now);
  if (check.kind == "foreign_key") return foreign_key(check);
  if (check.kind == "query") return query(check);
  return invalid_input(fmt::format("there is no check '{}'", check.kind));
}

CheckResult judge(const CheckProbe& probe, const Json& value) {
  CheckResult result{probe.kind, probe.text, probe.severity, false, value, objection(probe, value)};
  result.passed = result.message.empty();
  return result;
}

Json to_json(const std::vector<CheckResult>& results) {
  Json list = Json::array();
  for (const CheckResult& result : results) {
    list.push_back(
        {{"kind", result.kind},
         {"arguments", result.text.substr(std::min(result.text.size(), result.kind.size() + 1))},
         {"severity", result.severity == CheckSeverity::error ? "error" : "warn"},
         {"passed", result.passed},
         {"value", result.value},
         {"message", result.message}});
  }
  return list;
}

bool has_failed(const std::vector<CheckResult>& results) {
  return std::ranges::any_of(results, [](const CheckResult& result) {
    return !result.passed && result.severity == CheckSeverity::error;
  });
}

std::string summary_of_failures(const std::vector<CheckResult>& results) {
  std::vector<std::string> failures;
  for (const CheckResult& result : results) {
    if (result.passed || result.severity != CheckSeverity::error) continue;
    failures.push_back(fmt::format("{}: {}", result.text, result.message));
  }
  return fmt::format("{} check{} failed: {}", failures.size(), failures.size() == 1 ? "" : "s",
                     join(failures, "; "));
}

}  // namespace gossamer::warehouse
