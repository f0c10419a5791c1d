// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "approval/gate.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

// Writes the gate and those of its votes that are new.
Result<void> put_gate(const Session& session, const approval::Gate& gate);

Result<std::optional<approval::Gate>> find_gate(const Session& session, const GateId& gate);
// `status` empty: all. Open ones first, the next due first.
Result<std::vector<approval::Gate>> list_gates(const Session& session,
                                               std::optional<approval::GateStatus> status);
Result<std::vector<approval::Gate>> gates_of_run(const Session& session, const RunId& run);

}  // namespace gossamer::store::sqlite
