// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/gate_rows.hpp"

#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

namespace {

using approval::Gate;
using approval::Vote;

Json instants_json(const std::vector<Instant>& instants) {
  Json json = Json::array();
  for (const Instant& at : instants)
    json.push_back(at.time_since_epoch().count());
  return json;
}

Result<std::vector<Instant>> read_instants(Row& row) {
  TRY_ASSIGN(const Json json, row.json());
  std::vector<Instant> instants;
  for (const Json& at : json) {
    if (!at.is_number_integer()) return unavailable("the store holds a reminder without a time");
    instants.emplace_back(Duration(at.get<std::int64_t>()));
  }
  return instants;
}

// Evidence that was never shown has no digest.
Result<Digest> read_digest(Row& row) {
  return row.named([](std::string_view digest) -> Result<Digest> {
    if (digest.empty()) return Digest();
    return Digest::parse(digest);
  });
}

Result<std::vector<Vote>> read_votes(const Session& session, const GateId& gate) {
  TRY_ASSIGN(sql::Statement rows, session.query("gates.votes", {id(gate)}));
  std::vector<Vote> votes;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return votes;
    Row row(rows);
    Vote vote;
    TRY_ASSIGN(vote.id, row.parsed<VoteId>());
    vote.by = row.text();
    TRY_ASSIGN(vote.answer, row.named(approval::parse_answer));
    vote.at = row.instant();
    vote.channel = row.text();
    vote.comment = row.text();
    TRY_ASSIGN(vote.digest, read_digest(row));
    vote.override_criteria = row.flag();
    vote.verified = row.flag();
    TRY_ASSIGN(vote.rework, row.json());
    votes.push_back(std::move(vote));
  }
}

Result<Gate> read_gate(Row row) {
  Gate gate;
  TRY_ASSIGN(gate.id, row.parsed<GateId>());
  TRY_ASSIGN(gate.run, row.parsed<RunId>());
  gate.pipeline = row.text();
  gate.partition = row.text();
  gate.step = row.text();
  gate.generation = row.integer_as<int>();
  gate.question = row.text();
  TRY_ASSIGN(gate.evidence, read_digest(row));
  TRY_ASSIGN(gate.proposal, row.json());
  TRY_ASSIGN(gate.kept, row.json());
  TRY_ASSIGN(const Json policy, row.json());
  TRY_ASSIGN(gate.policy, approval::policy_from_json(policy));
  gate.criteria_failed = row.flag();
  gate.opened_at = row.instant();
  gate.due_at = row.optional_instant();
  TRY_ASSIGN(gate.remind_at, read_instants(row));
  gate.escalate_at = row.optional_instant();
  gate.escalate_to = row.text();
  TRY_ASSIGN(gate.status, row.named(approval::parse_gate_status));
  gate.closed_at = row.optional_instant();
  return gate;
}

Result<std::vector<Gate>> read_gates(const Session& session, sql::Statement rows) {
  std::vector<Gate> gates;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return gates;
    TRY_ASSIGN(Gate gate, read_gate(Row(rows)));
    TRY_ASSIGN(gate.votes, read_votes(session, gate.id));
    gates.push_back(std::move(gate));
  }
}

}  // namespace

Result<void> put_gate(const Session& session, const Gate& gate) {
  TRY(session.execute(
      "gates.put",
      {id(gate.id), id(gate.run), text(gate.pipeline), text(gate.partition), text(gate.step),
       number(gate.generation), text(gate.question), text(gate.evidence.text()),
       text(stored(gate.proposal)), text(stored(gate.kept)),
       text(stored(approval::to_json(gate.policy))), number(gate.criteria_failed),
       instant(gate.opened_at), instant(gate.due_at), text(stored(instants_json(gate.remind_at))),
       instant(gate.escalate_at), text(gate.escalate_to), text(approval::name_of(gate.status)),
       instant(gate.closed_at)}));
  for (const Vote& vote : gate.votes) {
    TRY(session.execute(
        "gates.add_vote",
        {id(vote.id), id(gate.id), text(vote.by), text(approval::name_of(vote.answer)),
         instant(vote.at), text(vote.channel), text(vote.comment), text(vote.digest.text()),
         number(vote.override_criteria), number(vote.verified), text(stored(vote.rework))}));
  }
  return {};
}

Result<std::optional<Gate>> find_gate(const Session& session, const GateId& gate) {
  TRY_ASSIGN(sql::Statement rows, session.query("gates.find", {id(gate)}));
  TRY_ASSIGN(auto gates, read_gates(session, std::move(rows)));
  if (gates.empty()) return std::optional<Gate>();
  return std::optional<Gate>(std::move(gates.front()));
}

Result<std::vector<Gate>> list_gates(const Session& session,
                                     std::optional<approval::GateStatus> status) {
  if (status == approval::GateStatus::open) {
    TRY_ASSIGN(sql::Statement rows, session.query("gates.open"));
    return read_gates(session, std::move(rows));
  }
  const sql::Value wanted = status ? text(approval::name_of(*status)) : sql::Value(nullptr);
  TRY_ASSIGN(sql::Statement rows, session.query("gates.list", {wanted}));
  return read_gates(session, std::move(rows));
}

Result<std::vector<Gate>> gates_of_run(const Session& session, const RunId& run) {
  TRY_ASSIGN(sql::Statement rows, session.query("gates.of_run", {id(run)}));
  return read_gates(session, std::move(rows));
}

}  // namespace gossamer::store::sqlite
