// SPDX-License-Identifier: Apache-2.0
// The timers of a definition as people left them: what is due, and what comes. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orchestration/ports.hpp"
#include "orchestration/requests.hpp"
#include "orchestration/timetable.hpp"

namespace gossamer::orchestration {

// Of a pipeline with cron or interval.
struct Timer {
  const pipeline::Pipeline* pipeline = nullptr;  // of the definition that it was made from
  ScheduleState state;
  Timetable table;
  bool was_switched = false;    // ever, by anybody
  std::optional<Instant> next;  // of one that is on
};

// By pipeline. The definition must outlive them.
Result<std::map<std::string, Timer>> timers_of(const pipeline::Definition& definition,
                                               const std::vector<ScheduleState>& states);

// not_found, with a suggestion, for a pipeline without a timer.
Result<Timer*> timer_named(std::map<std::string, Timer>& timers, const std::string& pipeline);

// When a timer fires next, after what it has handled; none while it is off.
std::optional<Instant> next_of(const Timer& timer);

// From when on a timer's moments count if it is switched on now.
Instant counted_from(const Timer& timer, Instant now);

struct DueMoments {
  std::vector<Instant> moments;  // those that start something, at most `limit`
  Instant handled_until;
};
// What `catch_up` makes of the moments in (since, now].
DueMoments due_moments(const Timer& timer, Instant since, Instant now, std::size_t limit);

// The next `count` moments after `after`, with a start for each partition.
std::vector<ScheduledStart> coming(const Timer& timer, Instant after, std::size_t count);

// What switching it on would start at once, and what comes next. Of a timer that is on: what it has
// not asked for yet.
SchedulePreview preview_of(const Timer& timer, Instant now);

}  // namespace gossamer::orchestration
