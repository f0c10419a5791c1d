// SPDX-License-Identifier: Apache-2.0
// access: who may do what, and proof of what was done. Pure; ports AccessStore and AuditStore.
#pragma once

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gossamer::access {

struct AuditEntry {
  std::int64_t sequence = 0;  // 1, 2, 3, ... without gaps
  Instant at{};
  std::string actor;
  bool verified = true;
  std::string channel;
  std::string action;
  std::string subject;
  Json details;
  Digest previous;  // the entry before; all zeros for the first
  Digest digest;    // over all of the above in canonical JSON
};

// The entry with `sequence`, `previous` and `digest` filled in.
AuditEntry chain(AuditEntry entry, const AuditEntry* before);

struct ChainFault {
  std::int64_t sequence = 0;
  std::string reason;
};

// The first entry that does not follow from the one before, if any. `before` is the last entry of
// the page before; none: `entries` begin with sequence 1.
std::optional<ChainFault> verify(const std::vector<AuditEntry>& entries,
                                 const AuditEntry* before = nullptr);

class AuditStore {
 public:
  virtual ~AuditStore() = default;
  // Entries with a sequence above `after`, oldest first, at most `limit`.
  virtual Result<std::vector<AuditEntry>> read(std::int64_t after, std::size_t limit) const = 0;
  virtual Result<std::int64_t> last_sequence() const = 0;  // 0: nothing was written yet
};

}  // namespace gossamer::access
