// SPDX-License-Identifier: Apache-2.0
#include "web/views.hpp"

#include <fmt/format.h>

#include <chrono>
#include <set>

namespace gossamer::web {

namespace {

std::string failure_text(const std::optional<orchestration::Failure>& failure) {
  if (!failure) return "";
  return std::string(orchestration::name_of(failure->failure)) + ": " + failure->message;
}

// The first instance that failed speaks for its step.
std::string error_of(const std::vector<orchestration::StepState>& instances) {
  for (const auto& instance : instances) {
    if (instance.failure && instance.status != orchestration::StepStatus::succeeded) {
      return failure_text(instance.failure);
    }
  }
  return "";
}

}  // namespace

Json seconds_between(const std::optional<Instant>& from, const std::optional<Instant>& until) {
  if (!from || !until) return nullptr;
  return std::chrono::duration<double>(*until - *from).count();
}

Json instant_or_null(const std::optional<Instant>& instant) {
  return instant ? Json(format_instant(*instant)) : Json(nullptr);
}

Json after_json(const pipeline::Pipeline& pipeline, const pipeline::Step& step) {
  std::set<std::string> names;
  for (const auto& dependency : step.dependencies)
    names.insert(pipeline.steps[dependency.step].name);
  return names;
}

Json steps_json(const orchestration::RunState& run) {
  Json steps = Json::array();
  for (std::size_t at = 0; at < run.steps.size(); ++at) {
    const auto& instances = run.steps[at];
    const auto view = orchestration::view_of(instances);
    std::optional<Instant> started;
    std::optional<Instant> finished;
    for (const auto& instance : instances) {
      if (instance.started_at && (!started || *instance.started_at < *started)) {
        started = instance.started_at;
      }
      if (instance.finished_at && (!finished || *instance.finished_at > *finished)) {
        finished = instance.finished_at;
      }
    }
    Json step{{"step", run.pipeline->steps[at].name},
              {"kind", pipeline::name_of(run.pipeline->steps[at].kind)},
              {"after", after_json(*run.pipeline, run.pipeline->steps[at])},
              {"state", orchestration::name_of(view.status)},
              {"outcome", orchestration::name_of(view.outcome)},
              {"attempts", view.attempts},
              {"rows", view.rows},
              {"started_at", instant_or_null(started)},
              {"finished_at", instant_or_null(finished)},
              {"seconds", seconds_between(started, finished)}};
    if (auto error = error_of(instances); !error.empty()) step["error"] = std::move(error);
    steps.push_back(std::move(step));
  }
  return steps;
}

Json run_json(const orchestration::RunState& run) {
  return {{"run", run.id.value()},
          {"pipeline", run.pipeline->name},
          {"partition", run.partition.text()},
          {"state", orchestration::name_of(run.status)},
          {"model", run.model},
          {"params", run.params},
          {"starter", run.starter.name},
          {"created_at", format_instant(run.created_at)},
          {"started_at", instant_or_null(run.started_at)},
          {"finished_at", instant_or_null(run.finished_at)},
          {"steps", steps_json(run)}};
}

Json run_summary_json(const orchestration::RunSummary& run) {
  Json cause{{"kind", run.cause.kind}};
  if (run.cause.parent) cause["parent"] = run.cause.parent->value();
  if (!run.cause.detail.empty()) cause["detail"] = run.cause.detail;
  return {{"run", run.id.value()},
          {"pipeline", run.pipeline},
          {"partition", run.partition.text()},
          {"state", orchestration::name_of(run.status)},
          {"model", run.model},
          {"starter", run.starter},
          {"cause", std::move(cause)},
          {"created_at", format_instant(run.created_at)},
          {"started_at", instant_or_null(run.started_at)},
          {"finished_at", instant_or_null(run.finished_at)},
          {"seconds", seconds_between(run.started_at, run.finished_at)}};
}

Json history_json(const orchestration::HistoryEntry& entry) {
  return {{"at", format_instant(entry.at)},
          {"what", entry.what},
          {"cause", entry.cause},
          {"actor", entry.actor},
          {"details", entry.details}};
}

Json gate_json(const approval::Gate& gate) {
  Json votes = Json::array();
  for (const auto& vote : gate.votes) {
    votes.push_back({{"by", vote.by},
                     {"answer", approval::name_of(vote.answer)},
                     {"at", format_instant(vote.at)},
                     {"channel", vote.channel},
                     {"comment", vote.comment}});
  }
  Json on_approval = Json::array();
  if (const auto change = release::switch_from_json(gate.proposal)) {
    on_approval = release::describe(*change);
  }
  return {{"gate", gate.id.value()},
          {"question", gate.question},
          {"pipeline", gate.pipeline},
          {"partition", gate.partition},
          {"run", gate.run.value()},
          {"opened_at", format_instant(gate.opened_at)},
          {"criteria_failed", gate.criteria_failed},
          {"on_approval", std::move(on_approval)},
          {"step", gate.step},
          {"state", approval::name_of(gate.status)},
          {"due_at", instant_or_null(gate.due_at)},
          {"closed_at", instant_or_null(gate.closed_at)},
          {"approvers", gate.policy.any_of},
          {"digest", gate.evidence.text()},
          {"votes", std::move(votes)},
          {"needed", gate.policy.count}};
}

Json table_json(const warehouse::TableEntry& table) {
  Json columns = Json::array();
  for (const auto& column : table.schema) {
    columns.push_back({{"name", column.name}, {"type", column.type}});
  }
  return {{"table", table.name},
          {"keys", table.key_columns},
          {"partitions", table.partitions},
          {"rows", table.rows},
          {"columns", std::move(columns)},
          {"updated_at", format_instant(table.updated_at)}};
}

Json content_json(const warehouse::ContentEntry& entry) {
  std::uint64_t bytes = 0;
  for (const auto& file : entry.content.files)
    bytes += file.bytes;
  const bool is_candidate = !entry.from;
  const bool is_current = entry.from && !entry.until;
  return {{"partition", entry.content.key.text()},
          {"state", is_candidate ? "candidate"
                    : is_current ? "current"
                                 : "former"},
          {"candidate", entry.candidate},
          {"rows", entry.content.rows},
          {"bytes", bytes},
          {"attempt", entry.content.attempt.value()},
          {"run", entry.run.value()},
          {"written_at", format_instant(entry.written_at)},
          {"checks", entry.content.checks},
          {"digest", entry.content.digest.text()}};
}

Json table_change_json(const warehouse::TableChange& change) {
  const auto partitions = change.added + change.replaced + change.removed;
  return {{"version", change.version},
          {"at", format_instant(change.at)},
          {"actor", change.actor},
          {"run", change.run ? change.run->value() : ""},
          {"partitions", partitions},
          {"partition", change.partition},
          {"what", partitions == 1 ? change.partition : fmt::format("{} partitions", partitions)},
          {"added", change.added},
          {"replaced", change.replaced},
          {"removed", change.removed}};
}

Json model_json(const models::Version& version) {
  return {{"model", version.registration.model},
          {"version", version.registration.version},
          {"aliases", version.aliases},
          {"run", version.run.value()},
          {"metrics", version.registration.metrics}};
}

Json switch_json(const release::Switch& change) {
  Json shown = release::to_json(change);
  shown["switch"] = change.id.value();
  shown["changes"] = release::describe(change);
  return shown;
}

namespace {

Json seconds_of(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return std::chrono::duration<double>(*duration).count();
}

}  // namespace

Json backfill_json(const orchestration::BackfillView& view) {
  const auto& backfill = view.backfill;
  const auto& counts = view.counts;
  Json reasons = Json::array();
  for (const auto reason : backfill.reprocess)
    reasons.push_back(orchestration::name_of(reason));
  Json shown{{"plan", backfill.id.empty() ? Json() : Json(backfill.id.value())},
             {"pipeline", backfill.pipeline},
             {"state", orchestration::name_of(backfill.status)},
             {"from", backfill.first},
             {"to", backfill.last},
             {"reprocess", std::move(reasons)},
             {"model", backfill.model},
             {"params", backfill.params},
             {"partitions", counts.total()},
             {"pending", counts.pending},
             {"running", counts.running},
             {"succeeded", counts.succeeded},
             {"failed", counts.failed},
             {"cancelled", counts.cancelled},
             {"skipped", counts.skipped},
             {"message", backfill.message},
             {"seconds_each", seconds_of(backfill.expected)},
             {"planned_by", backfill.planned_by},
             {"planned_at", format_instant(backfill.planned_at)},
             {"started_at", instant_or_null(backfill.started_at)},
             {"finished_at", instant_or_null(backfill.finished_at)}};
  if (backfill.status == orchestration::BackfillStatus::planned) return shown;
  shown["order"] = orchestration::name_of(backfill.order);
  shown["max_active"] = backfill.max_active;
  shown["on_failure"] = orchestration::text_of(backfill.on_failure);
  shown["started_by"] = backfill.starter.name;
  return shown;
}

Json backfill_row_json(const orchestration::Backfill& backfill,
                       const orchestration::BackfillRow& row) {
  return {{"partition", row.partition.text()},
          {"reason", orchestration::name_of(row.reason)},
          {"state", orchestration::name_of(row.status)},
          {"run", row.run ? Json(row.run->value()) : Json()},
          {"seconds_expected", seconds_of(backfill.expected)},
          {"detail", row.detail}};
}

Json audit_json(const access::AuditEntry& entry) {
  return {{"sequence", entry.sequence},   {"at", format_instant(entry.at)},
          {"actor", entry.actor},         {"verified", entry.verified},
          {"channel", entry.channel},     {"action", entry.action},
          {"subject", entry.subject},     {"details", entry.details},
          {"digest", entry.digest.text()}};
}

}  // namespace gossamer::web
