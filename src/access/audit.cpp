// SPDX-License-Identifier: Apache-2.0
#include "access/audit.hpp"

#include <fmt/core.h>

#include <utility>

#include "base/json_fields.hpp"

namespace gossamer::access {

namespace {

Digest zeros() {
  auto parsed = Digest::parse("sha256:" + std::string(64, '0'));
  return parsed ? *std::move(parsed) : Digest();
}

Json covered_json(const AuditEntry& entry) {
  return {{"sequence", entry.sequence},
          {"at", format_instant(entry.at)},
          {"actor", entry.actor},
          {"verified", entry.verified},
          {"channel", entry.channel},
          {"action", entry.action},
          {"subject", entry.subject},
          {"details", entry.details},
          {"previous", entry.previous.text()}};
}

std::optional<ChainFault> fault_in(const AuditEntry& entry, const ChainHead& before) {
  const std::int64_t expected = before.sequence + 1;
  if (entry.sequence > expected) {
    const std::string missing =
        entry.sequence == expected + 1
            ? fmt::format("entry {} is missing", expected)
            : fmt::format("entries {} to {} are missing", expected, entry.sequence - 1);
    return ChainFault{.sequence = expected, .reason = missing};
  }
  if (entry.sequence < expected) {
    return ChainFault{
        .sequence = entry.sequence,
        .reason = fmt::format("entry {} stands where {} should", entry.sequence, expected)};
  }
  if (entry.previous != before.digest) {
    return ChainFault{.sequence = entry.sequence,
                      .reason = fmt::format("entry {} does not follow from the one before: that "
                                            "one, or this one, was replaced or moved",
                                            entry.sequence)};
  }
  const auto canonical = canonical_form(entry);
  if (!canonical || digest_of(*canonical) != entry.digest) {
    return ChainFault{.sequence = entry.sequence,
                      .reason = fmt::format("entry {} was edited: its content does not have the "
                                            "digest {}",
                                            entry.sequence, entry.digest.short_hex())};
  }
  return std::nullopt;
}

}  // namespace

ChainHead chain_start() { return {.sequence = 0, .digest = zeros()}; }

ChainHead head_of(const AuditEntry& entry) {
  return {.sequence = entry.sequence, .digest = entry.digest};
}

Result<std::string> canonical_form(const AuditEntry& entry) {
  return canonical(covered_json(entry));
}

Result<AuditEntry> chain(AuditEntry entry, const ChainHead& before) {
  entry.sequence = before.sequence + 1;
  entry.previous = before.digest;
  auto text = canonical_form(entry);
  if (!text) {
    return std::unexpected(text.error().wrapped("the audit entry cannot be written"));
  }
  entry.digest = digest_of(*text);
  return entry;
}

std::optional<ChainFault> verify(const std::vector<AuditEntry>& entries, const AuditEntry* before) {
  ChainHead head = before == nullptr ? chain_start() : head_of(*before);
  for (const AuditEntry& entry : entries) {
    if (auto fault = fault_in(entry, head)) return fault;
    head = head_of(entry);
  }
  return std::nullopt;
}

std::optional<ChainFault> compare_heads(const ChainHead& reached, const ChainHead& known,
                                        const Digest& at_known) {
  if (reached.sequence < known.sequence) {
    return ChainFault{.sequence = reached.sequence + 1,
                      .reason = fmt::format("the log ends at entry {}, but there were {}: the end "
                                            "was cut off",
                                            reached.sequence, known.sequence)};
  }
  if (known.sequence > 0 && at_known != known.digest) {
    return ChainFault{
        .sequence = known.sequence,
        .reason = fmt::format("entry {} has the digest {}, but had {}: the log was "
                              "rewritten",
                              known.sequence, at_known.short_hex(), known.digest.short_hex())};
  }
  return std::nullopt;
}

Json to_json(const AuditEntry& entry) {
  Json json = covered_json(entry);
  json["digest"] = entry.digest.text();
  return json;
}

Result<AuditEntry> audit_entry_from_json(const Json& json) {
  AuditEntry entry;
  TRY_ASSIGN(entry.sequence, require_integer<std::int64_t>(json, "sequence"));
  TRY_ASSIGN(entry.at, require_instant(json, "at"));
  TRY_ASSIGN(entry.actor, require<std::string>(json, "actor"));
  TRY_ASSIGN(entry.verified, require<bool>(json, "verified"));
  TRY_ASSIGN(entry.channel, require<std::string>(json, "channel"));
  TRY_ASSIGN(entry.action, require<std::string>(json, "action"));
  TRY_ASSIGN(entry.subject, require<std::string>(json, "subject"));
  entry.details = member_or_null(json, "details");
  TRY_ASSIGN(entry.previous, require_parsed<Digest>(json, "previous"));
  TRY_ASSIGN(entry.digest, require_parsed<Digest>(json, "digest"));
  return entry;
}

Result<ChainReport> verify_store(const AuditStore& store,
                                 const std::optional<ChainHead>& exported) {
  constexpr std::size_t entries_at_once = 1000;
  TRY_ASSIGN(const ChainHead believed, store.head());
  ChainReport report;
  report.head = chain_start();
  Digest at_exported;
  Digest at_believed;
  std::optional<AuditEntry> last;
  while (true) {
    TRY_ASSIGN(const auto entries, store.read(report.head.sequence, entries_at_once));
    if (entries.empty()) break;
    report.fault = verify(entries, last ? &*last : nullptr);
    if (report.fault) return report;
    for (const AuditEntry& entry : entries) {
      if (exported && entry.sequence == exported->sequence) at_exported = entry.digest;
      if (entry.sequence == believed.sequence) at_believed = entry.digest;
    }
    report.entries += static_cast<std::int64_t>(entries.size());
    last = entries.back();
    report.head = head_of(*last);
  }
  report.fault = compare_heads(report.head, believed, at_believed);
  if (!report.fault && exported) {
    report.fault = compare_heads(report.head, *exported, at_exported);
  }
  return report;
}

}  // namespace gossamer::access
