// SPDX-License-Identifier: Apache-2.0
// access: who may do what, and proof of what was done. Pure; ports AccessStore and AuditStore.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

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

// Where a chain ends; before the first entry 0 and all zeros. Whoever keeps one elsewhere can tell
// later that no entry up to it was changed or removed.
struct ChainHead {
  std::int64_t sequence = 0;
  Digest digest;
  bool operator==(const ChainHead&) const = default;
};
ChainHead chain_start();
ChainHead head_of(const AuditEntry& entry);

// The exact bytes that an entry's digest covers. invalid_input where a text is not UTF-8.
Result<std::string> canonical_form(const AuditEntry& entry);

// The entry with `sequence`, `previous` and `digest` filled in. invalid_input as above.
Result<AuditEntry> chain(AuditEntry entry, const ChainHead& before);

struct ChainFault {
  std::int64_t sequence = 0;  // of the first entry that cannot be trusted
  std::string reason;
};

// The first entry that does not follow from the one before, if any. `before` is the last entry of
// the page before; none: `entries` begin with sequence 1.
std::optional<ChainFault> verify(const std::vector<AuditEntry>& entries,
                                 const AuditEntry* before = nullptr);

// Whether a verified chain that ends at `reached` contains what `known`, a head kept elsewhere,
// saw. `at_known` is the digest of the entry with the sequence of `known`, empty where there is
// none.
std::optional<ChainFault> compare_heads(const ChainHead& reached, const ChainHead& known,
                                        const Digest& at_known);

Json to_json(const AuditEntry& entry);
Result<AuditEntry> audit_entry_from_json(const Json& json);

class AuditStore {
 public:
  virtual ~AuditStore() = default;
  // Entries with a sequence above `after`, oldest first, at most `limit`.
  virtual Result<std::vector<AuditEntry>> read(std::int64_t after, std::size_t limit) const = 0;
  // Where the store believes the chain to end: kept apart from the entries.
  virtual Result<ChainHead> head() const = 0;
  // 0: nothing was written yet.
  [[nodiscard]] Result<std::int64_t> last_sequence() const {
    TRY_ASSIGN(const ChainHead end, head());
    return end.sequence;
  }
};

struct ChainReport {
  std::int64_t entries = 0;
  ChainHead head;
  std::optional<ChainFault> fault;
};

// Reads and verifies everything, and compares the end with the store's own head and, where given,
// with one that was exported before.
Result<ChainReport> verify_store(const AuditStore& store, const std::optional<ChainHead>& exported);

}  // namespace gossamer::access
