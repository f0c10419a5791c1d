// SPDX-License-Identifier: Apache-2.0
#include "base/sql/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "base/sql/cache.hpp"
#include "base/sql/error.hpp"
#include "base/text.hpp"

namespace gossamer::sql {
namespace {

constexpr std::string_view in_memory = ":memory:";

int flags_of(OpenMode mode) {
  constexpr int always = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case OpenMode::create:
      return always | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case OpenMode::read_write:
      return always | SQLITE_OPEN_READWRITE;
    case OpenMode::read_only:
      return always | SQLITE_OPEN_READONLY;
  }
  return always;
}

// A missing file and a folder that cannot be written are one code for SQLite.
Result<void> must_exist(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::exists(path, code) || path == in_memory) return {};
  return not_found("there is no store " + path.string());
}

}  // namespace

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Database::Database(Database&&) noexcept = default;
Database::~Database() = default;

Database& Database::operator=(Database&& other) noexcept {
  if (this != &other) {
    cache_ = std::move(other.cache_);
    database_ = std::move(other.database_);
  }
  return *this;
}

Result<Database> Database::open(const std::filesystem::path& path, const OpenOptions& options) {
  if (sqlite3_libversion_number() < least_version) {
    return bug(fmt::format("SQLite {} is too old: earlier ones than 3.53 can damage a store",
                           sqlite3_libversion()));
  }
  if (options.mode != OpenMode::create) TRY(must_exist(path));
  Database opened;
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags_of(options.mode), nullptr);
  opened.database_.reset(connection);
  if (connection == nullptr) return unavailable("no memory to open the store " + path.string());
  if (code != SQLITE_OK) return std::unexpected(error_of(connection, path.string()));
  opened.cache_ = std::make_shared<Statement::Cache>();
  sqlite3_busy_timeout(connection, options.busy_timeout_ms);
  const auto name_file = [&](Error error) {
    return std::unexpected(error.wrapped("cannot open the store " + path.string()));
  };
  if (auto set = opened.run_script("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"); !set) {
    return name_file(set.error());
  }
  // The mode is written into the file, so readers find it set; reading it shows whether this is a
  // database at all.
  const char* settings = options.mode == OpenMode::read_only
                             ? "PRAGMA user_version;"
                             : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
  if (auto set = opened.run_script(settings); !set) return name_file(set.error());
  return opened;
}

Result<Statement> Database::prepare(std::string_view sql) {
  if (sqlite3_stmt* idle = cache_->lend(sql); idle != nullptr) return Statement(idle, cache_);
  sqlite3_stmt* made = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, &tail);
  if (code != SQLITE_OK) return std::unexpected(error_of(database_.get(), sql));
  Statement statement(made, cache_);
  const auto used = static_cast<std::size_t>(tail - sql.data());
  if (made == nullptr || !trimmed(sql.substr(used)).empty()) {
    return bug("exactly one statement is needed (" + abbreviated(sql, 300) + ")");
  }
  return statement;
}

Result<std::int64_t> Database::execute(std::string_view sql, std::span<const Value> values) {
  TRY_ASSIGN(Statement statement, prepare(sql));
  TRY(statement.bind_all(values));
  const std::int64_t before = sqlite3_total_changes64(database_.get());
  for (;;) {
    TRY_ASSIGN(const bool has_row, statement.step());
    if (!has_row) break;
  }
  return sqlite3_total_changes64(database_.get()) - before;
}

Result<std::int64_t> Database::execute(std::string_view sql, std::initializer_list<Value> values) {
  return execute(sql, std::span<const Value>(values.begin(), values.size()));
}

Result<void> Database::run_script(std::string_view script) {
  const std::string text(script);
  if (sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK)
    return {};
  return std::unexpected(error_of(database_.get(), script));
}

Result<void> Database::checkpoint() {
  TRY_ASSIGN(Statement statement, prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  TRY_ASSIGN(const bool has_row, statement.step());
  if (has_row && statement.integer(0) != 0) {
    return unavailable("the store is busy, repeat later: a reader holds its journal");
  }
  return {};
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(database_.get()); }

Result<void> Database::check_integrity() {
  TRY_ASSIGN(Statement statement, prepare("PRAGMA integrity_check(10)"));
  std::vector<std::string> wrong;
  for (;;) {
    TRY_ASSIGN(const bool has_row, statement.step());
    if (!has_row) break;
    if (statement.text_view(0) != "ok") wrong.push_back(statement.text(0));
  }
  if (wrong.empty()) return {};
  return unavailable("the store is damaged: " + join(wrong, "; "));
}

Result<Transaction> Transaction::begin(Database& database) {
  TRY(database.execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Result<Transaction> Transaction::begin_reading(Database& database) {
  TRY(database.execute("BEGIN DEFERRED"));
  Transaction transaction(database);
  // The picture is taken by the first read.
  TRY(database.execute("SELECT 1 FROM sqlite_schema LIMIT 1"));
  return transaction;
}

Transaction::~Transaction() {
  // After a full disk SQLite has rolled back by itself.
  if (database_ == nullptr || sqlite3_get_autocommit(database_->database_.get()) != 0) return;
  sqlite3_exec(database_->database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::commit() {
  if (database_ == nullptr) return bug("a transaction was committed twice");
  TRY(database_->execute("COMMIT"));
  database_ = nullptr;
  return {};
}

}  // namespace gossamer::sql
