// SPDX-License-Identifier: Apache-2.0
// Values of the domain as values of SQLite and back. What cannot be read back was damaged outside
// of Gossamer: `unavailable`, naming the column.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/sql/database.hpp"
#include "base/time.hpp"

namespace gossamer::store::sqlite {

template <class Integer>
sql::Value number(Integer value) {
  return static_cast<std::int64_t>(value);
}
inline sql::Value instant(Instant at) { return std::int64_t{at.time_since_epoch().count()}; }
inline sql::Value instant(const std::optional<Instant>& at) {
  return at ? instant(*at) : sql::Value(nullptr);
}
inline sql::Value text(std::string_view value) { return value; }
template <class Named>
sql::Value id(const Named& value) {
  return std::string_view(value.value());
}
template <class Named>
sql::Value id(const std::optional<Named>& value) {
  return value ? id(*value) : sql::Value(nullptr);
}
// Null where it is empty.
template <class Named>
sql::Value id_or_null(const Named& value) {
  return value.empty() ? sql::Value(nullptr) : id(value);
}

// JSON as it is stored; what is not UTF-8 (a program's raw output) is replaced, never refused.
std::string stored(const Json& json);

// Reads the columns of the present row from left to right.
class Row {
 public:
  explicit Row(const sql::Statement& statement) : statement_(&statement) {}

  std::string text() { return statement_->text(column_++); }
  std::optional<std::string> optional_text() { return statement_->optional_text(column_++); }
  std::int64_t integer() { return statement_->integer(column_++); }
  template <class Integer>
  Integer integer_as() {
    return static_cast<Integer>(statement_->integer(column_++));
  }
  std::optional<std::int64_t> optional_integer() { return statement_->optional_integer(column_++); }
  bool flag() { return statement_->integer(column_++) != 0; }
  Instant instant() { return Instant(Duration(statement_->integer(column_++))); }
  std::optional<Instant> optional_instant();
  std::string bytes() { return std::string(statement_->blob(column_++)); }
  Result<Json> json();
  Result<std::optional<Json>> optional_json();

  // What T::parse accepts: ids, digests, partition keys.
  template <class T>
  Result<T> parsed() {
    const int column = column_++;
    return damaged_or(column, T::parse(statement_->text_view(column)));
  }
  template <class T>
  Result<std::optional<T>> optional_parsed() {
    const int column = column_++;
    if (statement_->is_null(column)) return std::optional<T>();
    TRY_ASSIGN(T value, damaged_or(column, T::parse(statement_->text_view(column))));
    return std::optional<T>(std::move(value));
  }
  // What a function such as parse_run_status accepts.
  template <class Parse>
  auto named(Parse parse) -> decltype(parse(std::string_view())) {
    const int column = column_++;
    return damaged_or(column, parse(statement_->text_view(column)));
  }
  // As above; nothing for NULL.
  template <class T, class Parse>
  Result<std::optional<T>> optional_named(Parse parse) {
    const int column = column_++;
    if (statement_->is_null(column)) return std::optional<T>();
    TRY_ASSIGN(T value, damaged_or(column, parse(statement_->text_view(column))));
    return std::optional<T>(std::move(value));
  }

 private:
  [[nodiscard]] Error damaged(int column, const std::string& why) const;
  template <class T>
  Result<T> damaged_or(int column, Result<T> value) const {
    if (!value) return std::unexpected(damaged(column, value.error().message));
    return value;
  }

  const sql::Statement* statement_;
  int column_ = 0;
};

}  // namespace gossamer::store::sqlite
