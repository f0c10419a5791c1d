// SPDX-License-Identifier: Apache-2.0
#include "orchestration/timers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration on_time = std::chrono::minutes(5);  // what is older was missed
constexpr std::size_t previewed_max = 100'000;
constexpr std::size_t next_shown = 5;

// From when on moments count for a timer that nobody ever switched on.
Instant beginning(const Timetable& table, Instant now) {
  const auto& partitions = table.partitions();
  if (!partitions.has_calendar()) return now;
  auto first = partitions.parse(partitions.scheme().calendar->start);
  if (!first) return now;
  const auto slice = partitions.slice(*first);
  return slice && *slice ? std::min(now, (*slice)->start) : now;
}

void add_starts(const Timer& timer, Instant moment, std::vector<ScheduledStart>& starts) {
  const auto& partitions = timer.table.partitions();
  for (const auto& key : timer.table.due_at(moment)) {
    ScheduledStart start{moment, key, std::nullopt};
    const auto slice = partitions.slice(key);
    if (slice && *slice) {
      start.window = window_of(**slice, timer.pipeline->window_lag, partitions.zone());
    }
    starts.push_back(std::move(start));
  }
}

}  // namespace

Result<std::map<std::string, Timer>> timers_of(const pipeline::Definition& definition,
                                               const std::vector<ScheduleState>& states) {
  std::map<std::string, Timer> timers;
  for (const auto& [name, pipeline] : definition.pipelines) {
    const auto& schedule = pipeline.schedule;
    if (!schedule || (schedule->cron.empty() && !schedule->interval)) continue;
    TRY_ASSIGN(Timetable table, Timetable::make(pipeline, definition));
    Timer timer{&pipeline, {}, std::move(table), false, std::nullopt};
    timer.state.pipeline = name;
    const auto known = std::ranges::find(states, name, &ScheduleState::pipeline);
    if (known != states.end()) {
      timer.state = *known;
      timer.was_switched = true;
    }
    timer.next = next_of(timer);
    timers.emplace(name, std::move(timer));
  }
  return timers;
}

Result<Timer*> timer_named(std::map<std::string, Timer>& timers, const std::string& pipeline) {
  const auto found = timers.find(pipeline);
  if (found != timers.end()) return &found->second;
  std::vector<std::string> known;
  for (const auto& [name, timer] : timers)
    known.push_back(name);
  return not_found(fmt::format("no pipeline '{}' has a timer (cron or interval){}", pipeline,
                               did_you_mean(pipeline, known)));
}

std::optional<Instant> next_of(const Timer& timer) {
  if (!timer.state.is_on) return std::nullopt;
  return timer.table.next(timer.state.handled_until);
}

Instant counted_from(const Timer& timer, Instant now) {
  const bool forgets = timer.pipeline->schedule->catch_up.mode == pipeline::CatchUp::Mode::none;
  if (forgets && !timer.state.is_on) return now;
  return timer.was_switched ? timer.state.handled_until : beginning(timer.table, now);
}

// rule: which of the moments since then start something.
DueMoments due_moments(const Timer& timer, Instant since, Instant now, std::size_t limit) {
  DueMoments due{{}, std::max(since, now)};  // a clock that went back undoes nothing
  using Mode = pipeline::CatchUp::Mode;
  const pipeline::CatchUp& rule = timer.pipeline->schedule->catch_up;
  if (rule.mode == Mode::none || rule.mode == Mode::last) {
    const Instant from = rule.mode == Mode::none ? std::max(since, now - on_time) : since;
    if (const auto last = timer.table.last_in(from, now)) due.moments.push_back(*last);
    return due;
  }
  const Instant from = rule.mode == Mode::within ? std::max(since, now - rule.within) : since;
  due.moments = timer.table.between(from, now, limit);
  if (due.moments.size() == limit) due.handled_until = due.moments.back();
  return due;
}

std::vector<ScheduledStart> coming(const Timer& timer, Instant after, std::size_t count) {
  std::vector<ScheduledStart> starts;
  for (std::size_t i = 0; i < count; ++i) {
    const auto moment = timer.table.next(after);
    if (!moment) break;
    add_starts(timer, *moment, starts);
    after = *moment;
  }
  return starts;
}

SchedulePreview preview_of(const Timer& timer, Instant now) {
  SchedulePreview preview;
  const auto due = due_moments(timer, counted_from(timer, now), now, previewed_max);
  for (const Instant moment : due.moments)
    add_starts(timer, moment, preview.at_once);
  preview.next = coming(timer, now, next_shown);
  return preview;
}

}  // namespace gossamer::orchestration
