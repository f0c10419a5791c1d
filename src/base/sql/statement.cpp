// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "base/sql/cache.hpp"
#include "base/sql/database.hpp"
#include "base/sql/error.hpp"

namespace gossamer::sql {
namespace {

std::string_view text_of(sqlite3_stmt* statement) {
  const char* text = sqlite3_sql(statement);
  return text == nullptr ? std::string_view{} : text;
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int index;
    int operator()(Null) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t number) const {
      return sqlite3_bind_int64(statement, index, number);
    }
    int operator()(double number) const { return sqlite3_bind_double(statement, index, number); }
    int operator()(std::string_view text) const {
      // A view without memory would be bound as NULL.
      return sqlite3_bind_text64(statement, index, text.data() == nullptr ? "" : text.data(),
                                 text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    int operator()(const Blob& blob) const {
      return sqlite3_bind_blob64(statement, index,
                                 blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
                                 blob.bytes.size(), SQLITE_TRANSIENT);
    }
  };
  return std::visit(Binder{statement, index}, value);
}

std::size_t column_bytes(sqlite3_stmt* statement, int column) {
  return static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
}

}  // namespace

Value value_of(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return std::string_view(*text);
}

Value value_of(const std::optional<std::int64_t>& number) {
  if (!number) return nullptr;
  return *number;
}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), home_(std::move(other.home_)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    give_back();
    statement_ = std::exchange(other.statement_, nullptr);
    home_ = std::move(other.home_);
  }
  return *this;
}

Statement::~Statement() { give_back(); }

void Statement::give_back() noexcept {
  if (statement_ == nullptr) return;
  home_->take_back(std::exchange(statement_, nullptr));
  home_.reset();
}

Result<void> Statement::bind(int index, const Value& value) {
  if (bind_value(statement_, index, value) == SQLITE_OK) return {};
  return std::unexpected(error_of(sqlite3_db_handle(statement_), text_of(statement_)));
}

Result<void> Statement::bind_all(std::span<const Value> values) {
  const int wanted = sqlite3_bind_parameter_count(statement_);
  if (std::cmp_not_equal(values.size(), wanted)) {
    return bug(fmt::format("{} values for {} parameters ({})", values.size(), wanted,
                           text_of(statement_)));
  }
  for (int i = 0; i < wanted; ++i)
    TRY(bind(i + 1, values[static_cast<std::size_t>(i)]));
  return {};
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = error_of(sqlite3_db_handle(statement_), text_of(statement_));
  sqlite3_reset(statement_);
  return std::unexpected(std::move(error));
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

int Statement::column_count() const { return sqlite3_column_count(statement_); }

std::string_view Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(statement_, column);
  return name == nullptr ? std::string_view{} : name;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view Statement::text_view(int column) const {
  // The text first: asking for it may convert the value and so change its length.
  const auto* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text), column_bytes(statement_, column)};
}

std::string Statement::text(int column) const { return std::string(text_view(column)); }

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, column_bytes(statement_, column)};
}

std::optional<std::string> Statement::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return text(column);
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

Statement::Cache::~Cache() {
  for (const auto& [sql, statement] : idle_)
    sqlite3_finalize(statement);
}

sqlite3_stmt* Statement::Cache::lend(std::string_view sql) {
  const auto found = idle_.find(sql);
  if (found == idle_.end()) return nullptr;
  sqlite3_stmt* statement = found->second;
  idle_.erase(found);
  return statement;
}

void Statement::Cache::take_back(sqlite3_stmt* statement) noexcept {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  bool kept = false;
  try {
    kept = idle_.size() < most_idle && idle_.emplace(text_of(statement), statement).second;
  } catch (const std::bad_alloc&) {
    kept = false;  // the cache can do without it
  }
  if (!kept) sqlite3_finalize(statement);
}

}  // namespace gossamer::sql
