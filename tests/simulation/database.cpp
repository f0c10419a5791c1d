// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/database.hpp"

#include <utility>

namespace gossamer::simulation {

Result<void> Database::commit(std::span<const orchestration::Transition> transitions,
                              std::span<const std::int64_t> acknowledged) {
  const auto trouble = std::exchange(trouble_, std::nullopt);
  if (trouble == CommitTrouble::dies_before_it) throw EngineDied();
  if (trouble == CommitTrouble::full_disk) return unavailable("the disk is full");
  if (trouble == CommitTrouble::conflict) return conflict("something moved");
  TRY(inner_.commit(transitions, acknowledged));
  for (const auto& transition : transitions)
    journal_.append(transition);
  if (trouble == CommitTrouble::dies_after_it) throw EngineDied();
  if (trouble == CommitTrouble::lying) return unavailable("the disk did not answer");
  return {};
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
