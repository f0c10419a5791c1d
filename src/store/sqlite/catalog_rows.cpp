// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/catalog_rows.hpp"

#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

namespace {

Json key_columns_of(const release::PartitionKey& key) {
  Json names = Json::array();
  for (const auto& [name, value] : key.pairs)
    names.push_back(name);
  return names;
}

}  // namespace

Result<std::uint64_t> catalog_version(const Session& session) {
  TRY_ASSIGN(sql::Statement rows, session.query("catalog.version"));
  TRY(rows.step());
  return Row(rows).integer_as<std::uint64_t>();
}

Result<std::uint64_t> raise_catalog(const Session& session, const CatalogAuthor& author) {
  TRY_ASSIGN(
      sql::Statement rows,
      session.query("catalog.raise", {instant(author.at), text(author.actor), id(author.run)}));
  TRY(rows.step());
  const auto version = Row(rows).integer_as<std::uint64_t>();
  TRY(rows.step());  // an INSERT with RETURNING takes effect when it is stepped to its end
  return version;
}

Result<void> add_content(const Session& session, const release::Publication& publication,
                         const CatalogAuthor& author) {
  const release::PartitionContent& content = publication.content;
  const std::string key = content.key.text();
  const Json json = release::to_json(content);
  {
    TRY_ASSIGN(sql::Statement rows,
               session.query("catalog.content_digest",
                             {text(content.table), text(key), id(content.attempt)}));
    TRY_ASSIGN(const bool exists, rows.step());
    if (exists) {
      if (rows.text_view(0) == content.digest.text()) return {};
      return conflict(fmt::format("{} {}: attempt {} has published other content before",
                                  content.table, key, content.attempt.value()));
    }
  }
  const std::string columns = stored(json["schema"]);
  const std::string key_columns = stored(key_columns_of(content.key));
  TRY(session.execute("catalog.add_table",
                      {text(content.table), text(key_columns), text(columns), instant(author.at)}));
  TRY(session.execute(
      "catalog.add_content",
      {text(content.table), text(key), id(content.attempt), id(author.run),
       text(publication.candidate), number(content.rows), text(content.digest.text()),
       text(stored(json["files"])), text(columns), text(stored(json["facts"])),
       text(stored(content.checks)), instant(author.at)}));
  if (publication.visibility == release::Visibility::current) {
    TRY(session.execute("catalog.touch_table", {text(content.table), text(key_columns),
                                                text(columns), instant(author.at)}));
  }
  return {};
}

Result<void> check_unlocked(const Session& session, const std::string& table,
                            const release::PartitionKey& key, const AttemptId& writer) {
  TRY_ASSIGN(sql::Statement rows,
             session.query("catalog.lock_holder", {text(table), text(key.text())}));
  TRY_ASSIGN(const bool is_locked, rows.step());
  if (!is_locked || rows.text_view(0) == writer.value()) return {};
  return conflict(
      fmt::format("{} {} is being written by an import of {} ({}); try again when it is "
                  "done",
                  table, key.text(), rows.text(1), rows.text(0)));
}

Result<std::optional<AttemptId>> current_content(const Session& session, const std::string& table,
                                                 const release::PartitionKey& key) {
  TRY_ASSIGN(sql::Statement rows,
             session.query("catalog.current", {text(table), text(key.text())}));
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) return std::optional<AttemptId>();
  TRY_ASSIGN(AttemptId attempt, Row(rows).parsed<AttemptId>());
  return std::optional<AttemptId>(std::move(attempt));
}

Result<LastChange> last_change(const Session& session, const std::string& table,
                               const release::PartitionKey& key) {
  TRY_ASSIGN(sql::Statement rows,
             session.query("catalog.last_change", {text(table), text(key.text())}));
  TRY(rows.step());
  Row row(rows);
  LastChange change;
  change.version = row.integer_as<std::uint64_t>();
  TRY_ASSIGN(change.run, row.optional_parsed<RunId>());
  return change;
}

Result<void> make_current(const Session& session, const std::string& table,
                          const release::PartitionKey& key, const std::optional<AttemptId>& attempt,
                          std::uint64_t version) {
  const std::string key_text = key.text();
  TRY(session.execute("catalog.end_current", {text(table), text(key_text), number(version)}));
  if (!attempt) return {};
  TRY_ASSIGN(sql::Statement rows,
             session.query("catalog.content_digest", {text(table), text(key_text), id(*attempt)}));
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) {
    return conflict(
        fmt::format("{} {}: what attempt {} wrote is not there any more; it was "
                    "collected as garbage",
                    table, key_text, attempt->value()));
  }
  TRY(session.execute("catalog.begin_current",
                      {text(table), text(key_text), number(version), id(*attempt)}));
  return {};
}

Result<release::PartitionContent> read_content(Row& row) {
  Json json;
  json["table"] = row.text();
  json["partition"] = row.text();
  json["attempt"] = row.text();
  json["rows"] = row.integer_as<std::uint64_t>();
  json["digest"] = row.text();
  TRY_ASSIGN(json["files"], row.json());
  TRY_ASSIGN(json["schema"], row.json());
  TRY_ASSIGN(json["facts"], row.json());
  TRY_ASSIGN(json["checks"], row.json());
  auto content = release::partition_content_from_json(json);
  if (!content) {
    return unavailable("the catalog holds a content that cannot be read: " +
                       content.error().message);
  }
  return content;
}

}  // namespace gossamer::store::sqlite
