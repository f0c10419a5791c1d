// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/release_rows.hpp"
#include "store/sqlite/release_store.hpp"

namespace gossamer::store::sqlite {

namespace {

Result<models::Version> read_version(Row row) {
  models::Version version;
  release::ModelRegistration& registration = version.registration;
  registration.model = row.text();
  registration.version = row.integer_as<int>();
  registration.folder = row.text();
  TRY_ASSIGN(registration.digest, row.parsed<Digest>());
  registration.flavour = row.text();
  TRY_ASSIGN(registration.signature, row.json());
  TRY_ASSIGN(registration.facts, row.json());
  TRY_ASSIGN(registration.metrics, row.json());
  TRY_ASSIGN(const std::optional<RunId> run, row.optional_parsed<RunId>());
  if (run) version.run = *run;
  version.step = row.text();
  version.created_at = row.instant();
  TRY_ASSIGN(const Json aliases, row.json());
  for (const Json& alias : aliases) {
    if (alias.is_string()) version.aliases.push_back(alias.get<std::string>());
  }
  return version;
}

Result<std::vector<models::Version>> read_versions(const Session& session, const sql::Value& model,
                                                   const sql::Value& number) {
  TRY_ASSIGN(sql::Statement rows, session.query("release.versions", {model, number}));
  std::vector<models::Version> versions;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return versions;
    TRY_ASSIGN(models::Version version, read_version(Row(rows)));
    versions.push_back(std::move(version));
  }
}

Result<std::vector<std::string>> read_names(sql::Statement rows) {
  std::vector<std::string> names;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return names;
    names.push_back(rows.text(0));
  }
}

Result<void> check_model_exists(const Session& session, const std::string& model) {
  TRY_ASSIGN(sql::Statement rows, session.query("release.models"));
  TRY_ASSIGN(const auto known, read_names(std::move(rows)));
  if (std::ranges::find(known, model) != known.end()) return {};
  return not_found(fmt::format("there is no model `{}`{}", model, did_you_mean(model, known)));
}

Result<void> check_not_deleted(const Session& session, const std::string& model, int version) {
  TRY_ASSIGN(sql::Statement rows, session.query("release.deleted", {text(model), number(version)}));
  TRY_ASSIGN(const bool is_deleted, rows.step());
  if (!is_deleted) return {};
  Row row(rows);
  const std::string actor = row.text();
  const Instant at = row.instant();
  const std::string reason = row.text();
  return not_found(fmt::format("{}/{} was deleted by {} at {}{}{}", model, version, actor,
                               format_instant(at), reason.empty() ? "" : ": ", reason));
}

Result<models::Version> find_version(const Session& session, const std::string& model,
                                     int version) {
  TRY_ASSIGN(auto versions, read_versions(session, text(model), number(version)));
  if (!versions.empty()) return std::move(versions.front());
  TRY(check_not_deleted(session, model, version));
  TRY(check_model_exists(session, model));
  return not_found(fmt::format("model `{}` has no version {}", model, version));
}

orchestration::AuditNote note_of(const models::Change& change, std::string action,
                                 const release::ModelRegistration& registration) {
  return {.actor = {change.actor, change.verified, change.channel},
          .action = std::move(action),
          .subject = fmt::format("{}/{}", registration.model, registration.version),
          .details = {{"digest", registration.digest.text()}, {"reason", change.reason}}};
}

}  // namespace

Result<std::vector<models::Scored>> SqliteModelStore::scored_by(const std::string& model,
                                                                int version) const {
  return connections_.read([&](const Session& session) -> Result<std::vector<models::Scored>> {
    TRY_ASSIGN(sql::Statement rows,
               session.query("release.contents_of_version", {text(model), number(version)}));
    std::vector<models::Scored> all;
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return all;
      Row row(rows);
      models::Scored scored;
      scored.table = row.text();
      scored.partitions = row.integer_as<std::uint64_t>();
      scored.rows = row.integer_as<std::uint64_t>();
      scored.current = row.integer_as<std::uint64_t>();
      all.push_back(std::move(scored));
    }
  });
}

Result<models::Version> SqliteModelStore::add(release::ModelRegistration registration,
                                              const models::Change& change) {
  return connections_.write([&](const Session& session) -> Result<models::Version> {
    {
      TRY_ASSIGN(sql::Statement rows,
                 session.query("release.next_version", {text(registration.model)}));
      TRY(rows.step());
      registration.version = Row(rows).integer_as<int>();
    }
    TRY(add_version(session, registration, {.run = std::nullopt, .step = "", .at = change.at}));
    TRY(append_audit(session, note_of(change, "model.register", registration), change.at));
    return find_version(session, registration.model, registration.version);
  });
}

Result<models::Version> SqliteModelStore::remove(const std::string& model, int version,
                                                 const models::Change& change) {
  return connections_.write([&](const Session& session) -> Result<models::Version> {
    TRY_ASSIGN(models::Version found, find_version(session, model, version));
    TRY_ASSIGN(sql::Statement rows,
               session.query("release.needed_by", {text(model), number(version)}));
    TRY_ASSIGN(const auto needs, read_names(std::move(rows)));
    if (!needs.empty()) {
      return conflict(fmt::format("{}/{} cannot be deleted: it is needed by {}", model, version,
                                  join(needs, ", ")));
    }
    TRY(session.execute("release.delete_version", {text(model), number(version)}));
    TRY(session.execute("release.note_deletion",
                        {text(model), number(version), text(found.registration.digest.text()),
                         text(change.actor), text(change.reason), instant(change.at)}));
    TRY(append_audit(session, note_of(change, "model.delete", found.registration), change.at));
    return found;
  });
}

Result<std::vector<models::Version>> SqliteModelStore::list(const std::string& model) const {
  return connections_.read([&](const Session& session) {
    return read_versions(session, model.empty() ? sql::Value(nullptr) : text(model), nullptr);
  });
}

Result<models::Version> SqliteModelStore::find(const std::string& model, int version) const {
  return connections_.read(
      [&](const Session& session) { return find_version(session, model, version); });
}

Result<models::Version> SqliteModelStore::resolve(const models::Name& name) const {
  return connections_.read([&](const Session& session) -> Result<models::Version> {
    if (name.version) return find_version(session, name.model, *name.version);
    if (name.alias.empty()) {
      return invalid_input(fmt::format("`{}` names no version: write `{}/1` or `{}@alias`",
                                       name.model, name.model, name.model));
    }
    TRY_ASSIGN(const auto version, read_alias(session, name.model, name.alias));
    if (version) return find_version(session, name.model, *version);
    TRY(check_model_exists(session, name.model));
    TRY_ASSIGN(sql::Statement rows, session.query("release.aliases_of", {text(name.model)}));
    TRY_ASSIGN(const auto aliases, read_names(std::move(rows)));
    return not_found(fmt::format("model `{}` has no alias `{}`{}; it has {}", name.model,
                                 name.alias, did_you_mean(name.alias, aliases),
                                 aliases.empty() ? "none" : join(aliases, ", ")));
  });
}

}  // namespace gossamer::store::sqlite
