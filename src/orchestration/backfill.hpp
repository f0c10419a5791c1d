// SPDX-License-Identifier: Apache-2.0
// Backfills: many partitions of a pipeline done by one plan. The plan is exact: a row a partition,
// with the reason. Runs are made as slots open, of the definition that the plan was made for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "orchestration/calendar.hpp"
#include "orchestration/run.hpp"
#include "orchestration/transition.hpp"

namespace gossamer::orchestration {

// Why a partition is in a plan; what a request asks for.
enum class Reprocess : std::uint8_t {
  missing,  // nothing has succeeded for it, or what was written is not there any more
  failed,   // the last run for it failed or was cancelled
  stale,    // made by other code than today's, or by another version behind an alias
  all
};
enum class BackfillStatus : std::uint8_t { planned, running, paused, succeeded, failed, cancelled };
// `pending` of a backfill that has ended: never begun.
enum class PartitionStatus : std::uint8_t {
  pending,
  running,
  succeeded,
  failed,
  cancelled,
  skipped  // somebody else had made it when its turn came
};
enum class BackfillOrder : std::uint8_t { oldest, newest };
enum class OnFailure : std::uint8_t { stop, go_on, pause_after };

std::string_view name_of(Reprocess reason);
std::string_view name_of(BackfillStatus status);
std::string_view name_of(PartitionStatus status);
std::string_view name_of(BackfillOrder order);
Result<Reprocess> parse_reprocess(std::string_view text);
Result<BackfillStatus> parse_backfill_status(std::string_view text);
Result<PartitionStatus> parse_partition_status(std::string_view text);
Result<BackfillOrder> parse_backfill_order(std::string_view text);
bool is_final(BackfillStatus status);

// `stop`: no further run is made after a failure. `continue`: all are. `pause-after:N`: it pauses
// at the N-th failure since it was started or resumed.
struct FailureRule {
  OnFailure rule = OnFailure::stop;
  int failures = 1;  // of pause_after
};
std::string text_of(const FailureRule& rule);
Result<FailureRule> parse_failure_rule(std::string_view text);

struct BackfillRow {
  std::int64_t ordinal = 0;  // from 1, the oldest partition first
  release::PartitionKey partition;
  Reprocess reason = Reprocess::missing;
  std::string detail;  // what is stale about it; why it failed or was skipped
  PartitionStatus status = PartitionStatus::pending;
  std::optional<RunId> run;
};

struct Backfill {
  PlanId id;
  Digest definition;  // its runs are of this one
  std::string pipeline;
  std::string first;  // of the range, as the pipeline names them; empty without a calendar
  std::string last;
  std::set<Reprocess> reprocess;
  std::string model;  // as in RunHeader
  Json params = Json::object();
  BackfillStatus status = BackfillStatus::planned;
  BackfillOrder order = BackfillOrder::oldest;
  int max_active = 0;  // runs at work at one time
  FailureRule on_failure;
  int failures = 0;                  // since it was started or resumed
  std::string message;               // why it stands where it does; empty: nothing to say
  std::optional<Duration> expected;  // of one partition, from history
  std::string planned_by;
  Instant planned_at{};
  Actor starter;        // of its runs
  std::string applier;  // who applied the definition
  std::optional<Instant> started_at;
  std::optional<Instant> finished_at;
};

struct BackfillCounts {
  std::int64_t pending = 0;
  std::int64_t running = 0;
  std::int64_t succeeded = 0;
  std::int64_t failed = 0;
  std::int64_t cancelled = 0;
  std::int64_t skipped = 0;
  [[nodiscard]] std::int64_t total() const {
    return pending + running + succeeded + failed + cancelled + skipped;
  }
  bool operator==(const BackfillCounts&) const = default;
};
// The number of rows in a status; to be changed in place.
std::int64_t& count_of(BackfillCounts& counts, PartitionStatus status);

struct BackfillView {
  Backfill backfill;
  BackfillCounts counts;
};

// --- What the engine is asked for ----------------------------------------------------------------

struct BackfillRequest {
  std::string pipeline;
  std::string from;  // a value of the calendar dimension; empty: the first
  std::string to;    // with it; empty: the last that is complete
  std::set<Reprocess> reprocess{Reprocess::missing};
  std::string model;
  Json params = Json::object();
  Actor actor;
};

struct BackfillStart {
  BackfillOrder order = BackfillOrder::oldest;
  int max_active = 4;
  FailureRule on_failure;
  Actor actor;
};

// --- Ports ---------------------------------------------------------------------------------------

struct RowFilter {
  std::optional<PartitionStatus> status;
  BackfillOrder order = BackfillOrder::oldest;
  std::optional<std::int64_t> after;  // in that order; none: from the beginning
  std::size_t limit = 100;
};

class BackfillStore {
 public:
  virtual ~BackfillStore() = default;
  virtual Result<void> add(const Backfill& backfill, std::span<const BackfillRow> rows,
                           const AuditNote& note) = 0;
  // Replaces the backfill and these rows; with an audit entry where a person did it. not_found.
  virtual Result<void> put(const Backfill& backfill, std::span<const BackfillRow> rows,
                           const std::optional<AuditNote>& note, Instant at) = 0;
  virtual Result<BackfillView> find(const PlanId& plan) const = 0;
  // The newest first; with `before`, those behind that one.
  virtual Result<std::vector<BackfillView>> list(std::size_t limit,
                                                 const std::optional<PlanId>& before) const = 0;
  virtual Result<std::vector<Backfill>> open() const = 0;  // running or paused
  virtual Result<std::vector<BackfillRow>> rows(const PlanId& plan,
                                                const RowFilter& filter) const = 0;
};

// What runs have made of a partition so far.
struct PartitionFacts {
  release::PartitionKey partition;
  RunStatus newest = RunStatus::queued;  // of its newest run
  std::optional<RunId> made_by;          // its newest run that succeeded
  std::optional<Digest> definition;      // of that one
};
// "model@alias" to version, of every step of a run.
struct PinnedVersions {
  release::PartitionKey partition;
  Json pins = Json::object();
};

// Reads for planning.
class PartitionHistory {
 public:
  virtual ~PartitionHistory() = default;
  // Partitions that any run was for, by key. `model` as in RunHeader: runs with another are not
  // looked at.
  virtual Result<std::vector<PartitionFacts>> facts(const std::string& pipeline,
                                                    const std::string& model) const = 0;
  // Of the newest run of each partition that succeeded, by key; none where nothing was pinned.
  virtual Result<std::vector<PinnedVersions>> versions(const std::string& pipeline,
                                                       const std::string& model) const = 0;
  // The partitions of a table that are current.
  virtual Result<std::set<release::PartitionKey>> written(const std::string& table) const = 0;
};

// --- Planning. Pure ------------------------------------------------------------------------------

struct PlanningView {
  const pipeline::Pipeline& pipeline;
  Instant now{};
  std::vector<PartitionFacts> facts;
  std::vector<PinnedVersions> versions;                  // needed for `stale` alone
  std::vector<std::set<release::PartitionKey>> written;  // by table that a run surely writes
  std::vector<Digest> same_code;                         // definitions whose steps are today's
  Json aliases = Json::object();                         // "model@alias" to version now
};

struct PlannedPartitions {
  std::string first;
  std::string last;
  std::vector<BackfillRow> rows;
};

// The partitions of the range that need what is asked for. invalid_input: the pipeline has no
// partitions, the range is empty or lies outside of what the pipeline has, a partition depends on
// one that is neither made nor planned.
Result<PlannedPartitions> planned_partitions(const BackfillRequest& request,
                                             const PlanningView& view);

// Whether both do the same steps with the same declarations and queries.
bool is_same_code(const pipeline::Pipeline& left, const pipeline::Pipeline& right);

// Tables whose current partition follows from every run that succeeds: no gate publishes them, and
// no instance adds keys of its own.
std::vector<std::string> tables_written(const pipeline::Pipeline& pipeline);

// What has changed between two plans of the same request; empty: nothing.
std::string difference_between(std::span<const BackfillRow> before,
                               std::span<const BackfillRow> now);

}  // namespace gossamer::orchestration
