// SPDX-License-Identifier: Apache-2.0
// The statements of one connection that nobody uses at the moment. Inside base/sql only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/sql/database.hpp"

namespace gossamer::sql {

struct Statement::Cache {
 public:
  Cache() = default;
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  ~Cache();

  // Null where no such statement is idle.
  sqlite3_stmt* lend(std::string_view sql);
  void take_back(sqlite3_stmt* statement) noexcept;

 private:
  static constexpr std::size_t most_idle = 256;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> idle_;
};

}  // namespace gossamer::sql
