// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/catalog_store.hpp"

#include "base/suggest.hpp"
#include "store/sqlite/catalog_rows.hpp"
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

namespace {

using warehouse::ContentEntry;
using warehouse::Snapshot;
using warehouse::TableEntry;

Result<std::vector<release::ColumnSchema>> read_columns(Row& row) {
  TRY_ASSIGN(const Json json, row.json());
  std::vector<release::ColumnSchema> columns;
  for (const Json& column : json) {
    TRY_ASSIGN(std::string name, require<std::string>(column, "name"));
    TRY_ASSIGN(std::string type, require<std::string>(column, "type"));
    columns.push_back({.name = std::move(name), .type = std::move(type)});
  }
  return columns;
}

Result<std::vector<TableEntry>> read_tables(const Session& session, const sql::Value& name) {
  TRY_ASSIGN(sql::Statement rows, session.query("catalog.tables", {name}));
  std::vector<TableEntry> tables;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return tables;
    Row row(rows);
    TableEntry table;
    table.name = row.text();
    TRY_ASSIGN(const Json keys, row.json());
    for (const Json& key : keys) {
      if (key.is_string()) table.key_columns.push_back(key.get<std::string>());
    }
    TRY_ASSIGN(table.schema, read_columns(row));
    table.updated_at = row.instant();
    table.partitions = row.integer_as<std::uint64_t>();
    table.rows = row.integer_as<std::uint64_t>();
    tables.push_back(std::move(table));
  }
}

std::string shown(const std::optional<AttemptId>& attempt) {
  return attempt ? attempt->value() : "none";
}

Result<void> check_expected(const Session& session, const release::PartitionContent& content,
                            const std::optional<AttemptId>& expected) {
  TRY_ASSIGN(const auto current, current_content(session, content.table, content.key));
  if (current == expected || current == content.attempt) return {};
  return conflict(fmt::format("{} {} has moved meanwhile: it held {} and holds {} now; start again",
                              content.table, content.key.text(), shown(expected), shown(current)));
}

Result<void> check_not_writing(const Session& session, const std::string& table,
                               const release::PartitionKey& key) {
  TRY_ASSIGN(sql::Statement rows,
             session.query("catalog.writing_attempt", {text(table), text(key.text())}));
  TRY_ASSIGN(const bool is_written, rows.step());
  if (!is_written) return {};
  return conflict(
      fmt::format("{} {} is being written by step {} of {} ({}); wait for it, or cancel "
                  "the run",
                  table, key.text(), rows.text(2), rows.text(1), rows.text(0)));
}

}  // namespace

Result<std::uint64_t> SqliteCatalogStore::version() const {
  return connections_.read([](const Session& session) { return catalog_version(session); });
}

Result<std::uint64_t> SqliteCatalogStore::version_at(Instant at) const {
  return connections_.read([&](const Session& session) -> Result<std::uint64_t> {
    TRY_ASSIGN(sql::Statement rows, session.query("catalog.version_at", {instant(at)}));
    TRY(rows.step());
    return Row(rows).integer_as<std::uint64_t>();
  });
}

Result<std::vector<TableEntry>> SqliteCatalogStore::tables() const {
  return connections_.read([](const Session& session) { return read_tables(session, nullptr); });
}

Result<TableEntry> SqliteCatalogStore::find_table(const std::string& table) const {
  return connections_.read([&](const Session& session) -> Result<TableEntry> {
    TRY_ASSIGN(auto found, read_tables(session, text(table)));
    if (!found.empty()) return std::move(found.front());
    TRY_ASSIGN(const auto all, read_tables(session, nullptr));
    std::vector<std::string> names;
    for (const TableEntry& known : all)
      names.push_back(known.name);
    return not_found(fmt::format("there is no table `{}`{}", table, did_you_mean(table, names)));
  });
}

Result<Snapshot> SqliteCatalogStore::snapshot(const std::string& table,
                                              std::uint64_t version) const {
  return connections_.read([&](const Session& session) -> Result<Snapshot> {
    TRY_ASSIGN(const std::uint64_t newest, catalog_version(session));
    if (version > newest) {
      return not_found(
          fmt::format("the catalog has no version {} yet: it is at {}", version, newest));
    }
    TRY_ASSIGN(sql::Statement rows,
               session.query("catalog.snapshot", {text(table), number(version)}));
    Snapshot snapshot{.table = table, .version = version, .contents = {}};
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return snapshot;
      Row row(rows);
      TRY_ASSIGN(release::PartitionContent content, read_content(row));
      snapshot.contents.push_back(std::move(content));
    }
  });
}

Result<std::optional<release::PartitionContent>> SqliteCatalogStore::current(
    const std::string& table, const release::PartitionKey& key) const {
  using Found = std::optional<release::PartitionContent>;
  return connections_.read([&](const Session& session) -> Result<Found> {
    TRY_ASSIGN(sql::Statement rows,
               session.query("catalog.current_content", {text(table), text(key.text())}));
    TRY_ASSIGN(const bool is_there, rows.step());
    if (!is_there) return Found();
    Row row(rows);
    TRY_ASSIGN(release::PartitionContent content, read_content(row));
    return Found(std::move(content));
  });
}

Result<std::vector<ContentEntry>> SqliteCatalogStore::contents(const std::string& table) const {
  return connections_.read([&](const Session& session) -> Result<std::vector<ContentEntry>> {
    TRY_ASSIGN(sql::Statement rows, session.query("catalog.contents", {text(table)}));
    std::vector<ContentEntry> entries;
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return entries;
      Row row(rows);
      ContentEntry entry;
      TRY_ASSIGN(entry.content, read_content(row));
      if (const auto from = row.optional_integer()) entry.from = static_cast<std::uint64_t>(*from);
      if (const auto until = row.optional_integer()) {
        entry.until = static_cast<std::uint64_t>(*until);
      }
      const std::string candidate = row.text();
      if (!entry.from) entry.candidate = candidate;
      TRY_ASSIGN(const std::optional<RunId> run, row.optional_parsed<RunId>());
      if (run) entry.run = *run;
      entry.written_at = row.instant();
      entries.push_back(std::move(entry));
    }
  });
}

Result<std::uint64_t> SqliteCatalogStore::publish(
    const std::vector<release::Publication>& publications,
    const std::vector<std::optional<AttemptId>>& expected, const std::string& actor, Instant at) {
  if (publications.size() != expected.size()) {
    return bug("a publish names other partitions than it expects something of");
  }
  return connections_.write([&](const Session& session) -> Result<std::uint64_t> {
    const CatalogAuthor author{.actor = actor, .run = std::nullopt, .at = at};
    std::optional<std::uint64_t> version;
    for (std::size_t at_index = 0; at_index < publications.size(); ++at_index) {
      const release::Publication& publication = publications[at_index];
      const release::PartitionContent& content = publication.content;
      TRY(check_unlocked(session, content.table, content.key, content.attempt));
      TRY(check_expected(session, content, expected[at_index]));
      TRY(add_content(session, publication, author));
      if (publication.visibility == release::Visibility::candidate) continue;
      TRY_ASSIGN(const auto current, current_content(session, content.table, content.key));
      if (current == content.attempt) continue;
      if (!version) {
        TRY_ASSIGN(version, raise_catalog(session, author));
      }
      TRY(make_current(session, content.table, content.key, content.attempt, *version));
    }
    if (version) return *version;
    return catalog_version(session);
  });
}

Result<void> SqliteCatalogStore::forget(const std::vector<AttemptId>& attempts) {
  if (attempts.empty()) return {};
  return connections_.write([&](const Session& session) -> Result<void> {
    for (const AttemptId& attempt : attempts) {
      {
        TRY_ASSIGN(sql::Statement rows, session.query("catalog.current_of_attempt", {id(attempt)}));
        TRY_ASSIGN(const bool is_current, rows.step());
        if (is_current) {
          return conflict(fmt::format("{} {} holds what {} wrote: it cannot be forgotten",
                                      rows.text(0), rows.text(1), attempt.value()));
        }
      }
      TRY(session.execute("catalog.forget_validities", {id(attempt)}));
      TRY(session.execute("catalog.forget_contents", {id(attempt)}));
    }
    return {};
  });
}

Result<std::vector<AttemptId>> SqliteCatalogStore::needed(Instant now,
                                                          const warehouse::KeepRules& rules) const {
  constexpr Duration grace = std::chrono::hours(1);
  const auto rule = [&](const warehouse::Keep& keep) {
    return Json{{"versions", keep.versions},
                {"since_us", (now - keep.age).time_since_epoch().count()}};
  };
  Json keep = {{"", rule(warehouse::Keep())}};
  for (const auto& [table, kept] : rules.tables)
    keep[table] = rule(kept);
  return connections_.read([&](const Session& session) -> Result<std::vector<AttemptId>> {
    TRY_ASSIGN(sql::Statement rows,
               session.query("catalog.needed", {instant(now - grace), text(stored(keep)),
                                                instant(now - rules.evidence)}));
    std::vector<AttemptId> attempts;
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return attempts;
      TRY_ASSIGN(AttemptId attempt, Row(rows).parsed<AttemptId>());
      attempts.push_back(std::move(attempt));
    }
  });
}

Result<std::vector<warehouse::TableChange>> SqliteCatalogStore::changes(
    const std::string& table) const {
  using Changes = std::vector<warehouse::TableChange>;
  return connections_.read([&](const Session& session) -> Result<Changes> {
    TRY_ASSIGN(sql::Statement rows, session.query("catalog.changes", {text(table)}));
    Changes changes;
    while (true) {
      TRY_ASSIGN(const bool more, rows.step());
      if (!more) return changes;
      Row row(rows);
      warehouse::TableChange change;
      change.version = row.integer_as<std::uint64_t>();
      change.at = row.instant();
      change.actor = row.text();
      TRY_ASSIGN(change.run, row.optional_parsed<RunId>());
      change.added = row.integer_as<std::uint64_t>();
      change.replaced = row.integer_as<std::uint64_t>();
      change.removed = row.integer_as<std::uint64_t>();
      change.partition = row.text();
      changes.push_back(std::move(change));
    }
  });
}

Result<void> SqliteCatalogStore::lock(const std::string& table,
                                      const std::vector<release::PartitionKey>& keys,
                                      const AttemptId& holder, const std::string& actor,
                                      Instant at) {
  return connections_.write([&](const Session& session) -> Result<void> {
    for (const release::PartitionKey& key : keys) {
      const std::string key_text = key.text();
      TRY(check_unlocked(session, table, key, holder));
      TRY(check_not_writing(session, table, key));
      TRY(session.execute("catalog.lock",
                          {text(table), text(key_text), id(holder), text(actor), instant(at)}));
    }
    return {};
  });
}

Result<void> SqliteCatalogStore::unlock(const AttemptId& holder) {
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(session.execute("catalog.unlock", {id(holder)}));
    return {};
  });
}

Result<void> SqliteCatalogStore::unlock_all() {
  return connections_.write([](const Session& session) -> Result<void> {
    TRY(session.execute("catalog.unlock_all"));
    return {};
  });
}

}  // namespace gossamer::store::sqlite
