// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/definition_store.hpp"

#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

namespace {

using orchestration::StoredDefinition;

// Reads the columns of `definitions.active` and `definitions.find`, then the files.
Result<std::optional<StoredDefinition>> read_definition(const Session& session,
                                                        sql::Statement rows) {
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) return std::optional<StoredDefinition>();
  Row row(rows);
  StoredDefinition definition;
  TRY_ASSIGN(definition.digest, row.parsed<Digest>());
  TRY_ASSIGN(definition.parsed, row.json());
  definition.applied_by = row.text();
  definition.applied_at = row.instant();
  TRY_ASSIGN(sql::Statement files,
             session.query("definitions.files", {text(definition.digest.text())}));
  while (true) {
    TRY_ASSIGN(const bool more, files.step());
    if (!more) break;
    Row file(files);
    const std::string path = file.text();
    definition.files.emplace(path, file.bytes());
  }
  return std::optional<StoredDefinition>(std::move(definition));
}

}  // namespace

Result<void> SqliteDefinitionStore::activate(const StoredDefinition& definition,
                                             const orchestration::AuditNote& note) {
  return connections_.write([&](const Session& session) -> Result<void> {
    const std::string_view digest = definition.digest.text();
    TRY(session.execute("definitions.add", {digest, text(stored(definition.parsed))}));
    for (const auto& [path, content] : definition.files) {
      const Digest content_digest = digest_of(content);
      TRY(session.execute("definitions.add_content",
                          {text(content_digest.text()), sql::Blob{content}}));
      TRY(session.execute("definitions.add_file",
                          {digest, text(path), text(content_digest.text())}));
    }
    TRY(session.execute("definitions.activate",
                        {digest, text(definition.applied_by), instant(definition.applied_at)}));
    return append_audit(session, note, definition.applied_at);
  });
}

Result<std::optional<StoredDefinition>> SqliteDefinitionStore::active() const {
  return connections_.read([&](const Session& session) -> Result<std::optional<StoredDefinition>> {
    TRY_ASSIGN(sql::Statement rows, session.query("definitions.active"));
    return read_definition(session, std::move(rows));
  });
}

Result<StoredDefinition> SqliteDefinitionStore::find(const Digest& digest) const {
  return connections_.read([&](const Session& session) -> Result<StoredDefinition> {
    TRY_ASSIGN(sql::Statement rows, session.query("definitions.find", {text(digest.text())}));
    TRY_ASSIGN(auto found, read_definition(session, std::move(rows)));
    if (!found) return not_found(fmt::format("there is no definition {}", digest.text()));
    return *std::move(found);
  });
}

Result<orchestration::ActiveDefinition> CachedDefinitions::active() const {
  TRY_ASSIGN(const auto stored, store_.active());
  if (!stored) {
    return not_found("nothing was applied in this workspace yet; run `gossamer apply`");
  }
  TRY_ASSIGN(auto definition, read(*stored));
  return orchestration::ActiveDefinition{.definition = std::move(definition),
                                         .applied_by = stored->applied_by};
}

Result<std::shared_ptr<const pipeline::Definition>> CachedDefinitions::find(
    const Digest& digest) const {
  auto known = known_.with([&](const Known& definitions) {
    const auto found = definitions.find(digest);
    return found == definitions.end() ? nullptr : found->second;
  });
  if (known) return known;
  TRY_ASSIGN(const auto stored, store_.find(digest));
  return read(stored);
}

Result<std::shared_ptr<const pipeline::Definition>> CachedDefinitions::read(
    const orchestration::StoredDefinition& stored) const {
  auto known = known_.with([&](const Known& definitions) {
    const auto found = definitions.find(stored.digest);
    return found == definitions.end() ? nullptr : found->second;
  });
  if (known) return known;
  TRY_ASSIGN(auto definition, reader_(stored));
  known_.with([&](Known& definitions) { definitions[stored.digest] = definition; });
  return definition;
}

}  // namespace gossamer::store::sqlite
