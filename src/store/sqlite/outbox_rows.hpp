// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "orchestration/ports.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

// `run` is empty for a switch that belongs to no run. An effect whose key waits already is a
// `conflict`.
Result<void> add_effect(const Session& session, const RunId& run,
                        const orchestration::Effect& effect);
Result<std::vector<orchestration::OutboxRow>> read_outbox(const Session& session,
                                                          std::int64_t after);

}  // namespace gossamer::store::sqlite
