// SPDX-License-Identifier: Apache-2.0
// Partitions as slices of time: their names, their moments, their neighbours. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "orchestration/run.hpp"
#include "pipeline/definition.hpp"

namespace gossamer::orchestration {

// The partitions of one pipeline. A slice begins where its local time first happens (a midnight
// that does not exist: the first moment after it) and ends where the next slice begins, so slices
// have no gaps; a local hour that happens twice is one slice of two hours, one that never happens
// is none.
class Partitions {
 public:
  // invalid_input for an unknown zone or a start that cannot be read.
  static Result<Partitions> make(const pipeline::PartitionScheme& scheme);

  // What a person writes: `2026-11-22`, `day=2026-11-22`, `day=2026-11-22/country=jp` in any order,
  // `2026-11-22/jp` in declared order, `all` where there is no dimension. A week is named by its
  // Monday, a month by its first day. Errors name what is valid.
  [[nodiscard]] Result<release::PartitionKey> parse(std::string_view text) const;
  // As parse, for a key that was stored: every dimension once, in declared order.
  [[nodiscard]] Result<void> check(const release::PartitionKey& key) const;

  // The partition's own time; nothing where there is no calendar dimension.
  [[nodiscard]] Result<std::optional<Window>> slice(const release::PartitionKey& key) const;

  // `back` slices earlier, other dimensions unchanged; nothing before the first slice or without a
  // calendar dimension.
  [[nodiscard]] std::optional<release::PartitionKey> previous(const release::PartitionKey& key,
                                                              int back = 1) const;

  // Partitions whose slice is the last one that has ended at `at`: one a combination of categories.
  // Empty before the first slice has ended. Without a calendar dimension: every combination.
  [[nodiscard]] std::vector<release::PartitionKey> last_complete(Instant at) const;
  // The same for the slice that contains `at`.
  [[nodiscard]] std::vector<release::PartitionKey> containing(Instant at) const;

  // What an input with this mapping reads of a table that this pipeline's partition scheme keys.
  // `all` is left to the reader: an empty answer.
  [[nodiscard]] std::vector<release::PartitionKey> read_by(
      const release::PartitionKey& key, const pipeline::PartitionMapping& mapping) const;

  // For people: "2026-11-22" where there is one dimension, the whole key otherwise.
  [[nodiscard]] std::string short_name(const release::PartitionKey& key) const;

  [[nodiscard]] bool has_calendar() const { return scheme_.calendar.has_value(); }
  [[nodiscard]] const pipeline::PartitionScheme& scheme() const { return scheme_; }
  [[nodiscard]] const Zone& zone() const { return zone_; }

 private:
  Partitions(pipeline::PartitionScheme scheme, Zone zone)
      : scheme_(std::move(scheme)), zone_(std::move(zone)) {}
  [[nodiscard]] Result<LocalTime> local_start(std::string_view value) const;
  [[nodiscard]] Result<LocalTime> checked_start(std::string_view value) const;
  [[nodiscard]] Window window_at(LocalTime local) const;
  [[nodiscard]] LocalTime slice_containing(Instant at) const;
  [[nodiscard]] std::optional<LocalTime> before(LocalTime local) const;
  [[nodiscard]] Result<std::string> checked_value(std::size_t dimension,
                                                  std::string_view value) const;
  [[nodiscard]] std::vector<release::PartitionKey> with_categories(
      std::optional<LocalTime> local) const;
  [[nodiscard]] std::vector<std::string> dimension_names() const;

  pipeline::PartitionScheme scheme_;
  Zone zone_;
  LocalTime first_{};
};

// [e - lag - u, e - lag) for a slice of length u that ends at e. Days of lag are calendar days of
// the zone, what is left of it is elapsed time.
Window window_of(const Window& slice, Duration lag, const Zone& zone);

// Which partitions of `to` follow from one of `from`: the same slice; towards a shorter slice the
// last one that has ended when the source's slice ends; towards a longer one that which contains
// it. Categories of the same name carry over, others take every value. A source without time is
// mapped to what is complete at `now`.
Result<std::vector<release::PartitionKey>> map_partition(const Partitions& from,
                                                         const release::PartitionKey& key,
                                                         const Partitions& to, Instant now);

// Neither weekend nor holiday.
bool is_business_day(Date date, const pipeline::Calendar& calendar);

// The moment at which `after` has passed. With a calendar only its business days count: days of
// `after` are whole business days at the same local time, the rest is elapsed time on them.
Instant add_business_time(Instant from, Duration after, const pipeline::Calendar* calendar,
                          const Zone& zone);

}  // namespace gossamer::orchestration
