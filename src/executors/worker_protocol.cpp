// SPDX-License-Identifier: Apache-2.0
#include "executors/worker_protocol.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/json.hpp"

namespace gossamer::executors {
namespace {

constexpr std::string_view source = "worker message";
// Calls belong to no attempt, and a result always names one.
constexpr std::string_view no_attempt = "att_00000000-0000-7000-8000-000000000000";

Json json_of(const RunJob& message) {
  return {{"type", "run"}, {"id", message.id}, {"job", to_json(message.job)}};
}
Json json_of(const CancelJob& message) { return {{"type", "cancel"}, {"id", message.id}}; }
Json json_of(const SettleAttempt& message) {
  return {{"type", "settle"}, {"attempt", message.attempt.value()}};
}
Json json_of(const WorkerReady&) { return {{"type", "ready"}}; }
Json json_of(const JobProgress& message) {
  return {
      {"type", "progress"}, {"id", message.id}, {"done", message.done}, {"total", message.total}};
}
Json json_of(const JobFinished& message) {
  Json result = orchestration::to_json(message.result);
  if (message.result.attempt.empty()) result["attempt"] = no_attempt;
  return {{"type", "finished"},
          {"id", message.id},
          {"memory_bytes", message.memory_bytes},
          {"result", std::move(result)}};
}

Result<std::uint64_t> count(const Json& json, std::string_view key) {
  TRY_ASSIGN(const auto number, require<std::int64_t>(json, key, source));
  if (number < 0) return invalid_input(fmt::format("{}: '{}' is negative", source, key));
  return static_cast<std::uint64_t>(number);
}

struct Envelope {
  std::string type;
  Json body;
};

Result<Envelope> open(const std::string& bytes) {
  Envelope envelope;
  TRY_ASSIGN(envelope.body, parse_json(bytes, source));
  TRY_ASSIGN(envelope.type, require<std::string>(envelope.body, "type", source));
  return envelope;
}

std::unexpected<Error> unknown(const std::string& type) {
  return invalid_input(fmt::format("{}: nothing is known of type '{}'", source, type));
}

Result<orchestration::AttemptResult> result_in(const Json& json) {
  TRY_ASSIGN(const Json body, require<Json>(json, "result", source));
  TRY_ASSIGN(auto result, orchestration::attempt_result_from_json(body));
  if (result.attempt.value() == no_attempt) result.attempt = {};
  return result;
}

}  // namespace

Result<std::string> encode(const ToWorker& message) {
  return canonical(std::visit([](const auto& one) { return json_of(one); }, message));
}

Result<std::string> encode(const FromWorker& message) {
  return canonical(std::visit([](const auto& one) { return json_of(one); }, message));
}

Result<ToWorker> decode_to_worker(const std::string& bytes) {
  TRY_ASSIGN(const Envelope envelope, open(bytes));
  const Json& body = envelope.body;
  if (envelope.type == "settle") {
    TRY_ASSIGN(const auto text, require<std::string>(body, "attempt", source));
    TRY_ASSIGN(AttemptId attempt, AttemptId::parse(text));
    return SettleAttempt{std::move(attempt)};
  }
  if (envelope.type != "run" && envelope.type != "cancel") return unknown(envelope.type);
  TRY_ASSIGN(const auto id, count(body, "id"));
  if (envelope.type == "cancel") return CancelJob{id};
  TRY_ASSIGN(const Json json, require<Json>(body, "job", source));
  TRY_ASSIGN(Job job, job_from_json(json));
  return RunJob{id, std::move(job)};
}

Result<FromWorker> decode_from_worker(const std::string& bytes) {
  TRY_ASSIGN(const Envelope envelope, open(bytes));
  const Json& body = envelope.body;
  if (envelope.type == "ready") return WorkerReady{};
  if (envelope.type != "progress" && envelope.type != "finished") return unknown(envelope.type);
  TRY_ASSIGN(const auto id, count(body, "id"));
  if (envelope.type == "progress") {
    TRY_ASSIGN(const auto done, count(body, "done"));
    TRY_ASSIGN(const auto total, count(body, "total"));
    return JobProgress{id, done, total};
  }
  TRY_ASSIGN(auto result, result_in(body));
  TRY_ASSIGN(const auto memory, count(body, "memory_bytes"));
  return JobFinished{id, std::move(result), memory};
}

}  // namespace gossamer::executors
