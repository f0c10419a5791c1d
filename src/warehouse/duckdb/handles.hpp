// SPDX-License-Identifier: Apache-2.0
// The C API's handles as owners. Included by sources of this folder only.
#pragma once

#include <duckdb.h>

#include <memory>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace gossamer::warehouse {

// Owns a handle that `Free(&handle)` gives back.
template <class T, auto Free>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T value) : value_(value) {}
  Handle(Handle&& other) noexcept : value_(std::exchange(other.value_, T{})) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      value_ = std::exchange(other.value_, T{});
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  [[nodiscard]] T get() const { return value_; }
  // For calls that fill a handle.
  [[nodiscard]] T* out() {
    reset();
    return &value_;
  }
  [[nodiscard]] explicit operator bool() const { return value_ != T{}; }
  void reset() {
    if (value_ != T{}) Free(&value_);
    value_ = T{};
  }

 private:
  T value_{};
};

using Database = Handle<duckdb_database, &duckdb_close>;
using Connection = Handle<duckdb_connection, &duckdb_disconnect>;
// An empty database in memory, and the way to it; the connection ends first.
struct OpenDatabase {
  Database database;
  Connection connection;
};
// unavailable: no memory is left.
Result<OpenDatabase> open_database();

using Configuration = Handle<duckdb_config, &duckdb_destroy_config>;
using Statements = Handle<duckdb_extracted_statements, &duckdb_destroy_extracted>;
using Prepared = Handle<duckdb_prepared_statement, &duckdb_destroy_prepare>;
using Pending = Handle<duckdb_pending_result, &duckdb_destroy_pending>;
using Chunk = Handle<duckdb_data_chunk, &duckdb_destroy_data_chunk>;
using LogicalType = Handle<duckdb_logical_type, &duckdb_destroy_logical_type>;
using Value = Handle<duckdb_value, &duckdb_destroy_value>;
using ErrorText = Handle<duckdb_error_data, &duckdb_destroy_error_data>;
using Expression = Handle<duckdb_expression, &duckdb_destroy_expression>;
using ClientContext = Handle<duckdb_client_context, &duckdb_destroy_client_context>;

// A result is a struct, not a pointer; its own owner.
class ResultOwner {
 public:
  ResultOwner() = default;
  ResultOwner(ResultOwner&& other) noexcept
      : value_(std::exchange(other.value_, duckdb_result{})) {}
  ResultOwner& operator=(ResultOwner&& other) noexcept {
    if (this != &other) {
      duckdb_destroy_result(&value_);
      value_ = std::exchange(other.value_, duckdb_result{});
    }
    return *this;
  }
  ResultOwner(const ResultOwner&) = delete;
  ResultOwner& operator=(const ResultOwner&) = delete;
  ~ResultOwner() { duckdb_destroy_result(&value_); }
  [[nodiscard]] duckdb_result* get() const { return &value_; }

 private:
  mutable duckdb_result value_{};  // the library takes pointers to it even for reading
};

// A string that the library allocated.
inline std::string taken(char* text) {
  std::string copy = text == nullptr ? std::string() : std::string(text);
  duckdb_free(text);
  return copy;
}

// The library's message as an Error: the kind by its type, the position out of its "LINE 3:" and
// caret, which are then left away. `sql` is the text that it talks about.
Error engine_error(std::string_view message, std::string_view sql);

// The name of a type as SQL writes it, e.g. "DECIMAL(18,3)", "VARCHAR[]".
std::string type_text(duckdb_logical_type type);

}  // namespace gossamer::warehouse
