// SPDX-License-Identifier: Apache-2.0
// Which runs and steps start now. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestration/draft.hpp"
#include "orchestration/run.hpp"

namespace gossamer::orchestration {

struct QueuedRun {
  RunId run;
  std::string pipeline;
  release::PartitionKey partition;
  int priority = 0;
  Lane lane = Lane::live;
  Instant created_at{};
  std::optional<int> max_active;
  bool is_held_back = false;  // by the run of the partition before it (`depends_on_past`)
};

// A step that waits for a slot. Sorts in the order of being served.
struct WaitingStep {
  RunId run;
  Place place;
  int priority = 0;  // the run's and the step's together
  Lane lane = Lane::live;
  Instant run_created_at{};
  // An approval that queues (`on_newer: queue`): aliases that no other open gate may be about.
  std::vector<std::string> exclusive_aliases;
  bool operator<(const WaitingStep& other) const;
};
using WaitingSteps = std::map<std::string, std::set<WaitingStep>>;  // by pool

using ActivePartitions = std::set<std::pair<std::string, release::PartitionKey>>;  // of a pipeline

// `active` and `waiting` stay with the caller, who may have many thousands: null is none.
struct QueueView {
  std::vector<QueuedRun> queued;
  const ActivePartitions* active = nullptr;
  std::map<std::string, int> at_work;      // running, by pipeline
  std::set<std::string> aliases_at_gates;  // "model@alias" of open gates
  const WaitingSteps* waiting = nullptr;
};

struct Pool {
  int size = 1;
  int used = 0;
  int used_by_backfill = 0;
};
using Slots = std::map<std::string, Pool>;  // every pool that a waiting step names

struct Grant {
  RunId run;
  Place place;
};
struct Plan {
  std::vector<RunId> start;
  std::vector<Grant> grant;
};

// Live before backfill, then by priority, then the older run. One active run a partition, at most
// `max_active` runs of a pipeline at work, and no more steps in a pool than it has slots; a
// backfill leaves one slot of a pool that has several.
Plan plan(const QueueView& queue, const Slots& slots);

}  // namespace gossamer::orchestration
