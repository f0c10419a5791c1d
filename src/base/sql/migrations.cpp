// SPDX-License-Identifier: Apache-2.0
#include "base/sql/migrations.hpp"

#include <fmt/format.h>

namespace gossamer::sql {
namespace {

Result<int> version_of(Database& database) {
  TRY_ASSIGN(Statement statement, database.prepare("PRAGMA user_version"));
  TRY(statement.step());
  return static_cast<int>(statement.integer(0));
}

Result<int> last_number(std::span<const Migration> migrations) {
  int last = 0;
  for (const Migration& migration : migrations) {
    if (migration.number != ++last) {
      return bug(fmt::format("migration `{}` has number {} where {} is due", migration.name,
                             migration.number, last));
    }
  }
  return last;
}

std::unexpected<Error> newer(int version, int known) {
  return invalid_input(fmt::format(
      "store is newer than this program: it is of version {}, known is {}; use the newer program",
      version, known));
}

// False: another process was faster.
Result<bool> apply(Database& database, const Migration& migration) {
  TRY_ASSIGN(Transaction transaction, Transaction::begin(database));
  TRY_ASSIGN(const int version, version_of(database));
  if (version >= migration.number) return false;
  TRY(database.run_script(migration.script));
  TRY(database.run_script(fmt::format("PRAGMA user_version={}", migration.number)));
  TRY(transaction.commit());
  return true;
}

}  // namespace

Result<void> migrate(Database& database, std::span<const Migration> migrations) {
  TRY_ASSIGN(const int last, last_number(migrations));
  TRY_ASSIGN(const int version, version_of(database));
  if (version > last) return newer(version, last);
  for (const Migration& migration : migrations) {
    if (migration.number <= version) continue;
    if (auto done = apply(database, migration); !done) {
      return std::unexpected(done.error().wrapped(
          fmt::format("migration {:04} `{}`", migration.number, migration.name)));
    }
  }
  return {};
}

Result<void> check_migrated(Database& database, std::span<const Migration> migrations) {
  TRY_ASSIGN(const int last, last_number(migrations));
  TRY_ASSIGN(const int version, version_of(database));
  if (version > last) return newer(version, last);
  if (version == last) return {};
  return unavailable(fmt::format(
      "store is older than this program: it is of version {}, wanted is {}; any command that "
      "writes brings it up to date",
      version, last));
}

}  // namespace gossamer::sql
