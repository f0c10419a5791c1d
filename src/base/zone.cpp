// SPDX-License-Identifier: Apache-2.0
#include "base/zone.hpp"

#include <exception>

#include <date/tz.h>

#include "base/suggest.hpp"

namespace gossamer {
namespace {

date::local_time<std::chrono::microseconds> to_library(LocalTime local) {
  return date::local_time<std::chrono::microseconds>(local.time_since_epoch());
}

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const date::time_zone& zone : date::get_tzdb().zones)
    names.push_back(zone.name());
  return names;
}

}  // namespace

Zone::Zone() : name_("UTC"), zone_(nullptr) {}

Result<Zone> Zone::find(std::string_view name) {
  if (name == "UTC") return Zone();
  try {
    // The library opens whatever the name leads to: "../x" and "" must not reach it.
    for (const date::time_zone& zone : date::get_tzdb().zones) {
      if (zone.name() == name) return Zone(std::string(name), date::locate_zone(name));
    }
    return not_found("there is no time zone `" + std::string(name) + "`" +
                     did_you_mean(name, all_names()));
  } catch (const std::exception& failure) {
    return unavailable("cannot read the system's time zones (package tzdata): " +
                       std::string(failure.what()));
  }
}

LocalLookup Zone::to_instant(LocalTime local) const {
  if (zone_ == nullptr) {
    const Instant instant(local.time_since_epoch());
    return {LocalTimeKind::unique, instant, instant};
  }
  const auto found = zone_->get_info(to_library(local));
  const auto at = [&](const date::sys_info& part) {
    return Instant(local.time_since_epoch()) - part.offset;
  };
  switch (found.result) {
    case date::local_info::nonexistent:
      return {LocalTimeKind::nonexistent, Instant(found.first.end), Instant(found.first.end)};
    case date::local_info::ambiguous:
      return {LocalTimeKind::ambiguous, at(found.first), at(found.second)};
    default:
      return {LocalTimeKind::unique, at(found.first), at(found.first)};
  }
}

LocalTime Zone::to_local(Instant instant) const {
  return LocalTime(instant.time_since_epoch()) + offset(instant);
}

Instant Zone::start_of_day(Date date) const {
  return to_instant(LocalTime(std::chrono::local_days(date))).earlier;
}

std::chrono::seconds Zone::offset(Instant instant) const {
  if (zone_ == nullptr) return std::chrono::seconds(0);
  return zone_->get_info(instant).offset;
}

bool zone_exists(std::string_view name) { return Zone::find(name).has_value(); }

}  // namespace gossamer
