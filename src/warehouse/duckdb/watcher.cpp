// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/watcher.hpp"

#include <utility>

namespace gossamer::warehouse {
namespace {

// Long enough to cost nothing, short enough for a person who waits.
constexpr Duration pause = std::chrono::milliseconds(50);

}  // namespace

Watcher::Watcher(duckdb_connection connection, Watch watch)
    : connection_(connection), watch_(std::move(watch)) {
  const bool is_needed = watch_.is_cancelled || watch_.progress || watch_.time_limit.has_value();
  if (is_needed) thread_ = std::thread([this] { look_on(); });
}

Watcher::~Watcher() {
  waiter_.interrupt();
  if (thread_.joinable()) thread_.join();
}

void Watcher::begin() {
  statement_.with([&](Statement& statement) { statement = {clock_.steady(), Reason::none}; });
}

Watcher::Reason Watcher::end() {
  return statement_.with([](Statement& statement) {
    statement.since.reset();
    return std::exchange(statement.reason, Reason::none);
  });
}

void Watcher::look_on() {
  while (waiter_.wait(pause))
    look_once();
}

void Watcher::look_once() {
  // Asked outside of the lock: what others do in there may take its time.
  const bool is_cancelled = watch_.is_cancelled && watch_.is_cancelled();
  const auto progress = statement_.with([&](Statement& statement) {
    std::optional<duckdb_query_progress_type> seen;
    if (!statement.since.has_value()) return seen;
    const bool is_late =
        watch_.time_limit.has_value() && clock_.steady() - *statement.since > *watch_.time_limit;
    if (is_cancelled || is_late) {
      statement.reason = is_cancelled ? Reason::cancelled : Reason::too_long;
      duckdb_interrupt(connection_);
    }
    seen = duckdb_query_progress(connection_);
    return seen;
  });
  if (progress.has_value() && watch_.progress && progress->percentage >= 0) {
    watch_.progress(progress->rows_processed, progress->total_rows_to_process);
  }
}

}  // namespace gossamer::warehouse
