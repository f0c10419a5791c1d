// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/backfill_store.hpp"

#include <fmt/format.h>

#include <limits>

#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

using orchestration::Backfill;
using orchestration::BackfillRow;
using orchestration::BackfillView;
using orchestration::PartitionFacts;
using orchestration::PinnedVersions;
using orchestration::RowFilter;

namespace {

Json names_of(const std::set<orchestration::Reprocess>& reasons) {
  Json names = Json::array();
  for (const auto reason : reasons)
    names.push_back(orchestration::name_of(reason));
  return names;
}

Result<std::set<orchestration::Reprocess>> reasons_in(const Json& names) {
  std::set<orchestration::Reprocess> reasons;
  for (const auto& name : names) {
    TRY_ASSIGN(const auto reason, orchestration::parse_reprocess(name.get<std::string>()));
    reasons.insert(reason);
  }
  return reasons;
}

sql::Value microseconds(const std::optional<Duration>& duration) {
  return duration ? sql::Value(std::int64_t{duration->count()}) : sql::Value(nullptr);
}

Result<Backfill> read_backfill(Row row) {
  Backfill backfill;
  TRY_ASSIGN(backfill.id, row.parsed<PlanId>());
  TRY_ASSIGN(backfill.definition, row.parsed<Digest>());
  backfill.pipeline = row.text();
  backfill.first = row.text();
  backfill.last = row.text();
  TRY_ASSIGN(const Json reasons, row.json());
  TRY_ASSIGN(backfill.reprocess, reasons_in(reasons));
  backfill.model = row.text();
  TRY_ASSIGN(backfill.params, row.json());
  TRY_ASSIGN(backfill.status, row.named(orchestration::parse_backfill_status));
  TRY_ASSIGN(backfill.order, row.named(orchestration::parse_backfill_order));
  backfill.max_active = row.integer_as<int>();
  TRY_ASSIGN(backfill.on_failure, row.named(orchestration::parse_failure_rule));
  backfill.failures = row.integer_as<int>();
  backfill.message = row.text();
  if (const auto expected = row.optional_integer()) backfill.expected = Duration(*expected);
  backfill.planned_by = row.text();
  backfill.planned_at = row.instant();
  backfill.starter.name = row.text();
  backfill.starter.verified = row.flag();
  backfill.starter.channel = row.text();
  backfill.applier = row.text();
  backfill.started_at = row.optional_instant();
  backfill.finished_at = row.optional_instant();
  return backfill;
}

Result<std::int64_t> sequence_of(const Session& session, const PlanId& plan) {
  TRY_ASSIGN(sql::Statement rows, session.query("backfills.sequence", {id(plan)}));
  TRY_ASSIGN(const bool exists, rows.step());
  if (exists) return rows.integer(0);
  return not_found(fmt::format("there is no plan {}: see gossamer backfills list", plan.value()));
}

Result<BackfillView> read_view(const Session& session, const PlanId& plan) {
  BackfillView view;
  TRY_ASSIGN(const std::int64_t sequence, sequence_of(session, plan));
  TRY_ASSIGN(sql::Statement found, session.query("backfills.find", {id(plan)}));
  TRY(found.step());
  TRY_ASSIGN(view.backfill, read_backfill(Row(found)));
  TRY_ASSIGN(sql::Statement counts, session.query("backfills.counts", {number(sequence)}));
  while (true) {
    TRY_ASSIGN(const bool more, counts.step());
    if (!more) return view;
    Row row(counts);
    TRY_ASSIGN(const auto status, row.named(orchestration::parse_partition_status));
    orchestration::count_of(view.counts, status) = row.integer();
  }
}

Result<std::vector<PlanId>> read_ids(sql::Statement rows) {
  std::vector<PlanId> ids;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return ids;
    TRY_ASSIGN(auto plan, Row(rows).parsed<PlanId>());
    ids.push_back(std::move(plan));
  }
}

}  // namespace

Result<void> SqliteBackfillStore::add(const Backfill& backfill, std::span<const BackfillRow> rows,
                                      const orchestration::AuditNote& note) {
  const std::string reasons = stored(names_of(backfill.reprocess));
  const std::string params = stored(backfill.params);
  const std::string rule = text_of(backfill.on_failure);
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY(session.execute("backfills.add", {id(backfill.id),
                                          text(backfill.definition.text()),
                                          text(backfill.pipeline),
                                          text(backfill.first),
                                          text(backfill.last),
                                          text(reasons),
                                          text(backfill.model),
                                          text(params),
                                          text(name_of(backfill.status)),
                                          text(name_of(backfill.order)),
                                          number(backfill.max_active),
                                          text(rule),
                                          number(backfill.failures),
                                          text(backfill.message),
                                          microseconds(backfill.expected),
                                          text(backfill.planned_by),
                                          instant(backfill.planned_at),
                                          text(backfill.starter.name),
                                          number(backfill.starter.verified),
                                          text(backfill.starter.channel),
                                          text(backfill.applier),
                                          instant(backfill.started_at),
                                          instant(backfill.finished_at)}));
    const std::int64_t sequence = session.database().last_row_id();
    for (const auto& row : rows) {
      const std::string key = row.partition.text();
      TRY(session.execute("backfills.add_row", {number(sequence), number(row.ordinal), text(key),
                                                text(name_of(row.reason)), text(row.detail),
                                                text(name_of(row.status)), id(row.run)}));
    }
    return append_audit(session, note, backfill.planned_at);
  });
}

Result<void> SqliteBackfillStore::put(const Backfill& backfill, std::span<const BackfillRow> rows,
                                      const std::optional<orchestration::AuditNote>& note,
                                      Instant at) {
  const std::string rule = text_of(backfill.on_failure);
  return connections_.write([&](const Session& session) -> Result<void> {
    TRY_ASSIGN(const std::int64_t sequence, sequence_of(session, backfill.id));
    TRY(session.execute(
        "backfills.put",
        {id(backfill.id), text(name_of(backfill.status)), text(name_of(backfill.order)),
         number(backfill.max_active), text(rule), number(backfill.failures), text(backfill.message),
         text(backfill.starter.name), number(backfill.starter.verified),
         text(backfill.starter.channel), instant(backfill.started_at),
         instant(backfill.finished_at)}));
    for (const auto& row : rows) {
      TRY(session.execute("backfills.put_row",
                          {number(sequence), number(row.ordinal), text(row.detail),
                           text(name_of(row.status)), id(row.run)}));
    }
    if (!note) return {};
    return append_audit(session, *note, at);
  });
}

Result<BackfillView> SqliteBackfillStore::find(const PlanId& plan) const {
  return connections_.read(
      [&](const Session& session) -> Result<BackfillView> { return read_view(session, plan); });
}

Result<std::vector<BackfillView>> SqliteBackfillStore::list(
    std::size_t limit, const std::optional<PlanId>& before) const {
  return connections_.read([&](const Session& session) -> Result<std::vector<BackfillView>> {
    TRY_ASSIGN(sql::Statement rows, session.query("backfills.list", {number(limit), id(before)}));
    TRY_ASSIGN(const auto plans, read_ids(std::move(rows)));
    std::vector<BackfillView> views;
    for (const auto& plan : plans) {
      TRY_ASSIGN(auto view, read_view(session, plan));
      views.push_back(std::move(view));
    }
    return views;
  });
}

Result<std::vector<Backfill>> SqliteBackfillStore::open() const {
  return connections_.read([&](const Session& session) -> Result<std::vector<Backfill>> {
    TRY_ASSIGN(sql::Statement rows, session.query("backfills.open"));
    TRY_ASSIGN(const auto plans, read_ids(std::move(rows)));
    std::vector<Backfill> open;
    for (const auto& plan : plans) {
      TRY_ASSIGN(sql::Statement found, session.query("backfills.find", {id(plan)}));
      TRY(found.step());
      TRY_ASSIGN(auto backfill, read_backfill(Row(found)));
      open.push_back(std::move(backfill));
    }
    return open;
  });
}

Result<std::vector<BackfillRow>> SqliteBackfillStore::rows(const PlanId& plan,
                                                           const RowFilter& filter) const {
  const bool is_newest = filter.order == orchestration::BackfillOrder::newest;
  const std::int64_t edge = is_newest ? std::numeric_limits<std::int64_t>::max() : 0;
  const sql::Value status = filter.status ? text(name_of(*filter.status)) : sql::Value(nullptr);
  return connections_.read([&](const Session& session) -> Result<std::vector<BackfillRow>> {
    TRY_ASSIGN(const std::int64_t sequence, sequence_of(session, plan));
    TRY_ASSIGN(sql::Statement found,
               session.query(is_newest ? "backfills.rows_newest" : "backfills.rows",
                             {number(sequence), number(filter.after.value_or(edge)), status,
                              number(filter.limit)}));
    std::vector<BackfillRow> rows;
    while (true) {
      TRY_ASSIGN(const bool more, found.step());
      if (!more) return rows;
      Row read(found);
      BackfillRow row;
      row.ordinal = read.integer();
      TRY_ASSIGN(row.partition, read.parsed<release::PartitionKey>());
      TRY_ASSIGN(row.reason, read.named(orchestration::parse_reprocess));
      row.detail = read.text();
      TRY_ASSIGN(row.status, read.named(orchestration::parse_partition_status));
      TRY_ASSIGN(row.run, read.optional_parsed<RunId>());
      rows.push_back(std::move(row));
    }
  });
}

// --- What runs have made -------------------------------------------------------------------------

Result<std::vector<PartitionFacts>> SqliteBackfillStore::facts(const std::string& pipeline,
                                                               const std::string& model) const {
  return connections_.read([&](const Session& session) -> Result<std::vector<PartitionFacts>> {
    TRY_ASSIGN(sql::Statement found,
               session.query("backfills.facts", {text(pipeline), text(model)}));
    std::vector<PartitionFacts> facts;
    std::string last;
    while (true) {
      TRY_ASSIGN(const bool more, found.step());
      if (!more) return facts;
      if (facts.empty() || found.text_view(0) != last) {
        last = found.text(0);
        TRY_ASSIGN(auto key, Row(found).parsed<release::PartitionKey>());
        facts.push_back(PartitionFacts{std::move(key), {}, std::nullopt, std::nullopt});
      }
      Row row(found);
      static_cast<void>(row.text());
      TRY_ASSIGN(auto run, row.parsed<RunId>());
      TRY_ASSIGN(facts.back().newest, row.named(orchestration::parse_run_status));
      if (facts.back().newest != orchestration::RunStatus::succeeded) continue;
      facts.back().made_by = std::move(run);
      TRY_ASSIGN(facts.back().definition, row.parsed<Digest>());
    }
  });
}

Result<std::vector<PinnedVersions>> SqliteBackfillStore::versions(const std::string& pipeline,
                                                                  const std::string& model) const {
  return connections_.read([&](const Session& session) -> Result<std::vector<PinnedVersions>> {
    TRY_ASSIGN(sql::Statement found,
               session.query("backfills.versions", {text(pipeline), text(model)}));
    std::vector<PinnedVersions> versions;
    std::string run;
    while (true) {
      TRY_ASSIGN(const bool more, found.step());
      if (!more) return versions;
      Row row(found);
      TRY_ASSIGN(auto key, row.parsed<release::PartitionKey>());
      const bool is_new = versions.empty() || versions.back().partition != key;
      if (is_new) versions.push_back(PinnedVersions{std::move(key), Json::object()});
      // A newer run takes the place of those before it.
      if (const std::string next = row.text(); next != run) {
        run = next;
        versions.back().pins = Json::object();
      }
      TRY_ASSIGN(const Json pins, row.json());
      versions.back().pins.update(pins);
    }
  });
}

Result<std::set<release::PartitionKey>> SqliteBackfillStore::written(
    const std::string& table) const {
  return connections_.read([&](const Session& session) -> Result<std::set<release::PartitionKey>> {
    TRY_ASSIGN(sql::Statement found, session.query("backfills.written", {text(table)}));
    std::set<release::PartitionKey> keys;
    while (true) {
      TRY_ASSIGN(const bool more, found.step());
      if (!more) return keys;
      TRY_ASSIGN(auto key, Row(found).parsed<release::PartitionKey>());
      keys.insert(std::move(key));
    }
  });
}

}  // namespace gossamer::store::sqlite
