// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/sql/database.hpp"

namespace gossamer::sql {

struct Migration {
  int number = 0;  // 1, 2, 3 ... without gaps
  std::string_view name;
  std::string_view script;
};

// Brings the store (its user_version) up to the last migration, each in its own transaction. A
// store with a higher number was written by a newer program and is refused (invalid_input).
Result<void> migrate(Database& database, std::span<const Migration> migrations);

// For readers: success only where the store has exactly the last migration's number.
Result<void> check_migrated(Database& database, std::span<const Migration> migrations);

}  // namespace gossamer::sql
