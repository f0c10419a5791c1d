// SPDX-License-Identifier: Apache-2.0
// Backfills of one engine: what people ask of them, and the runs that are made as slots open. A run
// is asked for first and written down then; a crash in between asks again, and the same request
// never makes two runs. The engine's thread alone.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestration/backfill.hpp"
#include "orchestration/engine.hpp"

namespace gossamer::orchestration {

class Backfills {
 public:
  explicit Backfills(Engine::Core& core) : core_(core) {}

  // Stored under a new id, with a row a partition that needs it. Where none does, nothing is
  // stored: the answer has no id.
  Result<BackfillView> plan(const BackfillRequest& request);
  // conflict where the files, or what needs to be done, have changed since the plan was made, and
  // where another backfill is under way for some of its partitions.
  Result<BackfillView> start(const PlanId& plan, const BackfillStart& start);
  // Runs under way end, no other is made. Repeating it is a success.
  Result<BackfillView> pause(const PlanId& plan, const Actor& actor);
  Result<BackfillView> resume(const PlanId& plan, const Actor& actor);
  // Its runs are cancelled with it; what was committed stays. conflict where it has ended.
  Result<BackfillView> cancel(const PlanId& plan, const Actor& actor, const std::string& reason);
  [[nodiscard]] Result<BackfillView> view(const PlanId& plan) const;

  // Takes down which runs have ended and makes those that may begin; whether anything was done.
  bool advance();
  // When advance() has something to do even if nothing happens.
  [[nodiscard]] std::optional<Instant> next_wake() const { return again_at_; }
  // Nothing of it is at work, and nothing will be without somebody doing something.
  [[nodiscard]] bool is_settled(const PlanId& plan) const;

 private:
  struct UnderWay {
    Backfill backfill;
    BackfillCounts counts;
    std::shared_ptr<const pipeline::Definition> definition;
    std::map<RunId, BackfillRow> working;  // rows whose runs have not ended
    std::deque<BackfillRow> next;          // the next ones to be made
    std::optional<std::int64_t> read_up_to;
    bool is_all_read = false;
    std::vector<BackfillRow> changed;  // rows to be written down
  };

  // backfills.cpp
  Result<bool> advance(UnderWay& one);
  Result<void> read_open();
  Result<void> take_ended(UnderWay& one);
  Result<void> make_runs(UnderWay& one);
  Result<void> make_run(UnderWay& one, BackfillRow row);
  Result<bool> read_next(UnderWay& one) const;
  [[nodiscard]] Result<bool> is_made_meanwhile(const UnderWay& one, BackfillRow& row) const;
  [[nodiscard]] Result<RequestedRun> request(const UnderWay& one, const BackfillRow& row);
  [[nodiscard]] std::size_t at_work(const UnderWay& one) const;
  void end_row(UnderWay& one, BackfillRow row, PartitionStatus status);
  bool finish(UnderWay& one) const;
  // backfill_verbs.cpp
  [[nodiscard]] Result<PlannedPartitions> planned(const BackfillRequest& request,
                                                  const ActiveDefinition& active) const;
  [[nodiscard]] Result<Json> aliases_now(const BackfillRequest& request,
                                         const std::vector<PinnedVersions>& versions) const;
  [[nodiscard]] Result<std::optional<Duration>> expected(const std::string& pipeline) const;
  [[nodiscard]] Result<void> check_current(const Backfill& backfill,
                                           const std::vector<BackfillRow>& rows) const;
  [[nodiscard]] Result<void> check_alone(const Backfill& backfill,
                                         const std::vector<BackfillRow>& rows) const;
  Result<BackfillView> put(Backfill backfill, const AuditNote& note);

  Engine::Core& core_;
  bool is_read_ = false;
  std::map<PlanId, UnderWay> open_;
  std::optional<Instant> again_at_;  // after a failure
};

}  // namespace gossamer::orchestration
