// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "orchestration/ports.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

// Writes a new run's header, or moves a stored one on; `conflict` where it is not at the revision
// that the transition expects.
Result<void> put_run(const Session& session, const orchestration::Transition& transition);
Result<void> put_step(const Session& session, const orchestration::RunHeader& run,
                      const orchestration::StepState& step);
Result<void> put_attempt(const Session& session, const orchestration::AttemptRow& attempt);

// Gives a definition by its digest.
using FindDefinition =
    std::function<Result<std::shared_ptr<const pipeline::Definition>>(const Digest&)>;

// The whole run: header, rows, open gates, counts.
Result<orchestration::RunState> read_run(const Session& session, const RunId& run,
                                         const FindDefinition& definitions);
Result<std::vector<RunId>> open_runs(const Session& session);
Result<std::vector<orchestration::AttemptRow>> read_attempts(const Session& session,
                                                             const RunId& run);
Result<std::vector<orchestration::HistoryEntry>> read_history(const Session& session,
                                                              const RunId& run);
Result<std::vector<orchestration::RunSummary>> list_runs(const Session& session,
                                                         const orchestration::RunFilter& filter);

}  // namespace gossamer::store::sqlite
