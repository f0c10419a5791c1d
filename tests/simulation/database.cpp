// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/database.hpp"

#include <algorithm>
#include <utility>

namespace gossamer::simulation {

namespace {

// Whether another engine has moved the transition's run on since.
bool is_overtaken(const orchestration::Transition& transition, const test::Journal& journal) {
  if (transition.creates_run()) return false;
  return std::ranges::any_of(journal.transitions, [&](const auto& known) {
    return known.run == transition.run && known.after_run.revision > transition.expected_revision;
  });
}

}  // namespace

Result<void> Database::commit(std::span<const orchestration::Transition> transitions,
                              std::span<const std::int64_t> acknowledged) {
  const auto trouble = std::exchange(trouble_, std::nullopt);
  if (trouble == CommitTrouble::dies_before_it) throw EngineDied();
  if (trouble == CommitTrouble::full_disk) return unavailable("the disk is full");
  if (trouble == CommitTrouble::conflict) return conflict("something moved");
  const Write asked{{transitions.begin(), transitions.end()},
                    {acknowledged.begin(), acknowledged.end()}};
  if (trouble == CommitTrouble::hangs_in_it) {
    hanging_ = asked;
    throw EngineDied();
  }
  TRY(write(asked));
  if (trouble == CommitTrouble::dies_after_it) throw EngineDied();
  if (trouble == CommitTrouble::lying) return unavailable("the disk did not answer");
  return {};
}

Result<void> Database::write(const Write& write) {
  TRY(inner_.commit(write.transitions, write.acknowledged));
  for (const auto& transition : write.transitions)
    journal_.append(transition);
  return {};
}

std::optional<Result<void>> Database::write_late() {
  const auto late = std::exchange(hanging_, std::nullopt);
  if (!late) return std::nullopt;
  // Where nobody has moved on, the database would take it: what forbids that is the engine's lock.
  const bool is_refused = std::ranges::any_of(late->transitions, [&](const auto& transition) {
    return is_overtaken(transition, journal_);
  });
  if (!is_refused) return std::nullopt;
  return write(*late);
}

Result<void> Database::read() const {
  if (failing_reads_ == 0) return {};
  --failing_reads_;
  return unavailable("the disk cannot be read");
}

Result<orchestration::RunState> Database::load(const RunId& run) const {
  TRY(read());
  return inner_.load(run);
}

Result<std::optional<RunId>> Database::created_by(const std::string& request_key) const {
  TRY(read());
  return inner_.created_by(request_key);
}

Result<std::vector<orchestration::OutboxRow>> Database::outbox(std::int64_t after) const {
  TRY(read());
  return inner_.outbox(after);
}

Result<std::uint64_t> Database::catalog_version() const {
  TRY(read());
  return inner_.catalog_version();
}

}  // namespace gossamer::simulation
