// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/run_store.hpp"

#include "models/registry.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/catalog_rows.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/gate_rows.hpp"
#include "store/sqlite/outbox_rows.hpp"
#include "store/sqlite/release_rows.hpp"
#include "store/sqlite/run_rows.hpp"

namespace gossamer::store::sqlite {

namespace {

using orchestration::RunState;
using orchestration::Transition;

// The moment that stamps what a transition leaves behind: every move has a history entry.
Instant moment_of(const Transition& transition) {
  return transition.history.empty() ? transition.after_run.created_at
                                    : transition.history.back().at;
}

std::string actor_of(const Transition& transition) {
  for (const auto& entry : transition.history) {
    if (!entry.actor.empty()) return entry.actor;
  }
  return transition.after_run.starter.name;
}

std::string step_that_made(const Transition& transition,
                           const release::ModelRegistration& registration) {
  const auto& run = transition.after_run;
  for (const auto& step : transition.steps) {
    const bool is_it = step.result.model && step.result.model->model == registration.model;
    if (is_it && run.pipeline && step.step < run.pipeline->steps.size()) {
      return run.pipeline->steps[step.step].name;
    }
  }
  return "";
}

// A partition that somebody else changed after the run fixed what it reads is not overwritten.
Result<void> publish(const Session& session, const Transition& transition,
                     const release::Publication& publication, const CatalogAuthor& author) {
  const release::PartitionContent& content = publication.content;
  TRY(check_unlocked(session, content.table, content.key, content.attempt));
  TRY(add_content(session, publication, author));
  if (publication.visibility == release::Visibility::candidate) return {};
  TRY_ASSIGN(const auto current, current_content(session, content.table, content.key));
  if (current == content.attempt) return {};
  TRY_ASSIGN(const LastChange last, last_change(session, content.table, content.key));
  const std::uint64_t pinned = transition.after_run.pins.catalog;
  if (last.version > pinned && last.run != transition.run) {
    return conflict(fmt::format(
        "{} {} was changed{} at catalog version {}, after {} began to read at version {}; run it "
        "again on the latest data",
        content.table, content.key.text(), last.run ? " by " + last.run->value() : "", last.version,
        transition.run.value(), pinned));
  }
  TRY_ASSIGN(const std::uint64_t version, raise_catalog(session, author));
  return make_current(session, content.table, content.key, content.attempt, version);
}

// What the step's report says that scored its rows: `model`, or each of `models`.
std::vector<models::Name> models_used(const orchestration::StepState& step) {
  std::vector<models::Name> used;
  const auto add = [&](const Json& report) {
    if (!report.is_object() || !report.contains("model") || !report["model"].is_string()) return;
    auto name = models::Name::parse(report["model"].get<std::string>());
    if (name && name->version) used.push_back(*std::move(name));
  };
  const Json& report = step.result.report;
  add(report);
  if (report.is_object() && report.contains("models")) {
    for (const Json& each : report["models"])
      add(each);
  }
  return used;
}

// From rows to the versions that made them, for as long as the rows are kept.
Result<void> write_lineage(const Session& session, const orchestration::StepState& step) {
  for (const release::Publication& publication : step.result.publications) {
    for (const models::Name& model : models_used(step)) {
      TRY(session.execute(
          "release.add_content_model",
          {id(publication.content.attempt), text(model.model), number(model.version.value_or(0))}));
    }
  }
  return {};
}

Result<void> write_releases(const Session& session, const Transition& transition) {
  const CatalogAuthor author{
      .actor = actor_of(transition), .run = transition.run, .at = moment_of(transition)};
  for (const release::ModelRegistration& model : transition.models) {
    TRY(add_version(
        session, model,
        {.run = transition.run, .step = step_that_made(transition, model), .at = author.at}));
  }
  for (const release::Publication& publication : transition.publications) {
    TRY(publish(session, transition, publication, author));
  }
  if (transition.applied_switch && !transition.applied_switch->empty()) {
    TRY(apply_switch(session, *transition.applied_switch, author));
  }
  return {};
}

Result<void> write_history(const Session& session, const Transition& transition) {
  std::int64_t ordinal = 0;
  for (const auto& entry : transition.history) {
    TRY(session.execute("runs.add_history",
                        {id(transition.run), number(transition.expected_revision + 1),
                         number(ordinal), instant(entry.at), text(entry.what), text(entry.cause),
                         text(entry.actor), text(stored(entry.details))}));
    ++ordinal;
  }
  return {};
}

Result<void> write(const Session& session, const Transition& transition) {
  TRY(put_run(session, transition));
  TRY(write_releases(session, transition));
  for (const auto& step : transition.steps) {
    TRY(put_step(session, transition.after_run, step));
    TRY(write_lineage(session, step));
  }
  for (const auto& attempt : transition.attempts)
    TRY(put_attempt(session, attempt));
  for (const auto& gate : transition.gates)
    TRY(put_gate(session, gate));
  TRY(write_history(session, transition));
  for (const auto& effect : transition.effects)
    TRY(add_effect(session, transition.run, effect));
  for (const auto& note : transition.audit) {
    TRY(append_audit(session, note, moment_of(transition)));
  }
  return {};
}

FindDefinition finder(const orchestration::Definitions& definitions) {
  return [&definitions](const Digest& digest) { return definitions.find(digest); };
}

}  // namespace

Result<void> SqliteRunStore::commit(std::span<const Transition> transitions,
                                    std::span<const std::int64_t> acknowledged) {
  if (transitions.empty() && acknowledged.empty()) return {};
  return connections_.write([&](const Session& session) -> Result<void> {
    for (const Transition& transition : transitions) {
      auto written = write(session, transition);
      if (!written) {
        return std::unexpected(
            written.error().wrapped(fmt::format("{} cannot be moved on", transition.run.value())));
      }
    }
    for (const std::int64_t row : acknowledged) {
      TRY(session.execute("outbox.acknowledge", {number(row)}));
    }
    return {};
  });
}

Result<std::vector<RunState>> SqliteRunStore::load_open() const {
  return connections_.read([&](const Session& session) -> Result<std::vector<RunState>> {
    TRY_ASSIGN(const std::vector<RunId> ids, open_runs(session));
    std::vector<RunState> runs;
    runs.reserve(ids.size());
    for (const RunId& run : ids) {
      TRY_ASSIGN(RunState state, read_run(session, run, finder(definitions_)));
      runs.push_back(std::move(state));
    }
    return runs;
  });
}

Result<RunState> SqliteRunStore::load(const RunId& run) const {
  return connections_.read(
      [&](const Session& session) { return read_run(session, run, finder(definitions_)); });
}

Result<std::optional<RunId>> SqliteRunStore::created_by(const std::string& request_key) const {
  return connections_.read([&](const Session& session) -> Result<std::optional<RunId>> {
    TRY_ASSIGN(sql::Statement rows, session.query("runs.created_by", {text(request_key)}));
    TRY_ASSIGN(const bool exists, rows.step());
    if (!exists) return std::optional<RunId>();
    TRY_ASSIGN(RunId run, Row(rows).parsed<RunId>());
    return std::optional<RunId>(std::move(run));
  });
}

Result<std::vector<orchestration::OutboxRow>> SqliteRunStore::outbox(std::int64_t after) const {
  return connections_.read([&](const Session& session) { return read_outbox(session, after); });
}

Result<std::size_t> SqliteRunStore::archive(Instant before, std::size_t limit) {
  const auto folder = connections_.file().parent_path();
  return connections_.write(
      [&](const Session& session) { return archive_runs(session, folder, before, limit); });
}

Result<std::uint64_t> SqliteRunStore::catalog_version() const {
  return connections_.read(
      [](const Session& session) { return store::sqlite::catalog_version(session); });
}

Result<std::vector<orchestration::RunSummary>> SqliteRunStore::list(
    const orchestration::RunFilter& filter) const {
  return connections_.read([&](const Session& session) { return list_runs(session, filter); });
}

Result<std::vector<orchestration::HistoryEntry>> SqliteRunStore::history(const RunId& run) const {
  return connections_.read([&](const Session& session) { return read_history(session, run); });
}

Result<std::vector<orchestration::AttemptRow>> SqliteRunStore::attempts(const RunId& run) const {
  return connections_.read([&](const Session& session) { return read_attempts(session, run); });
}

}  // namespace gossamer::store::sqlite
