// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "access/audit.hpp"
#include "orchestration/transition.hpp"
#include "store/sqlite/connections.hpp"

namespace gossamer::store::sqlite {

// Appends one entry to the chain, inside the caller's transaction.
Result<void> append_audit(const Session& session, const orchestration::AuditNote& note, Instant at);

Result<access::ChainHead> read_audit_head(const Session& session);
Result<std::vector<access::AuditEntry>> read_audit(const Session& session, std::int64_t after,
                                                   std::size_t limit);

}  // namespace gossamer::store::sqlite
