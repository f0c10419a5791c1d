// SPDX-License-Identifier: Apache-2.0
// SQLite as values that clean up after themselves. A Database and all that came from it belong to
// one thread at a time; another thread opens its own. Errors carry the statement; a busy or full or
// damaged store is `unavailable`, a broken constraint `conflict`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace gossamer::sql {

// The oldest SQLite that is safe here: earlier ones can damage a WAL on reset.
inline constexpr int least_version = 3'053'000;

struct Blob {
  std::string_view bytes;

  bool operator==(const Blob&) const = default;
};
using Null = std::nullptr_t;
// Text and blobs are copied when bound.
using Value = std::variant<Null, std::int64_t, double, std::string_view, Blob>;

Value value_of(const std::optional<std::string>& text);
Value value_of(const std::optional<std::int64_t>& number);

// A compiled statement, possibly on loan from its database's cache: given back reset.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Parameters count from 1.
  Result<void> bind(int index, const Value& value);
  // Parameters 1, 2, ... in order; their number must be right.
  Result<void> bind_all(std::span<const Value> values);
  // True: there is a row to read. False: done.
  Result<bool> step();
  // Ready to be bound and stepped anew.
  void reset();

  // Columns of the present row count from 0; text and blobs stay valid until the next step or
  // reset.
  [[nodiscard]] int column_count() const;
  [[nodiscard]] std::string_view column_name(int column) const;
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string_view text_view(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const;

 private:
  friend class Database;
  struct Cache;
  Statement(sqlite3_stmt* statement, std::shared_ptr<Cache> home)
      : statement_(statement), home_(std::move(home)) {}
  void give_back() noexcept;

  sqlite3_stmt* statement_ = nullptr;
  std::shared_ptr<Cache> home_;  // null: not cached
};

enum class OpenMode : std::uint8_t {
  create,      // read and write; made where missing
  read_write,  // not_found where missing
  read_only,
};

struct OpenOptions {
  OpenMode mode = OpenMode::create;
  int busy_timeout_ms = 5000;
};

class Database {
 public:
  // WAL, synchronous=FULL, foreign keys on. ":memory:" is a private one in memory.
  static Result<Database> open(const std::filesystem::path& path, const OpenOptions& options = {});

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // One statement, from the cache where it was used before.
  Result<Statement> prepare(std::string_view sql);
  // Prepares, binds and runs one statement to its end; returns how many rows it changed.
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> values = {});
  Result<std::int64_t> execute(std::string_view sql, std::initializer_list<Value> values);
  // Any number of statements without parameters, separated by semicolons.
  Result<void> run_script(std::string_view script);
  // Moves the WAL into the main file; `unavailable` where a reader prevents it.
  Result<void> checkpoint();
  [[nodiscard]] std::int64_t last_row_id() const;
  // SQLite's own check of the whole file; the error lists what is wrong.
  Result<void> check_integrity();

 private:
  friend class Transaction;
  Database() = default;

  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
  std::shared_ptr<Statement::Cache> cache_;  // destroyed before the connection closes
};

// BEGIN IMMEDIATE ... COMMIT; rolled back when destroyed without a commit. They do not nest.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  // A picture of the store that does not change while reading.
  static Result<Transaction> begin_reading(Database& database);

  Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  // After an error everything is rolled back.
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}

  Database* database_;
};

}  // namespace gossamer::sql
