// SPDX-License-Identifier: Apache-2.0
// Included by sources of this folder only.
#pragma once

#include <string>

#include "warehouse/duckdb/handles.hpp"
#include "warehouse/duckdb/session.hpp"
#include "warehouse/duckdb/watcher.hpp"

namespace gossamer::warehouse {

enum class Delivery : std::uint8_t { whole, streaming };

// The typed value; invalid_input where the JSON does not fit the type or the type is not one of
// BOOLEAN INTEGER BIGINT DOUBLE VARCHAR DATE TIMESTAMP TIMESTAMPTZ.
Result<Value> value_of(const Parameter& parameter);

// Prepares, binds and runs one statement. `query` is the person's part of `sql` and begins
// `query_offset` lines into it: positions of errors are those in `query`.
struct Statement {
  std::string sql;
  std::string query;
  int query_offset = 0;
};
Result<ResultOwner> run_statement(duckdb_connection connection, Watcher& watcher,
                                  const Statement& statement, const Parameters& parameters,
                                  Delivery delivery);

// An error of the running statement; says so where the watcher ended it.
Error statement_error(std::string_view message, const Statement& statement, Watcher& watcher);

}  // namespace gossamer::warehouse
