// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <array>

#include "approval/gate.hpp"
#include "base/json_fields.hpp"
#include "base/text.hpp"

namespace gossamer::approval {

namespace {

constexpr std::array<std::string_view, 7> status_names{
    "open", "approved", "rejected", "reworked", "expired", "superseded", "withdrawn"};
constexpr std::array<std::string_view, 3> answer_names{"approve", "reject", "rework"};

template <class Enum, std::size_t count>
Result<Enum> enum_from(const std::array<std::string_view, count>& names, std::string_view name,
                       std::string_view what) {
  for (std::size_t at = 0; at < count; ++at) {
    if (names[at] == name) return static_cast<Enum>(at);
  }
  const std::vector<std::string> known(names.begin(), names.end());
  return invalid_input(fmt::format("`{}` is no {}: {}", name, what, join(known, ", ")));
}

Json json_of(const std::optional<Instant>& instant) {
  return instant ? Json(format_instant(*instant)) : Json(nullptr);
}

Result<std::string> text_element(const Json& json, const std::string& where) {
  if (!json.is_string()) return invalid_input(where + " must be a string");
  return json.get<std::string>();
}

Result<Instant> instant_element(const Json& json, const std::string& where) {
  TRY_ASSIGN(const std::string text, text_element(json, where));
  auto instant = parse_instant(text);
  if (!instant) return std::unexpected(instant.error().wrapped(where));
  return instant;
}

Result<Vote> vote_element(const Json& json, const std::string& where) {
  auto vote = vote_from_json(json);
  if (!vote) return std::unexpected(vote.error().wrapped(where));
  return vote;
}

// The digest of evidence may be missing in a gate that has not shown any.
Result<Digest> digest_member(const Json& json, std::string_view key) {
  TRY_ASSIGN(const std::string text, require<std::string>(json, key));
  if (text.empty()) return Digest();
  return require_parsed<Digest>(json, key);
}

Result<void> read_people(const Json& json, Gate& gate) {
  TRY_ASSIGN(const Json policy, require<Json>(json, "policy"));
  TRY_ASSIGN(gate.policy, policy_from_json(policy));
  TRY_ASSIGN(gate.criteria_failed, require<bool>(json, "criteria_failed"));
  TRY_ASSIGN(gate.opened_at, require_instant(json, "opened_at"));
  TRY_ASSIGN(gate.due_at, optional_instant(json, "due_at"));
  TRY_ASSIGN(gate.remind_at, require_list<Instant>(json, "remind_at", "", instant_element));
  TRY_ASSIGN(gate.escalate_at, optional_instant(json, "escalate_at"));
  TRY_ASSIGN(gate.escalate_to, require<std::string>(json, "escalate_to"));
  TRY_ASSIGN(const std::string status, require<std::string>(json, "status"));
  TRY_ASSIGN(gate.status, parse_gate_status(status));
  TRY_ASSIGN(gate.closed_at, optional_instant(json, "closed_at"));
  TRY_ASSIGN(gate.votes, require_list<Vote>(json, "votes", "", vote_element));
  return {};
}

}  // namespace

std::string_view name_of(GateStatus status) {
  return status_names[static_cast<std::size_t>(status)];
}
std::string_view name_of(Answer answer) { return answer_names[static_cast<std::size_t>(answer)]; }

Result<GateStatus> parse_gate_status(std::string_view name) {
  return enum_from<GateStatus>(status_names, name, "state of a gate");
}
Result<Answer> parse_answer(std::string_view name) {
  return enum_from<Answer>(answer_names, name, "answer");
}

Json to_json(const Policy& policy) {
  return {{"any_of", policy.any_of},
          {"count", policy.count},
          {"rejections", policy.rejections},
          {"excluded", policy.excluded}};
}

Result<Policy> policy_from_json(const Json& json) {
  Policy policy;
  TRY_ASSIGN(policy.any_of, require_list<std::string>(json, "any_of", "policy", text_element));
  TRY_ASSIGN(policy.count, require_integer<int>(json, "count", "policy"));
  TRY_ASSIGN(policy.rejections, require_integer<int>(json, "rejections", "policy"));
  TRY_ASSIGN(const auto excluded,
             require_list<std::string>(json, "excluded", "policy", text_element));
  policy.excluded.insert(excluded.begin(), excluded.end());
  return policy;
}

Json to_json(const Vote& vote) {
  return {{"id", vote.id.value()},          {"by", vote.by},
          {"answer", name_of(vote.answer)}, {"at", format_instant(vote.at)},
          {"channel", vote.channel},        {"comment", vote.comment},
          {"digest", vote.digest.text()},   {"override_criteria", vote.override_criteria},
          {"verified", vote.verified},      {"rework", vote.rework}};
}

Result<Vote> vote_from_json(const Json& json) {
  Vote vote;
  TRY_ASSIGN(vote.id, require_parsed<VoteId>(json, "id"));
  TRY_ASSIGN(vote.by, require<std::string>(json, "by"));
  TRY_ASSIGN(const std::string answer, require<std::string>(json, "answer"));
  TRY_ASSIGN(vote.answer, parse_answer(answer));
  TRY_ASSIGN(vote.at, require_instant(json, "at"));
  TRY_ASSIGN(vote.channel, require<std::string>(json, "channel"));
  TRY_ASSIGN(vote.comment, require<std::string>(json, "comment"));
  TRY_ASSIGN(vote.digest, digest_member(json, "digest"));
  TRY_ASSIGN(vote.override_criteria, require<bool>(json, "override_criteria"));
  TRY_ASSIGN(vote.verified, require<bool>(json, "verified"));
  vote.rework = member_or_null(json, "rework");
  return vote;
}

Json to_json(const Gate& gate) {
  Json remind_at = Json::array();
  for (const Instant& instant : gate.remind_at)
    remind_at.push_back(format_instant(instant));
  Json votes = Json::array();
  for (const Vote& vote : gate.votes)
    votes.push_back(to_json(vote));
  return {{"id", gate.id.value()},
          {"run", gate.run.value()},
          {"pipeline", gate.pipeline},
          {"partition", gate.partition},
          {"step", gate.step},
          {"generation", gate.generation},
          {"question", gate.question},
          {"evidence", gate.evidence.text()},
          {"proposal", gate.proposal},
          {"kept", gate.kept},
          {"policy", to_json(gate.policy)},
          {"criteria_failed", gate.criteria_failed},
          {"opened_at", format_instant(gate.opened_at)},
          {"due_at", json_of(gate.due_at)},
          {"remind_at", std::move(remind_at)},
          {"escalate_at", json_of(gate.escalate_at)},
          {"escalate_to", gate.escalate_to},
          {"status", name_of(gate.status)},
          {"closed_at", json_of(gate.closed_at)},
          {"votes", std::move(votes)}};
}

Result<Gate> gate_from_json(const Json& json) {
  Gate gate;
  TRY_ASSIGN(gate.id, require_parsed<GateId>(json, "id"));
  TRY_ASSIGN(gate.run, require_parsed<RunId>(json, "run"));
  TRY_ASSIGN(gate.pipeline, require<std::string>(json, "pipeline"));
  TRY_ASSIGN(gate.partition, require<std::string>(json, "partition"));
  TRY_ASSIGN(gate.step, require<std::string>(json, "step"));
  TRY_ASSIGN(gate.generation, require_integer<int>(json, "generation"));
  TRY_ASSIGN(gate.question, require<std::string>(json, "question"));
  TRY_ASSIGN(gate.evidence, digest_member(json, "evidence"));
  gate.proposal = member_or_null(json, "proposal");
  gate.kept = member_or_null(json, "kept");
  TRY(read_people(json, gate));
  return gate;
}

}  // namespace gossamer::approval
