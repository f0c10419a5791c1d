// SPDX-License-Identifier: Apache-2.0
// A SQL function that others implement (predict() is one). Plain: nothing of the query engine
// shows, so an implementation is tested with batches alone.
#pragma once

#include "base/columns/batch.hpp"
#include "base/json.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gossamer::warehouse {

// One argument as planning sees it. `constant` is set where the expression does not depend on a
// row (a literal, or a calculation over literals); it is JSON null for a literal NULL.
struct FunctionArgument {
  ColumnType type = ColumnType::float64;
  std::string sql_type;  // as the query engine names it, for messages
  std::optional<Json> constant;
};

// A function with its arguments fixed; immutable, called by many threads at once.
class BoundFunction {
 public:
  BoundFunction() = default;
  BoundFunction(const BoundFunction&) = delete;
  BoundFunction& operator=(const BoundFunction&) = delete;
  virtual ~BoundFunction() = default;
  // Columns in the order of the call, constants included, all of `rows` entries (at most 2048),
  // of the types given at bind. Their memory is gone after the call. The answer has `rows`
  // entries of the function's result type. An error ends the statement with its message.
  virtual Result<Column> execute(std::span<const Column> arguments, std::size_t rows) const = 0;
};

class ScalarFunction {
 public:
  ScalarFunction() = default;
  ScalarFunction(const ScalarFunction&) = delete;
  ScalarFunction& operator=(const ScalarFunction&) = delete;
  virtual ~ScalarFunction() = default;
  virtual std::string name() const = 0;
  virtual ColumnType result_type() const = 0;
  // Whether it must be called for each row of its own accord, also where arguments repeat: one that
  // counts its rows.
  virtual bool is_called_for_each_row() const { return false; }
  // Once per call in the text, at planning. An error is the statement's, with its message.
  virtual Result<std::shared_ptr<const BoundFunction>> bind(
      std::span<const FunctionArgument> arguments) const = 0;
};

using ScalarFunctions = std::vector<std::shared_ptr<const ScalarFunction>>;

}  // namespace gossamer::warehouse
