// SPDX-License-Identifier: Apache-2.0
// When a pipeline's timer fires, and for which partitions. Pure.
#pragma once

#include <optional>
#include <vector>

#include "base/zone.hpp"
#include "orchestration/calendar.hpp"
#include "pipeline/cron.hpp"

namespace gossamer::orchestration {

// Cron lines and whole days count in the pipeline's zone, shorter intervals in elapsed time since
// 1970. A local time that does not exist fires at the moment of the jump, one that exists twice the
// first time; `dst: skip` leaves out the former, `dst: twice` fires at both of the latter.
class Timetable {
 public:
  // invalid_input for what validation lets nobody apply. A pipeline without cron and interval never
  // fires.
  static Result<Timetable> make(const pipeline::Pipeline& pipeline,
                                const pipeline::Definition& definition);

  [[nodiscard]] const Partitions& partitions() const { return partitions_; }
  // Where its local times are: the partitions' zone, or the workspace's.
  [[nodiscard]] const Zone& zone() const { return zone_; }
  // The first moment after this one; none where none comes within nine years (a 29th of February
  // on a business day may take long).
  [[nodiscard]] std::optional<Instant> next(Instant after) const;
  // The last moment that is not after `until` but after `after`.
  [[nodiscard]] std::optional<Instant> last_in(Instant after, Instant until) const;
  // The moments in (after, until], the first `limit` of them.
  [[nodiscard]] std::vector<Instant> between(Instant after, Instant until, std::size_t limit) const;

  // What becomes due at a moment: the partitions that have become complete since the moment before
  // it, and in any case the last that is; the oldest first.
  [[nodiscard]] std::vector<release::PartitionKey> due_at(Instant moment) const;

 private:
  Timetable(Partitions partitions, Zone zone)
      : partitions_(std::move(partitions)), zone_(std::move(zone)) {}
  [[nodiscard]] bool fires_on(Date day) const;
  [[nodiscard]] bool is_due_day(Date day) const;
  [[nodiscard]] bool is_open(Date day) const;
  [[nodiscard]] std::optional<Instant> next_of_day(Date day, Instant after) const;

  Partitions partitions_;
  Zone zone_;
  std::optional<pipeline::Cron> cron_;
  std::optional<Duration> interval_;
  std::optional<pipeline::Calendar> calendar_;
  pipeline::Dst dst_ = pipeline::Dst::once;
};

}  // namespace gossamer::orchestration
