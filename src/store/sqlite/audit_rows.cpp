// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/audit_rows.hpp"

#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

Result<access::ChainHead> read_audit_head(const Session& session) {
  TRY_ASSIGN(sql::Statement rows, session.query("audit.head"));
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) return access::chain_start();
  Row row(rows);
  access::ChainHead head;
  head.sequence = row.integer();
  TRY_ASSIGN(head.digest, row.parsed<Digest>());
  return head;
}

Result<void> append_audit(const Session& session, const orchestration::AuditNote& note,
                          Instant at) {
  access::AuditEntry entry;
  entry.at = at;
  entry.actor = note.actor.name;
  entry.verified = note.actor.verified;
  entry.channel = note.actor.channel;
  entry.action = note.action;
  entry.subject = note.subject;
  entry.details = note.details;
  TRY_ASSIGN(const access::ChainHead before, read_audit_head(session));
  TRY_ASSIGN(entry, access::chain(std::move(entry), before));
  TRY(session.execute("audit.add", {number(entry.sequence), instant(entry.at), text(entry.actor),
                                    number(entry.verified), text(entry.channel), text(entry.action),
                                    text(entry.subject), text(stored(entry.details)),
                                    text(entry.previous.text()), text(entry.digest.text())}));
  TRY(session.execute("audit.set_head", {number(entry.sequence), text(entry.digest.text())}));
  return {};
}

Result<std::vector<access::AuditEntry>> read_audit(const Session& session, std::int64_t after,
                                                   std::size_t limit) {
  TRY_ASSIGN(sql::Statement rows, session.query("audit.read", {number(after), number(limit)}));
  std::vector<access::AuditEntry> entries;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return entries;
    Row row(rows);
    access::AuditEntry entry;
    entry.sequence = row.integer();
    entry.at = row.instant();
    entry.actor = row.text();
    entry.verified = row.flag();
    entry.channel = row.text();
    entry.action = row.text();
    entry.subject = row.text();
    // A tampered text is for `verify` to find, not an error of reading.
    if (auto details = row.json()) entry.details = *std::move(details);
    if (auto previous = row.parsed<Digest>()) entry.previous = *std::move(previous);
    if (auto digest = row.parsed<Digest>()) entry.digest = *std::move(digest);
    entries.push_back(std::move(entry));
  }
}

}  // namespace gossamer::store::sqlite
