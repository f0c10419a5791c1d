// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipeline/definition.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gossamer::pipeline {

// What a SQL parser says of one query.
struct ParsedQuery {
  std::vector<std::string> tables;      // base tables, without the query's own CTEs
  std::vector<std::string> parameters;  // names of `$parameters`
  std::vector<std::string> functions;   // function names it calls, lower case
  bool is_volatile = false;
  std::vector<std::string> predict_models;  // literal model names in predict(...) calls
};

// What a parser answers, as it crosses from the worker: a query or why it is none, with the place.
Json to_json(const Result<ParsedQuery>& answer);
Result<ParsedQuery> parsed_query_from_json(const Json& json);

// Parses one query. An error carries the line and column inside the text (file left empty).
// Parsing needs the query engine, which lives in a worker process: whoever loads a workspace hands
// this in. Called once per distinct text.
using SqlParser = std::function<Result<ParsedQuery>(std::string_view sql)>;

// What already exists outside of the files: tables in the catalog, which a query may read.
struct Known {
  std::vector<std::string> tables;
  std::vector<std::string> models;  // registered ones
};

// Exactly one side is filled: `definition` when `errors` is empty.
struct Loaded {
  std::shared_ptr<const Definition> definition;
  std::vector<Error> errors;  // every error of every file, ordered by file, line, column
  std::vector<Error> warnings;
};

// Reads and validates a whole workspace in one pass. `environment` names an overlay
// (`gossamer.<environment>.yaml`), empty for none.
Loaded load_workspace(const std::string& folder, const SqlParser& parse_sql, const Known& known,
                      const std::string& environment = "");

// The same from contents in memory, keyed by relative path: what a stored definition is read from.
// Without an `environment`, an overlay that is the only one among the files is laid over: a stored
// definition has just the one that it was made with.
Loaded load_files(std::map<std::string, std::string> files, const SqlParser& parse_sql,
                  const Known& known, const std::string& environment = "");

}  // namespace gossamer::pipeline
