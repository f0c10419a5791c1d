// SPDX-License-Identifier: Apache-2.0
#include "orchestration/timetable.hpp"

#include <algorithm>

namespace gossamer::orchestration {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr int days_ahead_max = 9 * 366;
// No clock has been set back by more since 1970.
constexpr auto furthest_set_back = hours(4);

Date date_of(LocalTime local) { return Date(std::chrono::floor<days>(local)); }

Date shifted(Date day, int by) { return Date(std::chrono::local_days(day) + days(by)); }

std::int64_t number_of(Date day) { return std::chrono::local_days(day).time_since_epoch().count(); }

}  // namespace

Result<Timetable> Timetable::make(const pipeline::Pipeline& pipeline,
                                  const pipeline::Definition& definition) {
  TRY_ASSIGN(Partitions partitions, Partitions::make(pipeline.partitions));
  Zone zone = partitions.zone();
  if (!partitions.has_calendar()) {
    TRY_ASSIGN(zone, Zone::find(definition.workspace.timezone));
  }
  Timetable table(std::move(partitions), std::move(zone));
  if (!pipeline.schedule) return table;
  const pipeline::Schedule& schedule = *pipeline.schedule;
  if (!schedule.cron.empty()) {
    TRY_ASSIGN(table.cron_, pipeline::parse_cron(schedule.cron));
  }
  table.interval_ = schedule.interval;
  table.dst_ = schedule.dst;
  if (const auto named = definition.calendars.find(schedule.calendar);
      named != definition.calendars.end()) {
    table.calendar_ = named->second;
  }
  return table;
}

// --- Days ----------------------------------------------------------------------------------------

bool Timetable::is_open(Date day) const { return !calendar_ || is_business_day(day, *calendar_); }

bool Timetable::is_due_day(Date day) const {
  if (cron_) return cron_->allows(day);
  return number_of(day) % std::chrono::duration_cast<days>(*interval_).count() == 0;
}

// a day off hands its moments to the next or the previous business day, or drops them.
bool Timetable::fires_on(Date day) const {
  if (!is_open(day)) return false;
  if (is_due_day(day)) return true;
  if (!calendar_ || calendar_->roll == "skip") return false;
  const int towards = calendar_->roll == "next" ? -1 : 1;
  for (int by = towards; std::abs(by) < 366 && !is_open(shifted(day, by)); by += towards) {
    if (is_due_day(shifted(day, by))) return true;
  }
  return false;
}

// Local times rise, so do their first moments; the second one of an ambiguous time may come later
// than the first one of the next.
std::optional<Instant> Timetable::next_of_day(Date day, Instant after) const {
  const LocalTime midnight{std::chrono::local_days(day)};
  const LocalTime earliest = zone_.to_local(after) - furthest_set_back;
  std::optional<Instant> best;
  const auto offer = [&](Instant moment) {
    if (moment > after && (!best || moment < *best)) best = moment;
  };
  for (unsigned hour = 0; hour < 24; ++hour) {
    if (cron_ ? !cron_->hours[hour] : hour > 0) continue;
    if (midnight + hours(hour + 1) <= earliest) continue;
    for (unsigned minute = 0; minute < 60; ++minute) {
      if (cron_ ? !cron_->minutes[minute] : minute > 0) continue;
      const LocalLookup found = zone_.to_instant(midnight + hours(hour) + minutes(minute));
      // what daylight saving does to a local time.
      if (found.kind == LocalTimeKind::nonexistent && dst_ == pipeline::Dst::skip) continue;
      offer(found.earlier);
      if (dst_ == pipeline::Dst::twice) offer(found.later);
      if (found.earlier > after) return best;
    }
  }
  return best;
}

// --- Moments -------------------------------------------------------------------------------------

std::optional<Instant> Timetable::next(Instant after) const {
  if (!cron_ && !interval_) return std::nullopt;
  if (!cron_ && *interval_ % days(1) != Duration::zero()) {
    Instant moment(after.time_since_epoch() / *interval_ * *interval_);
    for (int i = 0; i < 1'000'000; ++i) {
      moment += *interval_;
      if (moment > after && is_open(date_of(zone_.to_local(moment)))) return moment;
    }
    return std::nullopt;
  }
  const Date first = date_of(zone_.to_local(after) - furthest_set_back);
  for (int ahead = 0; ahead < days_ahead_max; ++ahead) {
    const Date day = shifted(first, ahead);
    if (!fires_on(day)) continue;
    if (const auto moment = next_of_day(day, after)) return moment;
  }
  return std::nullopt;
}

std::optional<Instant> Timetable::last_in(Instant after, Instant until) const {
  // Looks back further and further, so that a long pause costs no more than a short one.
  for (Duration back = hours(1);; back *= 4) {
    const Instant from = std::max(after, until - back);
    std::optional<Instant> last;
    for (auto moment = next(from); moment && *moment <= until; moment = next(*moment))
      last = moment;
    if (last || from == after) return last;
  }
}

std::vector<Instant> Timetable::between(Instant after, Instant until, std::size_t limit) const {
  std::vector<Instant> moments;
  for (auto moment = next(after); moment && *moment <= until && moments.size() < limit;
       moment = next(*moment)) {
    moments.push_back(*moment);
  }
  return moments;
}

// a schedule that starts on business days alone makes up for the days off.
std::vector<release::PartitionKey> Timetable::due_at(Instant moment) const {
  std::vector<release::PartitionKey> due = partitions_.last_complete(moment);
  if (!partitions_.has_calendar() || due.empty()) return due;
  constexpr auto longest_pause = days(400);
  const auto before = last_in(moment - longest_pause, moment - Duration(1));
  if (!before) return due;
  const auto known = partitions_.last_complete(*before);
  const auto is_known = [&](const release::PartitionKey& key) {
    return std::ranges::find(known, key) != known.end();
  };
  auto newest = due;
  while (true) {
    std::vector<release::PartitionKey> earlier;
    for (const auto& key : newest) {
      const auto previous = partitions_.previous(key);
      if (previous && !is_known(*previous)) earlier.push_back(*previous);
    }
    if (earlier.empty() || is_known(newest.front()) || known.empty()) break;
    due.insert(due.begin(), earlier.begin(), earlier.end());
    newest = std::move(earlier);
  }
  return due;
}

}  // namespace gossamer::orchestration
