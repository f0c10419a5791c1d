// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gossamer::warehouse {

// What a query says before it runs. All lists are without doubles, in order of appearance.
struct QueryParts {
  std::vector<std::string> tables;          // base tables, without the query's own CTEs
  std::vector<std::string> parameters;      // `$name` without the dollar sign
  std::vector<std::string> functions;       // lower case, operators left out
  std::vector<std::string> predict_models;  // literal first arguments of predict and its like
  bool is_volatile = false;                 // its answer may differ for the same tables
};

class Session;

// invalid_input, with line and column inside the text where known: what does not parse, is not one
// SELECT, reads anything but tables, has positional parameters, or a PIVOT without IN. A session of
// any kind will do; it does not tell `is_volatile`.
Result<QueryParts> parse_query(Session& session, std::string_view sql);

// Parses queries; keeps one instance of the engine, so one parser serves many texts. One thread.
class QueryParser {
 public:
  static Result<QueryParser> open();
  QueryParser(QueryParser&&) noexcept;
  QueryParser& operator=(QueryParser&&) noexcept;
  QueryParser(const QueryParser&) = delete;
  QueryParser& operator=(const QueryParser&) = delete;
  ~QueryParser();

  // As parse_query, and `is_volatile` is right.
  Result<QueryParts> parse(std::string_view sql);

 private:
  struct State;
  explicit QueryParser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::warehouse
