// SPDX-License-Identifier: Apache-2.0
// Included by sources of this folder only.
#pragma once

#include <duckdb.h>

#include <memory>
#include <optional>
#include <thread>

#include "base/clock.hpp"
#include "base/guarded.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::warehouse {

// A thread beside a session: while a statement runs, it passes progress on and ends the statement
// where it was cancelled or took too long.
class Watcher {
 public:
  enum class Reason : std::uint8_t { none, cancelled, too_long };

  Watcher(duckdb_connection connection, Watch watch);
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher();

  // Around each statement; `end` says why it was ended from here, if it was.
  void begin();
  Reason end();
  [[nodiscard]] const Watch& watch() const { return watch_; }

 private:
  struct Statement {
    std::optional<SteadyInstant> since;
    Reason reason = Reason::none;
  };
  void look_on();
  void look_once();

  duckdb_connection connection_;
  Watch watch_;
  SystemClock clock_;
  Guarded<Statement> statement_;
  Waiter waiter_;
  std::thread thread_;
};

}  // namespace gossamer::warehouse
