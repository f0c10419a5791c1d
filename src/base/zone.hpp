// SPDX-License-Identifier: Apache-2.0
// Time zones by their IANA name, over the `date` library and the system's tz database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace date {
class time_zone;
}

namespace gossamer {

enum class LocalTimeKind : std::uint8_t {
  unique,
  ambiguous,    // the clock was set back: it happened twice
  nonexistent,  // the clock was set forward: it never happened
};

// What a wall time means in a zone. unique: earlier == later. ambiguous: the two moments.
// nonexistent: both are the moment of the jump, which is the first one after the gap.
struct LocalLookup {
  LocalTimeKind kind = LocalTimeKind::unique;
  Instant earlier;
  Instant later;
};

// A cheap value; copies may be used from any thread.
class Zone {
 public:
  // UTC.
  Zone();
  // not_found, with a suggestion, where the tz database has no such name.
  static Result<Zone> find(std::string_view name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] LocalLookup to_instant(LocalTime local) const;
  [[nodiscard]] LocalTime to_local(Instant instant) const;
  // The moment a local day begins; where midnight does not exist, the first one after it.
  [[nodiscard]] Instant start_of_day(Date date) const;
  // UTC offset at that moment.
  [[nodiscard]] std::chrono::seconds offset(Instant instant) const;

  bool operator==(const Zone& other) const { return name_ == other.name_; }

 private:
  Zone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}

  std::string name_;
  const date::time_zone* zone_;  // null for UTC; the database lives as long as the process
};

bool zone_exists(std::string_view name);

}  // namespace gossamer
