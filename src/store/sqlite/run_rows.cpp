// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/run_rows.hpp"

#include "store/sqlite/archive.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/gate_rows.hpp"

namespace gossamer::store::sqlite {

namespace {

using orchestration::AttemptRow;
using orchestration::HistoryEntry;
using orchestration::RunHeader;
using orchestration::RunState;
using orchestration::RunSummary;
using orchestration::StepResult;
using orchestration::StepState;
using orchestration::Transition;

sql::Value text_or_null(const std::optional<std::string>& value) {
  return value ? sql::Value(std::string_view(*value)) : sql::Value(nullptr);
}

std::optional<std::string> stored_failure(const std::optional<orchestration::Failure>& failure) {
  if (!failure) return std::nullopt;
  return stored(orchestration::to_json(*failure));
}

std::optional<std::string> stored_result(const StepResult& result) {
  const bool is_empty = result.outputs.empty() && result.publications.empty() && !result.model &&
                        result.report.is_null() && result.rows == 0;
  if (is_empty) return std::nullopt;
  return stored(orchestration::to_json(result));
}

Result<std::optional<orchestration::Failure>> read_failure(Row& row) {
  TRY_ASSIGN(const std::optional<Json> json, row.optional_json());
  if (!json) return std::optional<orchestration::Failure>();
  TRY_ASSIGN(orchestration::Failure failure, orchestration::failure_from_json(*json));
  return std::optional<orchestration::Failure>(std::move(failure));
}

Result<void> add_run(const Session& session, const RunHeader& run) {
  if (!run.definition || !run.pipeline) {
    return bug(fmt::format("{} is to be stored without its definition", run.id.value()));
  }
  const bool has_request = !run.request_key.empty();
  TRY(session.execute("runs.add", {id(run.id),
                                   text(run.definition->digest.text()),
                                   text(run.pipeline->name),
                                   text(run.partition.text()),
                                   text(orchestration::name_of(run.status)),
                                   number(1),
                                   text(stored(run.params)),
                                   text(run.starter.name),
                                   number(run.starter.verified),
                                   text(run.starter.channel),
                                   text(run.applier),
                                   text(run.cause.kind),
                                   id(run.cause.parent),
                                   text(run.cause.detail),
                                   has_request ? text(run.request_key) : sql::Value(nullptr),
                                   number(run.pins.catalog),
                                   text(stored(run.pins.settings)),
                                   number(run.priority),
                                   text(orchestration::name_of(run.lane)),
                                   number(run.recovers),
                                   instant(run.cancel_requested_at),
                                   instant(run.deadline_at),
                                   instant(run.created_at),
                                   instant(run.started_at),
                                   instant(run.finished_at),
                                   text(run.model)}));
  return {};
}

Result<void> refuse_to_create(const Session& session, const RunHeader& run) {
  TRY_ASSIGN(sql::Statement by_id, session.query("runs.revision", {id(run.id)}));
  TRY_ASSIGN(const bool exists, by_id.step());
  if (exists) return conflict(fmt::format("{} exists already", run.id.value()));
  if (run.request_key.empty()) return {};
  TRY_ASSIGN(sql::Statement by_key, session.query("runs.created_by", {text(run.request_key)}));
  TRY_ASSIGN(const bool asked, by_key.step());
  if (!asked) return {};
  return conflict(
      fmt::format("the request `{}` has made {} already", run.request_key, by_key.text(0)));
}

Error moved_on(const Session& session, const Transition& transition) {
  auto rows = session.query("runs.revision", {id(transition.run)});
  if (!rows) return rows.error();
  const auto exists = rows->step();
  if (!exists) return exists.error();
  if (!*exists) {
    return Error{ErrorKind::not_found, fmt::format("{} does not exist", transition.run.value())};
  }
  return Error{ErrorKind::conflict,
               fmt::format("{} has moved on to revision {} since revision {} was read",
                           transition.run.value(), rows->integer(0), transition.expected_revision)};
}

// Where the stored definition no longer has the pipeline, the file was damaged.
Result<void> attach_definition(RunHeader& run, const Digest& digest, const std::string& pipeline,
                               const FindDefinition& definitions) {
  TRY_ASSIGN(run.definition, definitions(digest));
  const auto found = run.definition->pipelines.find(pipeline);
  if (found == run.definition->pipelines.end()) {
    return unavailable(fmt::format("{} belongs to pipeline `{}`, which its definition {} lacks",
                                   run.id.value(), pipeline, digest.short_hex()));
  }
  run.pipeline = std::shared_ptr<const pipeline::Pipeline>(run.definition, &found->second);
  return {};
}

Result<RunState> read_header(Row row, const FindDefinition& definitions) {
  RunState run;
  TRY_ASSIGN(run.id, row.parsed<RunId>());
  TRY_ASSIGN(const Digest definition, row.parsed<Digest>());
  const std::string pipeline = row.text();
  TRY_ASSIGN(run.partition, row.parsed<release::PartitionKey>());
  TRY_ASSIGN(run.status, row.named(orchestration::parse_run_status));
  run.revision = row.integer_as<std::uint64_t>();
  TRY_ASSIGN(run.params, row.json());
  run.starter.name = row.text();
  run.starter.verified = row.flag();
  run.starter.channel = row.text();
  run.applier = row.text();
  run.cause.kind = row.text();
  TRY_ASSIGN(run.cause.parent, row.optional_parsed<RunId>());
  run.cause.detail = row.text();
  run.request_key = row.optional_text().value_or("");
  run.pins.catalog = row.integer_as<std::uint64_t>();
  TRY_ASSIGN(run.pins.settings, row.json());
  run.priority = row.integer_as<int>();
  TRY_ASSIGN(run.lane, row.named(orchestration::parse_lane));
  run.recovers = row.flag();
  run.cancel_requested_at = row.optional_instant();
  run.deadline_at = row.optional_instant();
  run.created_at = row.instant();
  run.started_at = row.optional_instant();
  run.finished_at = row.optional_instant();
  run.model = row.text();
  TRY(attach_definition(run, definition, pipeline, definitions));
  return run;
}

Result<StepState> read_step(Row row) {
  StepState step;
  step.step = row.integer_as<std::size_t>();
  step.instance = row.integer_as<int>();
  TRY_ASSIGN(step.each, row.json());
  TRY_ASSIGN(step.status, row.named(orchestration::parse_step_status));
  TRY_ASSIGN(step.outcome, row.named(orchestration::parse_outcome));
  step.left_out = row.flag();
  step.generation = row.integer_as<int>();
  step.attempts = row.integer_as<int>();
  step.open_dependencies = row.integer_as<int>();
  TRY_ASSIGN(step.attempt, row.optional_parsed<AttemptId>());
  TRY_ASSIGN(step.gate, row.optional_parsed<GateId>());
  TRY_ASSIGN(step.stop_requested,
             row.optional_named<orchestration::StopReason>(orchestration::parse_stop_reason));
  step.wake_at = row.optional_instant();
  step.deadline_at = row.optional_instant();
  TRY_ASSIGN(step.pins, row.json());
  TRY_ASSIGN(const std::optional<Json> result, row.optional_json());
  if (result) {
    TRY_ASSIGN(step.result, orchestration::step_result_from_json(*result));
  }
  TRY_ASSIGN(step.failure, read_failure(row));
  step.queued_at = row.optional_instant();
  step.started_at = row.optional_instant();
  step.finished_at = row.optional_instant();
  return step;
}

Result<void> read_steps(const Session& session, RunState& run) {
  run.steps.resize(run.pipeline->steps.size());
  TRY_ASSIGN(sql::Statement rows, session.query("runs.steps", {id(run.id)}));
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) break;
    TRY_ASSIGN(StepState step, read_step(Row(rows)));
    const std::size_t at = step.step;
    if (at >= run.steps.size() || std::cmp_not_equal(step.instance, run.steps[at].size())) {
      return unavailable(fmt::format("{} has a row for step {} instance {} that its pipeline lacks",
                                     run.id.value(), at, step.instance));
    }
    run.steps[at].push_back(std::move(step));
  }
  return {};
}

}  // namespace

Result<void> put_run(const Session& session, const Transition& transition) {
  const RunHeader& run = transition.after_run;
  if (transition.creates_run()) {
    TRY(refuse_to_create(session, run));
    return add_run(session, run);
  }
  TRY_ASSIGN(const std::int64_t moved,
             session.execute(
                 "runs.move",
                 {id(transition.run), number(transition.expected_revision),
                  text(orchestration::name_of(run.status)), text(stored(run.params)),
                  number(run.pins.catalog), text(stored(run.pins.settings)), number(run.priority),
                  number(run.recovers), instant(run.cancel_requested_at), instant(run.deadline_at),
                  instant(run.started_at), instant(run.finished_at)}));
  if (moved != 1) return std::unexpected(moved_on(session, transition));
  return {};
}

Result<void> put_step(const Session& session, const RunHeader& run, const StepState& step) {
  const bool is_declared = run.pipeline && step.step < run.pipeline->steps.size();
  if (!is_declared) {
    return bug(fmt::format("{} has no step {}", run.id.value(), step.step));
  }
  const pipeline::Step& declared = run.pipeline->steps[step.step];
  const auto table = declared.output ? text(declared.output->table) : sql::Value(nullptr);
  const auto result = stored_result(step.result);
  const auto failure = stored_failure(step.failure);
  const auto stop = step.stop_requested ? text(orchestration::name_of(*step.stop_requested))
                                        : sql::Value(nullptr);
  TRY(session.execute("runs.put_step", {id(run.id),
                                        number(step.step),
                                        number(step.instance),
                                        text(declared.name),
                                        table,
                                        text(stored(step.each)),
                                        text(orchestration::name_of(step.status)),
                                        text(orchestration::name_of(step.outcome)),
                                        number(step.left_out),
                                        number(step.generation),
                                        number(step.attempts),
                                        number(step.open_dependencies),
                                        id(step.attempt),
                                        id(step.gate),
                                        stop,
                                        instant(step.wake_at),
                                        instant(step.deadline_at),
                                        text(stored(step.pins)),
                                        text_or_null(result),
                                        text_or_null(failure),
                                        instant(step.queued_at),
                                        instant(step.started_at),
                                        instant(step.finished_at)}));
  return {};
}

Result<void> put_attempt(const Session& session, const AttemptRow& attempt) {
  const auto failure = stored_failure(attempt.failure);
  TRY(session.execute(
      "runs.put_attempt",
      {id(attempt.run), id(attempt.id), text(attempt.step), number(attempt.instance),
       number(attempt.generation), number(attempt.ordinal), text(attempt.status),
       instant(attempt.started_at), instant(attempt.finished_at), text_or_null(failure)}));
  return {};
}

Result<RunState> read_run(const Session& session, const RunId& run,
                          const FindDefinition& definitions) {
  TRY_ASSIGN(sql::Statement rows, session.query("runs.find", {id(run)}));
  TRY_ASSIGN(const bool exists, rows.step());
  if (!exists) return not_found(fmt::format("there is no run {}", run.value()));
  TRY_ASSIGN(RunState state, read_header(Row(rows), definitions));
  TRY(read_steps(session, state));
  if (state.steps.front().empty() && state.finished_at) {
    return not_found(fmt::format(
        "{} was moved out of the control database: its steps and its history are in {} beside it",
        run.value(), archive_file(*state.finished_at).string()));
  }
  TRY_ASSIGN(std::vector<approval::Gate> gates, gates_of_run(session, run));
  std::erase_if(gates, [](const auto& gate) { return gate.status != approval::GateStatus::open; });
  state.gates = std::move(gates);
  return orchestration::derived(std::move(state));
}

Result<std::vector<RunId>> open_runs(const Session& session) {
  TRY_ASSIGN(sql::Statement rows, session.query("runs.open"));
  std::vector<RunId> ids;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return ids;
    TRY_ASSIGN(RunId run, Row(rows).parsed<RunId>());
    ids.push_back(std::move(run));
  }
}

Result<std::vector<AttemptRow>> read_attempts(const Session& session, const RunId& run) {
  TRY_ASSIGN(sql::Statement rows, session.query("runs.attempts", {id(run)}));
  std::vector<AttemptRow> attempts;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return attempts;
    Row row(rows);
    AttemptRow attempt;
    attempt.run = run;
    TRY_ASSIGN(attempt.id, row.parsed<AttemptId>());
    attempt.step = row.text();
    attempt.instance = row.integer_as<int>();
    attempt.generation = row.integer_as<int>();
    attempt.ordinal = row.integer_as<int>();
    attempt.status = row.text();
    attempt.started_at = row.optional_instant();
    attempt.finished_at = row.optional_instant();
    TRY_ASSIGN(attempt.failure, read_failure(row));
    attempts.push_back(std::move(attempt));
  }
}

Result<std::vector<HistoryEntry>> read_history(const Session& session, const RunId& run) {
  TRY_ASSIGN(sql::Statement rows, session.query("runs.history", {id(run)}));
  std::vector<HistoryEntry> entries;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return entries;
    Row row(rows);
    HistoryEntry entry;
    entry.at = row.instant();
    entry.what = row.text();
    entry.cause = row.text();
    entry.actor = row.text();
    TRY_ASSIGN(entry.details, row.json());
    entries.push_back(std::move(entry));
  }
}

Result<std::vector<RunSummary>> list_runs(const Session& session,
                                          const orchestration::RunFilter& filter) {
  const sql::Value status =
      filter.status ? text(orchestration::name_of(*filter.status)) : sql::Value(nullptr);
  const std::string key = filter.partition ? filter.partition->text() : "";
  const sql::Value partition = filter.partition ? text(key) : sql::Value(nullptr);
  const sql::Value model = filter.model ? text(*filter.model) : sql::Value(nullptr);
  const auto limit = number(filter.limit);
  const sql::Value before = id(filter.before);
  auto opened =
      filter.pipeline.empty()
          ? session.query("runs.list", {status, partition, limit, model, before})
          : session.query(filter.partition ? "runs.list_of_partition"  // has an index
                                           : "runs.list_of_pipeline",
                          {status, partition, limit, model, before, text(filter.pipeline)});
  TRY_ASSIGN(sql::Statement rows, std::move(opened));
  std::vector<RunSummary> runs;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return runs;
    Row row(rows);
    RunSummary run;
    TRY_ASSIGN(run.id, row.parsed<RunId>());
    run.pipeline = row.text();
    TRY_ASSIGN(run.partition, row.parsed<release::PartitionKey>());
    TRY_ASSIGN(run.status, row.named(orchestration::parse_run_status));
    run.created_at = row.instant();
    run.started_at = row.optional_instant();
    run.finished_at = row.optional_instant();
    run.starter = row.text();
    run.cause.kind = row.text();
    TRY_ASSIGN(run.cause.parent, row.optional_parsed<RunId>());
    run.cause.detail = row.text();
    run.model = row.text();
    runs.push_back(std::move(run));
  }
}

}  // namespace gossamer::store::sqlite
