// SPDX-License-Identifier: Apache-2.0
// Declared checks as SQL, and their results. Knows no query engine: it writes the queries and reads
// the figures that they give.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace gossamer::warehouse {

enum class CheckSeverity : std::uint8_t { error, warn };

// `arguments` as declared: {"at_least": 1000}, ["hour"], {"temp": [0, 1]}, ...
struct CheckRequest {
  std::string kind;
  Json arguments;
  CheckSeverity severity = CheckSeverity::error;
};

// One figure to find: a query over the view `output` with one row and one value, and the rule that
// the value must obey. `equals` may be of any JSON type, the bounds are numbers.
struct CheckProbe {
  std::string kind;
  std::string text;  // for people, the kind first: "range temp [0,1]"
  std::string sql;
  std::optional<Json> equals;
  std::optional<double> at_least;
  std::optional<double> at_most;
  std::string unit;  // of the value, for people: "rows", "NULLs"
  CheckSeverity severity = CheckSeverity::error;
};

// The probes of a check; `now` is what freshness counts from. Kinds: row_count not_null unique
// range accepted_values matches freshness foreign_key query. invalid_input says what is wrong with
// the arguments.
Result<std::vector<CheckProbe>> probes_of(const CheckRequest& check, Instant now);

struct CheckResult {
  std::string kind;
  std::string text;
  CheckSeverity severity = CheckSeverity::error;
  bool passed = false;
  Json value;
  std::string message;  // why it failed, empty when it passed
};

CheckResult judge(const CheckProbe& probe, const Json& value);

// [{"kind","arguments" (for people),"severity","passed","value","message"}]: what is stored beside
// a snapshot.
Json to_json(const std::vector<CheckResult>& results);
bool has_failed(const std::vector<CheckResult>& results);  // any of severity error
// "2 checks failed: ...; ..."
std::string summary_of_failures(const std::vector<CheckResult>& results);

}  // namespace gossamer::warehouse
