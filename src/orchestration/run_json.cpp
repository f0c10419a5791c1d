// SPDX-License-Identifier: Apache-2.0
#include "orchestration/run.hpp"

namespace gossamer::orchestration {
namespace {

Json instant_or_null(const std::optional<Instant>& instant) {
  return instant ? Json(format_instant(*instant)) : Json(nullptr);
}

Result<std::optional<Instant>> optional_instant(const Json& json, std::string_view key,
                                                std::string_view where) {
  TRY_ASSIGN(const auto text, optional<std::string>(json, key, where));
  if (!text) return std::optional<Instant>{};
  TRY_ASSIGN(const Instant instant, parse_instant(*text));
  return std::optional<Instant>(instant);
}

Result<std::optional<int>> optional_int(const Json& json, std::string_view key,
                                        std::string_view where) {
  TRY_ASSIGN(const auto number, optional<std::int64_t>(json, key, where));
  if (!number) return std::optional<int>{};
  return std::optional<int>(static_cast<int>(*number));
}

}  // namespace

Json to_json(const Failure& failure) {
  Json json = {{"class", name_of(failure.failure)}, {"message", failure.message}};
  if (failure.exit_code) json["exit_code"] = *failure.exit_code;
  if (failure.signal) json["signal"] = *failure.signal;
  return json;
}

Result<Failure> failure_from_json(const Json& json) {
  Failure failure;
  TRY_ASSIGN(const auto name, require<std::string>(json, "class", "failure"));
  TRY_ASSIGN(failure.failure, parse_failure_class(name));
  TRY_ASSIGN(failure.message, require<std::string>(json, "message", "failure"));
  TRY_ASSIGN(failure.exit_code, optional_int(json, "exit_code", "failure"));
  TRY_ASSIGN(failure.signal, optional_int(json, "signal", "failure"));
  return failure;
}

Json to_json(const StepResult& result) {
  Json publications = Json::array();
  for (const auto& publication : result.publications) {
    publications.push_back(release::to_json(publication));
  }
  Json json = {{"outputs", result.outputs},
               {"publications", std::move(publications)},
               {"report", result.report},
               {"rows", result.rows}};
  if (result.model) json["model"] = release::to_json(*result.model);
  return json;
}

Result<StepResult> step_result_from_json(const Json& json) {
  StepResult result;
  TRY_ASSIGN(result.outputs, require<Json>(json, "outputs", "result"));
  if (!result.outputs.is_object()) return invalid_input("result.outputs: not an object");
  TRY_ASSIGN(const auto publications, optional<Json>(json, "publications", "result"));
  if (publications) {
    if (!publications->is_array()) return invalid_input("result.publications: not a list");
    for (const auto& item : *publications) {
      TRY_ASSIGN(auto publication, release::publication_from_json(item));
      result.publications.push_back(std::move(publication));
    }
  }
  TRY_ASSIGN(const auto model, optional<Json>(json, "model", "result"));
  if (model) {
    TRY_ASSIGN(result.model, release::model_registration_from_json(*model));
  }
  TRY_ASSIGN(auto report, optional<Json>(json, "report", "result"));
  result.report = report.value_or(Json(nullptr));
  TRY_ASSIGN(const auto rows, optional<std::int64_t>(json, "rows", "result"));
  if (rows.value_or(0) < 0) return invalid_input("result.rows: less than nothing");
  result.rows = static_cast<std::uint64_t>(rows.value_or(0));
  return result;
}

Json to_json(const AttemptResult& result) {
  Json json = {{"attempt", result.attempt.value()},
               {"status", name_of(result.status)},
               {"outcome", name_of(result.outcome)},
               {"result", to_json(result.result)},
               {"criteria_failed", result.criteria_failed},
               {"started_at", instant_or_null(result.started_at)},
               {"finished_at", instant_or_null(result.finished_at)}};
  if (result.failure) json["failure"] = to_json(*result.failure);
  if (result.evidence) json["evidence"] = result.evidence->text();
  return json;
}

Result<AttemptResult> attempt_result_from_json(const Json& json) {
  AttemptResult result;
  TRY_ASSIGN(const auto attempt, require<std::string>(json, "attempt", "attempt result"));
  TRY_ASSIGN(result.attempt, AttemptId::parse(attempt));
  TRY_ASSIGN(const auto status, require<std::string>(json, "status", "attempt result"));
  TRY_ASSIGN(result.status, parse_attempt_status(status));
  TRY_ASSIGN(const auto outcome, require<std::string>(json, "outcome", "attempt result"));
  TRY_ASSIGN(result.outcome, parse_outcome(outcome));
  TRY_ASSIGN(const auto failure, optional<Json>(json, "failure", "attempt result"));
  if (failure) {
    TRY_ASSIGN(result.failure, failure_from_json(*failure));
  }
  TRY_ASSIGN(const auto step_result, require<Json>(json, "result", "attempt result"));
  TRY_ASSIGN(result.result, step_result_from_json(step_result));
  TRY_ASSIGN(const auto evidence, optional<std::string>(json, "evidence", "attempt result"));
  if (evidence) {
    TRY_ASSIGN(result.evidence, Digest::parse(*evidence));
  }
  TRY_ASSIGN(const auto criteria, optional<bool>(json, "criteria_failed", "attempt result"));
  result.criteria_failed = criteria.value_or(false);
  TRY_ASSIGN(result.started_at, optional_instant(json, "started_at", "attempt result"));
  TRY_ASSIGN(result.finished_at, optional_instant(json, "finished_at", "attempt result"));
  return result;
}

}  // namespace gossamer::orchestration
