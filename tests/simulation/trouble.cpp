// SPDX-License-Identifier: Apache-2.0
// What goes wrong by itself.
#include <fmt/format.h>

#include "tests/simulation/turn.hpp"

namespace gossamer::simulation {

void World::crash() {
  tell("crash");
  start_engine();
}

// An engine that hung in its last write was given up; it writes when another has taken its place.
void World::wake_the_dead() {
  const auto written = database_.write_late();
  if (!written) return;
  tell("the old engine writes: " + (*written ? "done" : written->error().describe()));
}

void World::cut_power() {
  tell("the power fails");
  machine_.cut_power();
  start_engine();
}

void World::plan_trouble() {
  switch (pick(10)) {
    case 0:
      tell("the disk will be full");
      return database_.plan(CommitTrouble::full_disk);
    case 1:
      tell("the database will lie");
      return database_.plan(CommitTrouble::lying);
    case 2:
      tell("the database will say that something moved");
      return database_.plan(CommitTrouble::conflict);
    case 3:
    case 4:
      tell("the engine will die before a commit");
      return database_.plan(CommitTrouble::dies_before_it);
    case 5:
    case 6:
      tell("the engine will die after a commit");
      return database_.plan(CommitTrouble::dies_after_it);
    case 7:
    case 8:
      tell("the engine will hang in a commit");
      return database_.plan(CommitTrouble::hangs_in_it);
    default:
      tell("the database cannot be read");
      return database_.fail_reads(1 + pick(2));
  }
}

void World::jump_in_time() {
  const bool back = lucky(6);
  const Duration by = lucky(3) ? Duration(std::chrono::hours(1 + pick(30)))
                               : Duration(std::chrono::seconds(1 << pick(10)));
  tell(fmt::format("the clock goes {} by {}", back ? "back" : "on", format_duration(by)));
  if (back) {
    clock_.set(clock_.now() - by / 20);
  } else {
    clock_.advance(by);
  }
}

void World::lose_attempt() {
  if (lucky(3)) {
    if (machine_.report_late()) tell("a child that was left behind reports");
    return;
  }
  const auto alive = machine_.alive();
  if (alive.empty()) return;
  const AttemptId& attempt = alive[static_cast<std::size_t>(pick(static_cast<int>(alive.size())))];
  machine_.stop_slowly(lucky(2));
  tell(fmt::format("{} of {} dies", attempt.value(), machine_.order(attempt).declaration().name));
  std::optional<orchestration::AttemptResult> later;
  if (lucky(2)) later = result_of(attempt, true);
  machine_.die(attempt, std::move(later));
  if (lucky(3)) machine_.report_late();
}

}  // namespace gossamer::simulation
