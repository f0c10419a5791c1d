// SPDX-License-Identifier: Apache-2.0
#include "orchestration/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/numbers.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::orchestration {
namespace {

using pipeline::Every;
using release::PartitionKey;
using std::chrono::days;
using std::chrono::hours;

LocalTime at_midnight(Date date) { return LocalTime(std::chrono::local_days(date)); }

Date date_of(LocalTime local) { return Date(std::chrono::floor<days>(local)); }

// The start of the slice that a local time lies in, looking at the local clock alone.
LocalTime floor_to(Every every, LocalTime local) {
  const auto day = std::chrono::floor<days>(local);
  switch (every) {
    case Every::hour:
      return std::chrono::floor<hours>(local);
    case Every::day:
      return LocalTime(day);
    case Every::week: {
      const std::chrono::weekday weekday(day);
      return LocalTime(day - days(weekday.iso_encoding() - 1));
    }
    case Every::month: {
      const Date date(day);
      return at_midnight(date.year() / date.month() / 1);
    }
  }
  return local;
}

// `count` slices on (or back), by the local clock alone. `local` is the start of a slice.
LocalTime shifted(Every every, LocalTime local, int count) {
  switch (every) {
    case Every::hour:
      return local + hours(count);
    case Every::day:
      return local + days(count);
    case Every::week:
      return local + days(7 * count);
    case Every::month:
      return at_midnight(date_of(local) + std::chrono::months(count));
  }
  return local;
}

std::string value_of(Every every, LocalTime local) {
  std::string date = format_date(date_of(local));
  if (every != Every::hour) return date;
  const auto hour = std::chrono::floor<hours>(local - std::chrono::floor<days>(local));
  return fmt::format("{}T{:02}", date, hour.count());
}

Result<LocalTime> parse_hour(std::string_view value) {
  const std::size_t split_at = value.find('T');
  if (split_at == std::string_view::npos) {
    return invalid_input(fmt::format("'{}' is not an hour: write it as 2026-11-22T04", value));
  }
  std::string_view hour_text = value.substr(split_at + 1);
  if (hour_text.ends_with(":00")) hour_text.remove_suffix(3);
  const auto date = parse_date(value.substr(0, split_at));
  const auto hour = parse_integer(hour_text, 0, 23);
  if (!date || !hour || hour_text.size() != 2) {
    return invalid_input(fmt::format("'{}' is not an hour: write it as 2026-11-22T04", value));
  }
  return at_midnight(*date) + hours(*hour);
}

constexpr std::array<std::string_view, 7> weekday_names{
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

}  // namespace

Result<Partitions> Partitions::make(const pipeline::PartitionScheme& scheme) {
  if (!scheme.calendar) return Partitions(scheme, Zone());
  const auto& calendar = *scheme.calendar;
  Zone zone;
  if (!calendar.timezone.empty()) {
    TRY_ASSIGN(zone, Zone::find(calendar.timezone));
  }
  Partitions partitions(scheme, std::move(zone));
  if (calendar.start.empty()) {
    partitions.first_ =
        at_midnight(Date(std::chrono::year(1970), std::chrono::January, std::chrono::day(1)));
    partitions.first_ = floor_to(calendar.every, partitions.first_);
    return partitions;
  }
  LocalTime start;
  if (const auto date = parse_date(calendar.start)) {
    start = at_midnight(*date);
  } else if (const auto local = parse_local_time(calendar.start)) {
    start = *local;
  } else {
    TRY_ASSIGN(start, parse_hour(calendar.start));
  }
  partitions.first_ = floor_to(calendar.every, start);
  return partitions;
}

// --- Local starts and windows ----------------------------------------------------------------

Window Partitions::window_at(LocalTime local) const {
  const LocalTime next = shifted(scheme_.calendar->every, local, 1);
  return Window{zone_.to_instant(local).earlier, zone_.to_instant(next).earlier};
}

Result<LocalTime> Partitions::local_start(std::string_view value) const {
  const Every every = scheme_.calendar->every;
  if (every == Every::hour) return parse_hour(value);
  const auto date = parse_date(value);
  if (!date) {
    return invalid_input(fmt::format("'{}' is not a {}: write its {}date as 2026-11-22", value,
                                     name_of(every), every == Every::day ? "" : "first day's "));
  }
  return at_midnight(*date);
}

Result<LocalTime> Partitions::checked_start(std::string_view value) const {
  const Every every = scheme_.calendar->every;
  TRY_ASSIGN(const LocalTime local, local_start(value));
  const LocalTime floored = floor_to(every, local);
  if (floored != local && every == Every::week) {
    const std::chrono::weekday weekday(std::chrono::floor<days>(local));
    return invalid_input(fmt::format("{} is a {}: a week is named by its Monday, which is {}",
                                     value, weekday_names[weekday.iso_encoding() - 1],
                                     value_of(every, floored)));
  }
  if (floored != local) {
    return invalid_input(fmt::format("{} is not the first day of a month: write {}", value,
                                     value_of(every, floored)));
  }
  const Window window = window_at(local);
  if (window.start == window.end) {
    return invalid_input(
        fmt::format("the {} {} does not exist in {}", name_of(every), value, zone_.name()));
  }
  if (local < first_) {
    return invalid_input(fmt::format("{} is before the first {}, which is {}", value,
                                     name_of(every), value_of(every, first_)));
  }
  return local;
}

LocalTime Partitions::slice_containing(Instant at) const {
  return floor_to(scheme_.calendar->every, zone_.to_local(at));
}

std::optional<LocalTime> Partitions::before(LocalTime local) const {
  // A slice that never happened (the hour of a jump, a day that a zone left out) is passed over.
  for (LocalTime candidate = shifted(scheme_.calendar->every, local, -1); candidate >= first_;
       candidate = shifted(scheme_.calendar->every, candidate, -1)) {
    const Window window = window_at(candidate);
    if (window.start < window.end) return candidate;
  }
  return std::nullopt;
}

// --- Keys --------------------------------------------------------------------------------------

std::vector<std::string> Partitions::dimension_names() const {
  std::vector<std::string> names;
  if (scheme_.calendar) names.emplace_back(name_of(scheme_.calendar->every));
  for (const auto& category : scheme_.categories)
    names.push_back(category.key);
  return names;
}

Result<std::string> Partitions::checked_value(std::size_t dimension, std::string_view value) const {
  if (scheme_.calendar && dimension == 0) {
    TRY_ASSIGN(const LocalTime local, checked_start(value));
    return value_of(scheme_.calendar->every, local);
  }
  const auto& category = scheme_.categories[dimension - (scheme_.calendar ? 1 : 0)];
  if (std::ranges::find(category.values, value) == category.values.end()) {
    return invalid_input(fmt::format("'{}' is not a value of {}{}: it has {}", value, category.key,
                                     did_you_mean(value, category.values),
                                     fmt::join(category.values, ", ")));
  }
  return std::string(value);
}

Result<PartitionKey> Partitions::parse(std::string_view text) const {
  const std::vector<std::string> names = dimension_names();
  if (names.empty()) {
    if (text.empty() || text == "all") return PartitionKey{};
    return invalid_input(
        fmt::format("'{}': this pipeline has no partitions, only the one called all", text));
  }
  const std::vector<std::string> parts = split(text, '/');
  const std::string wanted = fmt::format("write {}=...", fmt::join(names, "=.../"));
  if (parts.size() != names.size()) {
    return invalid_input(fmt::format("partition '{}' has {} part{}, this pipeline's have {}: {}",
                                     text, parts.size(), parts.size() == 1 ? "" : "s", names.size(),
                                     wanted));
  }
  std::vector<std::string> values(names.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::size_t dimension = i;
    std::string_view value = parts[i];
    if (const std::size_t equals = value.find('='); equals != std::string_view::npos) {
      const std::string_view name = value.substr(0, equals);
      const auto found = std::ranges::find(names, name);
      if (found == names.end()) {
        return invalid_input(fmt::format("partition '{}': there is no dimension '{}'{}: {}", text,
                                         name, did_you_mean(name, names), wanted));
      }
      dimension = static_cast<std::size_t>(found - names.begin());
      value.remove_prefix(equals + 1);
    }
    if (!values[dimension].empty()) {
      return invalid_input(
          fmt::format("partition '{}' gives '{}' twice: {}", text, names[dimension], wanted));
    }
    TRY_ASSIGN(values[dimension], checked_value(dimension, value));
  }
  PartitionKey key;
  for (std::size_t i = 0; i < names.size(); ++i)
    key.pairs.emplace_back(names[i], values[i]);
  return key;
}

Result<void> Partitions::check(const PartitionKey& key) const {
  TRY_ASSIGN(const PartitionKey parsed, parse(key.text()));
  if (parsed != key) {
    return invalid_input(
        fmt::format("partition '{}' should be written '{}'", key.text(), parsed.text()));
  }
  return {};
}

Result<std::optional<Window>> Partitions::slice(const PartitionKey& key) const {
  if (!scheme_.calendar) return std::optional<Window>{};
  if (key.pairs.empty() || key.pairs.front().first != name_of(scheme_.calendar->every)) {
    return invalid_input(fmt::format("partition '{}' does not begin with its {}", key.text(),
                                     name_of(scheme_.calendar->every)));
  }
  TRY_ASSIGN(const LocalTime local, checked_start(key.pairs.front().second));
  return std::optional<Window>(window_at(local));
}

std::string Partitions::short_name(const PartitionKey& key) const {
  return key.pairs.size() == 1 ? key.pairs.front().second : key.text();
}

// --- Neighbours --------------------------------------------------------------------------------

std::optional<PartitionKey> Partitions::previous(const PartitionKey& key, int back) const {
  if (!scheme_.calendar || key.pairs.empty()) return std::nullopt;
  const auto start = local_start(key.pairs.front().second);
  if (!start) return std::nullopt;
  std::optional<LocalTime> local = *start;
  for (int i = 0; i < back && local; ++i)
    local = before(*local);
  if (!local) return std::nullopt;
  PartitionKey earlier = key;
  earlier.pairs.front().second = value_of(scheme_.calendar->every, *local);
  return earlier;
}

std::vector<PartitionKey> Partitions::with_categories(std::optional<LocalTime> local) const {
  PartitionKey seed;
  if (local) {
    const Every every = scheme_.calendar->every;
    seed.pairs.emplace_back(name_of(every), value_of(every, *local));
  }
  std::vector<PartitionKey> keys{seed};
  for (const auto& category : scheme_.categories) {
    std::vector<PartitionKey> longer;
    for (const auto& key : keys) {
      for (const auto& value : category.values) {
        longer.push_back(key);
        longer.back().pairs.emplace_back(category.key, value);
      }
    }
    keys = std::move(longer);
  }
  return keys;
}

std::vector<PartitionKey> Partitions::last_complete(Instant at) const {
  if (!scheme_.calendar) return with_categories(std::nullopt);
  const auto local = before(slice_containing(at));
  if (!local) return {};
  return with_categories(local);
}

std::vector<PartitionKey> Partitions::containing(Instant at) const {
  if (!scheme_.calendar) return with_categories(std::nullopt);
  const LocalTime local = slice_containing(at);
  if (local < first_) return {};
  return with_categories(local);
}

std::vector<PartitionKey> Partitions::read_by(const PartitionKey& key,
                                              const pipeline::PartitionMapping& mapping) const {
  if (std::holds_alternative<pipeline::AllPartitions>(mapping)) return {};
  if (std::holds_alternative<pipeline::SamePartition>(mapping)) return {key};
  if (std::holds_alternative<pipeline::PreviousPartition>(mapping)) {
    const auto earlier = previous(key);
    return earlier ? std::vector{*earlier} : std::vector<PartitionKey>{};
  }
  // The last n end with the run's own: oldest first.
  std::vector<PartitionKey> keys{key};
  const int count = std::get<pipeline::LastPartitions>(mapping).count;
  while (static_cast<int>(keys.size()) < count) {
    const auto earlier = previous(keys.back());
    if (!earlier) break;
    keys.push_back(*earlier);
  }
  std::ranges::reverse(keys);
  return keys;
}

// --- Windows and mapping ---------------------------------------------------------------------

namespace {

// Whole days go by the calendar of the zone, the rest by the clock on the wall of physics.
Instant minus(Instant instant, Duration amount, const Zone& zone) {
  const auto whole_days = std::chrono::duration_cast<days>(amount);
  const Duration rest = amount - whole_days;
  if (whole_days.count() == 0) return instant - rest;
  return zone.to_instant(zone.to_local(instant) - whole_days).earlier - rest;
}

// Values of `to`'s categories: those of the source where it has the dimension, else each.
std::vector<PartitionKey> carried_over(const PartitionKey& source, std::vector<PartitionKey> keys,
                                       const Partitions& to) {
  for (const auto& category : to.scheme().categories) {
    const auto given =
        std::ranges::find(source.pairs, category.key, &std::pair<std::string, std::string>::first);
    if (given == source.pairs.end()) continue;
    std::erase_if(keys, [&](const PartitionKey& key) {
      return std::ranges::find(key.pairs, *given) == key.pairs.end();
    });
  }
  return keys;
}

}  // namespace

Window window_of(const Window& slice, Duration lag, const Zone& zone) {
  if (lag == Duration::zero()) return slice;
  return Window{minus(slice.start, lag, zone), minus(slice.end, lag, zone)};
}

Result<std::vector<PartitionKey>> map_partition(const Partitions& from, const PartitionKey& key,
                                                const Partitions& to, Instant now) {
  TRY_ASSIGN(const auto slice, from.slice(key));
  if (!to.has_calendar()) return carried_over(key, to.last_complete(now), to);
  if (!slice) return carried_over(key, to.last_complete(now), to);
  const Every source = from.scheme().calendar->every;
  const Every target = to.scheme().calendar->every;
  auto keys = source < target ? to.containing(slice->start) : to.last_complete(slice->end);
  keys = carried_over(key, std::move(keys), to);
  if (keys.empty()) {
    return invalid_input(fmt::format("partition {} has no counterpart: the first {} is {}",
                                     key.text(), name_of(target), to.scheme().calendar->start));
  }
  return keys;
}

}  // namespace gossamer::orchestration
