// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::warehouse {
namespace {

// Functions in FROM that read nothing but their arguments.
constexpr std::array pure_table_functions{"range",  "generate_series", "unnest",
                                          "repeat", "json_each",       "json_tree"};
// Written without brackets these look like columns.
constexpr std::array volatile_words{"current_date",   "current_timestamp", "current_time",
                                    "localtimestamp", "localtime",         "today"};
constexpr std::array predict_functions{"predict", "predict_margin", "explain"};

bool contains(const auto& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// `offset` counts bytes from 0; the column counts characters from 1.
Position position_at(std::string_view sql, std::uint64_t offset) {
  Position position;
  if (offset > sql.size()) return position;
  const std::string_view before = sql.substr(0, offset);
  position.line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
  const std::size_t start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto is_first_byte = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  };
  position.column =
      static_cast<int>(std::ranges::count_if(before.substr(start), is_first_byte)) + 1;
  return position;
}

// A syntax error's place counts characters, that of a node bytes.
std::uint64_t bytes_before(std::string_view sql, std::uint64_t characters) {
  std::uint64_t offset = 0;
  while (offset < sql.size() && characters > 0) {
    ++offset;
    while (offset < sql.size() && (static_cast<unsigned char>(sql[offset]) & 0xC0U) == 0x80U)
      ++offset;
    --characters;
  }
  return offset;
}

// The member where it is a text; a node's `type` may be an object.
std::string text_at(const Json& node, const char* key) {
  const auto found = node.find(key);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool looks_like_file(std::string_view table) {
  constexpr std::array ends{".parquet", ".csv", ".tsv",   ".json",   ".jsonl", ".ndjson", ".gz",
                            ".zst",     ".db",  ".arrow", ".duckdb", ".txt",   ".xlsx"};
  if (table.find_first_of("/\\:*?") != std::string_view::npos) return true;
  const std::string lower = lower_case(table);
  return std::ranges::any_of(ends, [&](const char* end) { return lower.ends_with(end); });
}

// Walks the tree that the engine gives for one statement.
class Walk {
 public:
  Walk(std::string_view sql, const std::set<std::string>& volatile_functions)
      : sql_(sql), volatile_functions_(volatile_functions) {}

  Result<QueryParts> of(const Json& statement) {
    TRY(visit(statement));
    return std::move(parts_);
  }

 private:
  Result<void> visit(const Json& node) {
    if (node.is_array()) {
      for (const Json& child : node)
        TRY(visit(child));
      return {};
    }
    if (!node.is_object()) return {};
    const std::size_t scope = known_.size();
    if (node.contains("cte_map")) TRY(visit_ctes(node.at("cte_map").at("map")));
    TRY(note(node));
    for (const auto& [key, child] : node.items()) {
      if (key != "cte_map") TRY(visit(child));
    }
    known_.resize(scope);
    return {};
  }

  // A CTE knows those before it; a recursive one knows itself too.
  Result<void> visit_ctes(const Json& ctes) {
    for (const Json& cte : ctes) {
      const std::string name = lower_case(cte.at("key").get<std::string>());
      const Json& body = cte.at("value");
      const bool is_recursive =
          body.at("query").at("node").at("type").get<std::string>() == "RECURSIVE_CTE_NODE";
      if (is_recursive) known_.push_back(name);
      TRY(visit(body));
      if (!is_recursive) known_.push_back(name);
    }
    return {};
  }

  Result<void> note(const Json& node) {
    const std::string type = text_at(node, "type");
    const std::string node_class = text_at(node, "class");
    if (node.contains("sample") && !node.at("sample").is_null()) parts_.is_volatile = true;
    if (type == "BASE_TABLE") return note_table(node);
    if (type == "TABLE_FUNCTION") return note_table_function(node);
    if (type == "SHOW_REF") {
      return refuse(node, "DESCRIBE, SHOW and SUMMARIZE cannot be used: write a SELECT");
    }
    if (node_class == "FUNCTION" || node_class == "WINDOW") return note_function(node);
    if (node_class == "PARAMETER") return note_parameter(node);
    if (node_class == "COLUMN_REF" && node.at("column_names").size() == 1) {
      const std::string word = lower_case(node.at("column_names").at(0).get<std::string>());
      if (contains(volatile_words, word)) parts_.is_volatile = true;
    }
    return {};
  }

  Result<void> note_table(const Json& node) {
    const std::string catalog = text_at(node, "catalog_name");
    const std::string schema = text_at(node, "schema_name");
    const std::string table = node.at("table_name").get<std::string>();
    if (schema.empty() && contains(known_, lower_case(table))) return {};
    if (looks_like_file(table)) {
      return refuse(node, fmt::format("'{}' is a file or address: SQL reads tables only; bring it "
                                      "in with `gossamer tables import`",
                                      table));
    }
    if (node.contains("at_clause") && !node.at("at_clause").is_null()) {
      return refuse(node, "AT (...) cannot be used: a run's snapshots are pinned as a whole");
    }
    std::string name = catalog.empty() ? "" : catalog + '.';
    if (!schema.empty()) name += schema + '.';
    add(parts_.tables, name + table);
    return {};
  }

  Result<void> note_table_function(const Json& node) {
    const std::string name = lower_case(node.at("function").at("function_name").get<std::string>());
    if (contains(pure_table_functions, name)) return {};
    return refuse(node, fmt::format("{}() cannot be used: SQL reads tables only, no files, "
                                    "addresses or generated queries",
                                    name));
  }

  Result<void> note_function(const Json& node) {
    const std::string name = lower_case(node.at("function_name").get<std::string>());
    if (node.value("is_operator", false)) return {};
    add(parts_.functions, name);
    if (volatile_functions_.contains(name)) parts_.is_volatile = true;
    if (contains(predict_functions, name)) return note_predict(node, name);
    return {};
  }

  Result<void> note_predict(const Json& node, const std::string& name) {
    const Json& arguments = node.at("children");
    const bool is_constant = !arguments.empty() && text_at(arguments.at(0), "class") == "CONSTANT";
    // What kind of constant it may be is said when the call is planned.
    if (is_constant && arguments.at(0).at("value").value("is_null", true)) return {};
    if (!is_constant || !arguments.at(0).at("value").at("value").is_string()) {
      return refuse(node, fmt::format("the first argument of {}() must be the model's name as a "
                                      "literal, e.g. 'demand@champion'",
                                      name));
    }
    add(parts_.predict_models, arguments.at(0).at("value").at("value").get<std::string>());
    return {};
  }

  Result<void> note_parameter(const Json& node) {
    const std::string name = node.at("identifier").get<std::string>();
    if (parse_integer(name).has_value()) {
      return invalid_input(
          fmt::format("${} (or `?`) is a parameter without a name: write $window_start and the "
                      "like",
                      name));
    }
    add(parts_.parameters, name);
    return {};
  }

  std::unexpected<Error> refuse(const Json& node, std::string message) const {
    const Position position = position_at(sql_, node.value("query_location", ~std::uint64_t{0}));
    if (position.line == 0) return invalid_input(std::move(message));
    return invalid_input(std::move(message), position);
  }

  static void add(std::vector<std::string>& list, std::string word) {
    if (!contains(list, word)) list.push_back(std::move(word));
  }

  std::string_view sql_;
  const std::set<std::string>& volatile_functions_;
  std::vector<std::string> known_;  // names of CTEs in scope, lower case
  QueryParts parts_;
};

std::unexpected<Error> refusal_of(const Json& answer, std::string_view sql) {
  const std::string message = answer.value("error_message", "this is not SQL");
  if (answer.value("error_type", "") == "parser") {
    const auto offset = parse_integer(answer.value("position", "-1"), 0);
    if (!offset) return invalid_input(message);
    return invalid_input(message,
                         position_at(sql, bytes_before(sql, static_cast<std::uint64_t>(*offset))));
  }
  if (lower_case(sql).find("pivot") != std::string::npos) {
    return invalid_input(
        "a PIVOT whose columns depend on the rows cannot be checked before it runs: name the "
        "values, as in `pivot t on year in (2011, 2012) using sum(cnt)`");
  }
  if (message.find("Only SELECT") != std::string::npos) {
    return invalid_input("only a SELECT is allowed here: nothing else may run");
  }
  return invalid_input(message);
}

Result<QueryParts> parse_with(Session& session, std::string_view sql,
                              const std::set<std::string>& volatile_functions) {
  if (sql.find('\0') != std::string_view::npos || !is_utf8(sql)) {
    return invalid_input("the query is not UTF-8 text");
  }
  TRY_ASSIGN(
      const Batch row,
      session.fetch("SELECT CAST(json_serialize_sql(CAST($sql AS VARCHAR)) AS VARCHAR) AS tree",
                    {{"sql", "VARCHAR", std::string(sql)}}));
  TRY_ASSIGN(const Json answer, parse_json(row.columns()[0].string(0), "the query's tree",
                                           {.bytes = std::size_t{256} << 20U, .depth = 2'000}));
  if (answer.value("error", true)) return refusal_of(answer, sql);
  const Json& statements = answer.at("statements");
  if (statements.empty()) return invalid_input("there is no query in the text");
  if (statements.size() > 1) {
    return invalid_input(fmt::format("there are {} statements in the text; one SELECT is allowed",
                                     statements.size()));
  }
  return Walk(sql, volatile_functions).of(statements.at(0));
}

}  // namespace

struct QueryParser::State {
  Session session;
  std::set<std::string> volatile_functions;
};

QueryParser::QueryParser(std::unique_ptr<State> state) : state_(std::move(state)) {}
QueryParser::QueryParser(QueryParser&&) noexcept = default;
QueryParser& QueryParser::operator=(QueryParser&&) noexcept = default;
QueryParser::~QueryParser() = default;

Result<QueryParser> QueryParser::open() {
  TRY_ASSIGN(Session session, Session::open({}));
  TRY_ASSIGN(const Batch names,
             session.fetch("SELECT DISTINCT lower(function_name) AS name FROM duckdb_functions() "
                           "WHERE stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
                           {}));
  std::set<std::string> volatile_functions{"current_localtime", "current_localtimestamp",
                                           "current_timestamp", "getvariable"};
  for (std::size_t row = 0; row < names.rows(); ++row) {
    volatile_functions.insert(std::string(names.columns()[0].string(row)));
  }
  return QueryParser(
      std::make_unique<State>(State{std::move(session), std::move(volatile_functions)}));
}

Result<QueryParts> QueryParser::parse(std::string_view sql) {
  return parse_with(state_->session, sql, state_->volatile_functions);
}

Result<QueryParts> parse_query(Session& session, std::string_view sql) {
  return parse_with(session, sql, {});
}

}  // namespace gossamer::warehouse
