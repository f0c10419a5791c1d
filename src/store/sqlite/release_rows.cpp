// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/release_rows.hpp"

#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

namespace {

Result<void> move_aliases(const Session& session, const release::Switch& change) {
  for (const release::AliasChange& alias : change.aliases) {
    if (!alias.to) {
      TRY(session.execute("release.remove_alias", {text(alias.model), text(alias.alias)}));
      continue;
    }
    {
      TRY_ASSIGN(sql::Statement rows,
                 session.query("release.version_exists", {text(alias.model), number(*alias.to)}));
      TRY_ASSIGN(const bool exists, rows.step());
      if (!exists) {
        return conflict(fmt::format("{}@{} cannot point to version {}: there is no such version",
                                    alias.model, alias.alias, *alias.to));
      }
    }
    TRY(session.execute("release.set_alias",
                        {text(alias.model), text(alias.alias), number(*alias.to), id(change.id)}));
  }
  return {};
}

Result<void> move_settings(const Session& session, const release::Switch& change) {
  for (const release::SettingChange& setting : change.settings) {
    if (setting.to.is_null()) {
      return invalid_input(fmt::format("setting `{}` needs a value", setting.name));
    }
    TRY(session.execute("release.set_setting",
                        {text(setting.name), text(stored(setting.to)), id(change.id)}));
  }
  return {};
}

Result<void> move_contents(const Session& session, const release::Switch& change,
                           const CatalogAuthor& author) {
  if (change.contents.empty()) return {};
  TRY_ASSIGN(const std::uint64_t version, raise_catalog(session, author));
  for (const release::ContentChange& content : change.contents) {
    TRY(make_current(session, content.table, content.key, content.to, version));
  }
  return {};
}

Result<void> check_not_undone(const Session& session, const release::Switch& change) {
  if (!change.undoes) return {};
  TRY_ASSIGN(sql::Statement rows, session.query("release.undone_by", {id(*change.undoes)}));
  TRY_ASSIGN(const bool undone, rows.step());
  if (!undone) return {};
  return conflict(fmt::format("{} was undone before, by {} with {}", change.undoes->value(),
                              rows.text(1), rows.text(0)));
}

}  // namespace

Result<std::optional<int>> read_alias(const Session& session, const std::string& model,
                                      const std::string& alias) {
  TRY_ASSIGN(sql::Statement rows, session.query("release.alias", {text(model), text(alias)}));
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) return std::optional<int>();
  return std::optional<int>(Row(rows).integer_as<int>());
}

Result<Json> read_setting(const Session& session, const std::string& name) {
  TRY_ASSIGN(sql::Statement rows, session.query("release.setting", {text(name)}));
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) return Json(nullptr);
  return Row(rows).json();
}

Result<release::Present> read_present(const Session& session, const release::Switch& change) {
  release::Present present;
  for (const release::AliasChange& alias : change.aliases) {
    TRY_ASSIGN(auto version, read_alias(session, alias.model, alias.alias));
    present.aliases.push_back(version);
  }
  for (const release::SettingChange& setting : change.settings) {
    TRY_ASSIGN(Json value, read_setting(session, setting.name));
    present.settings.push_back(std::move(value));
  }
  for (const release::ContentChange& content : change.contents) {
    TRY_ASSIGN(auto attempt, current_content(session, content.table, content.key));
    present.contents.push_back(std::move(attempt));
  }
  return present;
}

Result<void> apply_switch(const Session& session, const release::Switch& change,
                          const CatalogAuthor& author) {
  TRY(check_not_undone(session, change));
  TRY_ASSIGN(const release::Present present, read_present(session, change));
  TRY(release::check_applies(change, present));
  TRY(session.execute("release.add_switch",
                      {id(change.id), text(release::name_of(change.cause)), text(change.actor),
                       text(change.reason), instant(change.at), id(change.gate), id(change.undoes),
                       text(stored(release::to_json(change)))}));
  TRY(move_aliases(session, change));
  TRY(move_settings(session, change));
  return move_contents(session, change, author);
}

Result<void> add_version(const Session& session, const release::ModelRegistration& registration,
                         const VersionOrigin& origin) {
  {
    TRY_ASSIGN(sql::Statement rows,
               session.query("release.version_exists",
                             {text(registration.model), number(registration.version)}));
    TRY_ASSIGN(const bool exists, rows.step());
    if (exists) {
      return conflict(
          fmt::format("{}/{} exists already", registration.model, registration.version));
    }
  }
  TRY(session.execute(
      "release.add_version",
      {text(registration.model), number(registration.version), text(registration.folder),
       text(registration.digest.text()), text(registration.flavour),
       text(stored(registration.signature)), text(stored(registration.facts)),
       text(stored(registration.metrics)), id(origin.run), text(origin.step), instant(origin.at)}));
  return {};
}

}  // namespace gossamer::store::sqlite
