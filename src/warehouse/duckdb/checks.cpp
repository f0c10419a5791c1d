// SPDX-License-Identifier: Apache-2.0
// Declared checks as SQL. Each becomes one statement that counts what is wrong.
#include <fmt/format.h>

#include <array>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "warehouse/duckdb/written.hpp"

namespace gossamer::warehouse {

namespace {

struct Outcome {
  bool passed = true;
  std::string message;
};

std::string literal(const Json& value) {
  if (value.is_string()) return quoted_text(value.get<std::string>());
  return value.is_null() ? "NULL" : value.dump();
}

std::vector<std::string> names_in(const Json& arguments) {
  std::vector<std::string> names;
  if (arguments.is_string()) names.push_back(arguments.get<std::string>());
  if (arguments.is_array()) {
    for (const auto& name : arguments)
      names.push_back(name.get<std::string>());
  }
  return names;
}

Result<std::int64_t> count(Session& session, const std::string& sql) {
  TRY_ASSIGN(const Batch rows, session.fetch(sql, {}));
  if (rows.rows() != 1 || rows.columns().size() != 1) return bug("a check did not count");
  TRY_ASSIGN(const Column number, convert(rows.columns()[0], ColumnType::int64));
  return number.is_null(0) ? 0 : number.int64s()[0];
}

// `equals`, `at_least`, `at_most` against one number.
Outcome judge_number(double number, const Json& bounds) {
  struct Bound {
    const char* name;
    const char* words;
    bool (*holds)(double, double);
  };
  static constexpr std::array<Bound, 3> kinds{
      {{"equals", "exactly", [](double is, double wanted) { return is == wanted; }},
       {"at_least", "at least", [](double is, double wanted) { return is >= wanted; }},
       {"at_most", "at most", [](double is, double wanted) { return is <= wanted; }}}};
  for (const auto& kind : kinds) {
    const auto wanted = bounds.find(kind.name);
    if (wanted == bounds.end() || !wanted->is_number()) continue;
    if (!kind.holds(number, wanted->get<double>())) {
      return {false, fmt::format("{} is not {} {}", shortest(number), kind.words,
                                 shortest(wanted->get<double>()))};
    }
  }
  return {true, shortest(number)};
}

// Each column of `arguments` with a condition that its bad values meet.
template <class Condition>
Result<Outcome> count_bad(Session& session, const std::string& relation, const Json& arguments,
                          Condition condition) {
  std::vector<std::string> faults;
  for (const auto& [column, argument] : arguments.items()) {
    TRY_ASSIGN(const auto bad,
               count(session, fmt::format("select count(*) from {} where {}", relation,
                                          condition(quoted_name(column), argument))));
    if (bad > 0) faults.push_back(fmt::format("{} bad in {}", format_count(bad), column));
  }
  return Outcome{faults.empty(), join(faults, ", ")};
}

Result<Outcome> check_not_null(Session& session, const std::string& relation,
                               const Json& arguments) {
  std::vector<std::string> faults;
  for (const auto& column : names_in(arguments)) {
    TRY_ASSIGN(const auto nulls,
               count(session, fmt::format("select count(*) from {} where {} is null", relation,
                                          quoted_name(column))));
    if (nulls > 0) faults.push_back(fmt::format("{} nulls in {}", format_count(nulls), column));
  }
  return Outcome{faults.empty(), join(faults, ", ")};
}

Result<Outcome> check_unique(Session& session, const std::string& relation,
                             const std::vector<std::string>& columns) {
  std::vector<std::string> quoted;
  for (const auto& column : columns)
    quoted.push_back(quoted_name(column));
  const auto list = join(quoted, ", ");
  TRY_ASSIGN(const auto doubles,
             count(session, fmt::format("select count(*) from (select {0} from {1} group by {0} "
                                        "having count(*) > 1)",
                                        list, relation)));
  if (doubles == 0) return Outcome{};
  return Outcome{false, fmt::format("{} values of ({}) come more than once", format_count(doubles),
                                    join(columns, ", "))};
}

Result<Outcome> check_query(Session& session, const Json& arguments) {
  const auto sql = arguments.value("sql", std::string());
  TRY_ASSIGN(const Batch rows, session.fetch(sql, {}));
  if (rows.rows() != 1 || rows.columns().size() != 1) {
    return invalid_input(
        fmt::format("the check's query returns {} rows and {} columns; it must "
                    "return one number",
                    rows.rows(), rows.columns().size()));
  }
  TRY_ASSIGN(const Column number, convert(rows.columns()[0], ColumnType::float64));
  if (number.is_null(0)) return Outcome{false, "the query returned null"};
  return judge_number(number.float64s()[0], arguments);
}

std::string is_outside(const std::string& column, const Json& range) {
  std::vector<std::string> parts;
  if (range.is_array() && range.size() == 2) {
    if (!range[0].is_null()) parts.push_back(fmt::format("{} < {}", column, literal(range[0])));
    if (!range[1].is_null()) parts.push_back(fmt::format("{} > {}", column, literal(range[1])));
  }
  return parts.empty() ? "false" : "(" + join(parts, " or ") + ")";
}

std::string is_not_among(const std::string& column, const Json& values) {
  std::vector<std::string> accepted;
  for (const auto& value : values)
    accepted.push_back(literal(value));
  return fmt::format("{} is not null and {} not in ({})", column, column, join(accepted, ", "));
}

Result<Outcome> run_one(Session& session, const std::string& relation, const DeclaredCheck& check) {
  const auto& arguments = check.arguments;
  if (check.kind == "row_count") {
    TRY_ASSIGN(const auto rows, count(session, "select count(*) from " + relation));
    return judge_number(static_cast<double>(rows), arguments);
  }
  if (check.kind == "not_null") return check_not_null(session, relation, arguments);
  if (check.kind == "unique") return check_unique(session, relation, names_in(arguments));
  if (check.kind == "range") return count_bad(session, relation, arguments, is_outside);
  if (check.kind == "accepted_values") return count_bad(session, relation, arguments, is_not_among);
  if (check.kind == "matches") {
    return count_bad(
        session, relation, arguments, [](const std::string& column, const Json& regex) {
          return fmt::format("{0} is not null and not regexp_full_match(cast({0} as varchar), {1})",
                             column, literal(regex));
        });
  }
  if (check.kind == "query") return check_query(session, arguments);
  return invalid_input(fmt::format("the check {} is not in this version", check.kind));
}

}  // namespace

Result<CheckResults> run_checks(Session& session, const std::string& relation,
                                const TableRules& rules) {
  auto checks = rules.checks;
  if (!rules.unique.empty()) checks.push_back({"unique", rules.unique, false});
  CheckResults all;
  for (const auto& check : checks) {
    auto outcome = run_one(session, relation, check);
    if (!outcome) {
      return std::unexpected(outcome.error().wrapped(fmt::format("check {}", check.kind)));
    }
    all.results.push_back({{"kind", check.kind},
                           {"arguments", check.arguments},
                           {"severity", check.is_warning ? "warn" : "error"},
                           {"passed", outcome->passed},
                           {"message", outcome->message}});
    if (!outcome->passed && !check.is_warning) {
      all.failed.push_back(fmt::format("{}: {}", check.kind, outcome->message));
    }
  }
  return all;
}

}  // namespace gossamer::warehouse
