// SPDX-License-Identifier: Apache-2.0
// The leaves of the grammar: texts, names, numbers, durations, dates, zones, references.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/schema.hpp"

namespace gossamer::pipeline::schema {

// Not empty; a number or boolean must be put in quotes to be one.
Type<std::string> text(const std::string& what = "a text");
// Anything that is no list or mapping, as it is written; for values that end as text anyway.
Type<Text> text_with_references(const std::string& what = "a text");
Type<bool> boolean();
Type<std::int64_t> whole_number(std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                                std::int64_t most = std::numeric_limits<std::int64_t>::max());
Type<int> small_number(int least, int most = 1'000'000'000);
struct Bounds {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
};
Type<double> number(Bounds bounds = {});
// "30s", "1h30m", "2d"; longer than nothing.
Type<Duration> duration();
// "2011-01-03"
Type<std::string> date();
// A name of the tz database.
Type<std::string> timezone();
// Text, number or boolean.
Type<Json> scalar();
// Any value but nothing, as JSON.
Type<Json> anything();
// Any mapping, as JSON.
Type<Json> any_mapping();
// A value of the type, or a text with references whose value is known when a run has it.
Type<Value> or_reference(Type<Json> value);
template <class T>
Type<Json> as_json(Type<T> type) {
  return refined<Json>(std::move(type),
                       [](T value, const YamlNode&, Problems&) -> std::optional<Json> {
                         return Json(std::move(value));
                       });
}
// A query's file (`sql/x.sql`), or a query written in place. The file is not read here.
Type<Query> query();
// Where a message goes: `{ slack: "#demand" }`, `{ webhook: "https://host/path" }` or both. Kept as
// declared; an address with secrets is {"pieces": ["https://host/", {"secret": "token"}]}.
Type<Json> channel();
// A folder or file below the workspace.
Type<std::string> relative_path(const std::string& what, const std::string& suffix = "");

Type<std::string> name(NameRule rule);

// Small letters, digits and _; a letter first. What may be a name in SQL without quotes.
NameRule identifier(const std::string& what);
// The same with hyphens: what is never written in SQL.
NameRule label(const std::string& what);
// An identifier, or two with a dot between.
NameRule table_name();
// Identifiers with dots between: a setting.
NameRule dotted_name(const std::string& what);
// A column: anything printable.
NameRule column_name();
// An environment variable.
NameRule variable_name();
// A person or group as the company spells them: letters, digits, . _ - @
NameRule person_name(const std::string& what);
// Every rule above; for the test that patterns and predicates agree.
std::vector<NameRule> all_name_rules();

bool is_relative_path(std::string_view path);

}  // namespace gossamer::pipeline::schema
