// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/release_store.hpp"

#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/outbox_rows.hpp"
#include "store/sqlite/release_rows.hpp"

namespace gossamer::store::sqlite {

namespace {

Result<release::Switch> read_switch(Row row) {
  TRY_ASSIGN(const Json json, row.json());
  auto change = release::switch_from_json(json);
  if (!change) {
    return unavailable("the store holds a switch that cannot be read: " + change.error().message);
  }
  return change;
}

}  // namespace

Result<release::Present> SqliteReleaseStore::present(const release::Switch& change) const {
  return connections_.read([&](const Session& session) { return read_present(session, change); });
}

Result<std::optional<int>> SqliteReleaseStore::alias(const std::string& model,
                                                     const std::string& alias) const {
  return connections_.read(
      [&](const Session& session) { return read_alias(session, model, alias); });
}

Result<Json> SqliteReleaseStore::setting(const std::string& name) const {
  return connections_.read([&](const Session& session) { return read_setting(session, name); });
}

Result<Json> SqliteReleaseStore::settings() const {
  return connections_.read([](const Session& session) -> Result<Json> {
    TRY_ASSIGN(sql::Statement rows, session.query("release.settings"));
    Json all = Json::object();
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return all;
      Row row(rows);
      const std::string name = row.text();
      TRY_ASSIGN(all[name], row.json());
    }
  });
}

Result<int> SqliteReleaseStore::next_version(const std::string& model) const {
  return connections_.read([&](const Session& session) -> Result<int> {
    TRY_ASSIGN(sql::Statement rows, session.query("release.next_version", {text(model)}));
    TRY(rows.step());
    return Row(rows).integer_as<int>();
  });
}

Result<std::string> SqliteReleaseStore::author(const std::string& model, int version) const {
  return connections_.read([&](const Session& session) -> Result<std::string> {
    TRY_ASSIGN(sql::Statement rows,
               session.query("release.author", {text(model), number(version)}));
    TRY_ASSIGN(const bool exists, rows.step());
    return exists ? rows.text(0) : std::string();
  });
}

Result<std::vector<release::Switch>> SqliteReleaseStore::switches(
    std::size_t limit, const std::optional<SwitchId>& before) const {
  return connections_.read([&](const Session& session) -> Result<std::vector<release::Switch>> {
    TRY_ASSIGN(sql::Statement rows, session.query("release.switches", {number(limit), id(before)}));
    std::vector<release::Switch> all;
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return all;
      TRY_ASSIGN(release::Switch change, read_switch(Row(rows)));
      all.push_back(std::move(change));
    }
  });
}

Result<release::Switch> SqliteReleaseStore::find(const SwitchId& wanted) const {
  return connections_.read([&](const Session& session) -> Result<release::Switch> {
    TRY_ASSIGN(sql::Statement rows, session.query("release.find_switch", {id(wanted)}));
    TRY_ASSIGN(const bool exists, rows.step());
    if (!exists) return not_found(fmt::format("there is no switch {}", wanted.value()));
    return read_switch(Row(rows));
  });
}

Result<void> SqliteReleaseStore::apply(const release::Switch& change,
                                       const orchestration::AuditNote& note,
                                       std::span<const orchestration::Effect> effects) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(apply_switch(session, change,
                     {.actor = change.actor, .run = std::nullopt, .at = change.at}));
    for (const auto& effect : effects)
      TRY(add_effect(session, RunId(), effect));
    return append_audit(session, note, change.at);
  });
}

}  // namespace gossamer::store::sqlite
