// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "base/sql/database.hpp"
#include "base/sql/migrations.hpp"
#include "store/sqlite/statements.hpp"

namespace gossamer::store::sqlite {

enum class Purpose : std::uint8_t {
  drive,  // reads and writes; the file is made and migrated
  look,   // reads only; the file must be there and have this program's migrations
};

// One connection with the statements that run on it. For one thread at a time.
class Session {
 public:
  Session(sql::Database& database, const Statements& statements)
      : database_(&database), statements_(&statements) {}

  // A named statement, bound and ready to be stepped.
  [[nodiscard]] Result<sql::Statement> query(std::string_view name,
                                             std::initializer_list<sql::Value> values = {}) const;
  // Runs a named statement to its end; how many rows it changed.
  Result<std::int64_t> execute(std::string_view name,
                               std::initializer_list<sql::Value> values = {}) const;
  [[nodiscard]] sql::Database& database() const { return *database_; }

 private:
  sql::Database* database_;
  const Statements* statements_;
};

// The store's file: one connection that writes, as many that read as threads ask for at once.
// Thread safe.
class Connections {
 public:
  static Result<std::unique_ptr<Connections>> open(const std::filesystem::path& file,
                                                   Purpose purpose);

  // `use(const Session&)` inside one transaction that is committed if it succeeds. Returns what
  // `use` returns, a Result.
  template <class Use>
  auto write(Use&& use) -> decltype(use(std::declval<const Session&>()));

  // `use(const Session&)` on one picture of the store.
  template <class Use>
  auto read(Use&& use) const -> decltype(use(std::declval<const Session&>()));

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  // SQLite's own check of the whole file.
  Result<void> check_integrity();
  // A copy of the store as it is at one moment, in a new file; others read and write meanwhile. Not
  // synced.
  Result<void> copy_to(const std::filesystem::path& target) const;
  // Moves the log into the main file.
  Result<void> checkpoint();

 private:
  explicit Connections(std::filesystem::path file) : file_(std::move(file)) {}
  [[nodiscard]] Result<sql::Database> borrow() const;
  void give_back(sql::Database reader) const;
  [[nodiscard]] static Error read_only_error();

  std::filesystem::path file_;
  Statements statements_;
  Guarded<std::optional<sql::Database>> writer_;
  mutable Guarded<std::vector<sql::Database>> idle_readers_;
};

std::vector<sql::Migration> migrations();

template <class Use>
auto Connections::write(Use&& use) -> decltype(use(std::declval<const Session&>())) {
  using Answer = decltype(use(std::declval<const Session&>()));
  return writer_.with([&](std::optional<sql::Database>& writer) -> Answer {
    if (!writer) return std::unexpected(read_only_error());
    TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*writer));
    Answer answer = std::forward<Use>(use)(Session(*writer, statements_));
    if (answer) TRY(transaction.commit());
    return answer;
  });
}

template <class Use>
auto Connections::read(Use&& use) const -> decltype(use(std::declval<const Session&>())) {
  using Answer = decltype(use(std::declval<const Session&>()));
  TRY_ASSIGN(sql::Database reader, borrow());
  Answer answer = [&]() -> Answer {
    TRY_ASSIGN(const sql::Transaction picture, sql::Transaction::begin_reading(reader));
    return std::forward<Use>(use)(Session(reader, statements_));
  }();
  give_back(std::move(reader));
  return answer;
}

}  // namespace gossamer::store::sqlite
