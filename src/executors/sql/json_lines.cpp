// SPDX-License-Identifier: Apache-2.0
#include "executors/sql/json_lines.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/text.hpp"

namespace gossamer::executors {

namespace {

using warehouse::quoted_text;
using warehouse::Session;
using Columns = std::vector<release::ColumnSchema>;

// A CASE, since both sides of an AND may be evaluated, and json_type() refuses what is no JSON.
constexpr const char* is_object =
    "case when json_valid(text) then json_type(text) = 'OBJECT' else false end";

Result<void> keep_lines(Session& session, const std::vector<std::string>& files) {
  TRY(session.run("create temp table json_lines (file varchar, line bigint, text varchar)"));
  for (const auto& file : files) {
    TRY(session.run(fmt::format(
        "insert into json_lines select {0}, line, text from (select unnest(lines) as text, "
        "generate_subscripts(lines, 1) as line from (select string_split(content, chr(10)) as "
        "lines from read_text({0}))) where trim(text, ' ' || chr(9) || chr(13)) <> ''",
        quoted_text(file))));
  }
  return {};
}

// A key's place in an object, as RFC 6901 writes it.
std::string pointer_to(const std::string& name) {
  std::string pointer = "/";
  for (const char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

// A value that is there and has another type than the first lines told.
std::string mismatches(const release::ColumnSchema& column) {
  const auto pointer = quoted_text(pointer_to(column.name));
  return fmt::format(
      "select file, line, {0} as column_name, 'type' as kind, json_extract(text, {1})::varchar || "
      "{2} as reason, text from json_rows where json_type(text, {1}) <> 'NULL' and "
      "struct_extract(content, {0}) is null",
      quoted_text(column.name), pointer, quoted_text(" is no " + column.type));
}

Result<void> sort_out(Session& session, const Columns& columns) {
  // Written by hand: columns keep their order.
  std::vector<std::string> members;
  for (const auto& column : columns)
    members.push_back(Json(column.name).dump() + ":" + Json(column.type).dump());
  const auto structure = "{" + join(members, ",") + "}";
  TRY(
      session.run(fmt::format("create temp table json_rows as select file, line, text, "
                              "json_transform(text, {}) as content from json_lines where {}",
                              quoted_text(structure), is_object)));
  std::vector<std::string> rejects{
      fmt::format("select file, line, null::varchar as column_name, 'syntax' as kind, 'this is no "
                  "JSON object' as reason, text from json_lines where not ({})",
                  is_object)};
  for (const auto& column : columns)
    rejects.push_back(mismatches(column));
  TRY(session.run(
      fmt::format("create temp table json_rejects as {}", join(rejects, " union all "))));
  TRY(
      session.run("create view input as select unnest(content) from json_rows r where not exists "
                  "(select 1 from json_rejects e where e.file = r.file and e.line = r.line)"));
  return {};
}

}  // namespace

Result<LinesFound> read_json_lines(Session& session, const std::vector<std::string>& files) {
  std::vector<std::string> quoted;
  for (const auto& file : files)
    quoted.push_back(quoted_text(file));
  // Types out of the first lines, as a reader of the whole file takes them.
  const auto columns = session.describe(
      fmt::format("select * from read_json([{}], format = 'newline_delimited', ignore_errors = "
                  "true, union_by_name = true)",
                  join(quoted, ", ")),
      {});
  if (!columns || columns->empty()) return LinesFound::no;
  TRY(keep_lines(session, files));
  TRY_ASSIGN(const Batch found,
             session.fetch(fmt::format("select count(*) filter (where {}) as objects, count(*) "
                                       "filter (where line = 1 and text like '[%') as arrays from "
                                       "json_lines",
                                       is_object),
                           {}));
  const bool has_objects = found.columns()[0].int64s()[0] > 0;
  const bool is_array = found.columns()[1].int64s()[0] > 0;
  if (!has_objects || is_array) return LinesFound::no;
  TRY(sort_out(session, *columns));
  return LinesFound::yes;
}

}  // namespace gossamer::executors
