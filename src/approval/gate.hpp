// SPDX-License-Identifier: Apache-2.0
// approval: who may decide what, how many, by when. Pure rules over gates and votes; no clock, no
// I/O. The port GateStore is implemented by the store.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace gossamer::approval {

enum class GateStatus : std::uint8_t {
  open,
  approved,
  rejected,
  reworked,
  expired,
  superseded,
  withdrawn
};
enum class Answer : std::uint8_t { approve, reject, rework };
std::string_view name_of(GateStatus status);
std::string_view name_of(Answer answer);
Result<GateStatus> parse_gate_status(std::string_view text);
Result<Answer> parse_answer(std::string_view text);

// The policy as pinned when the gate opened; groups stay names, since leaving a group counts.
struct Policy {
  std::vector<std::string> any_of;  // `group:<name>` or a user's name
  int count = 1;
  int rejections = 1;
  std::set<std::string> excluded;  // users: starter, applier, author already resolved
};

struct Vote {
  VoteId id;
  std::string by;
  Answer answer = Answer::approve;
  Instant at{};
  std::string channel;  // cli | page | slack | api
  std::string comment;
  Digest digest;  // of the evidence that the person saw
  bool override_criteria = false;
  bool verified = true;  // false: the actor was named by `--as`
  Json rework;           // {step, params} of a rework
};

struct Gate {
  GateId id;
  RunId run;
  std::string pipeline;
  std::string partition;
  std::string step;
  int generation = 0;
  std::string question;
  Digest evidence;
  Json proposal;  // release::Switch on approval, as JSON
  Json kept;      // release::Switch on rejection
  Policy policy;
  bool criteria_failed = false;  // then an approval needs an override and a comment
  Instant opened_at{};
  std::optional<Instant> due_at;
  std::vector<Instant> remind_at;      // moments that are still to come, in order
  std::optional<Instant> escalate_at;  // then `escalate_to` may decide too
  std::string escalate_to;
  GateStatus status = GateStatus::open;
  std::optional<Instant> closed_at;
  std::vector<Vote> votes;
};

// Who belongs to which group at this moment.
using Groups = std::map<std::string, std::vector<std::string>>;

enum class Verdict : std::uint8_t { counted, decided, repeated };

struct Ruling {
  Verdict verdict = Verdict::counted;
  GateStatus status = GateStatus::open;  // what the gate becomes
  int approvals = 0;
  int needed = 0;
};

// Judges one more vote. Errors: `denied` (not an approver, excluded), `conflict` (digest differs
// from what the gate shows, another answer was already given by this person, gate decided
// otherwise: names who decided; gate expired or closed), `invalid_input` (override or comment
// missing). The same answer of the same person again, or an answer that the gate was decided with
// already, is `repeated`, not an error, and changes nothing. Only votes on the digest that the gate
// shows now count, and only those of people who may still decide; who comes back counts again from
// the next vote on. From `escalate_at` on `escalate_to` may decide too. One vote for rework
// decides.
Result<Ruling> judge(const Gate& gate, const Vote& vote, const Groups& groups);

// True when the gate is open and due at `now` or before; an overdue gate becomes `expired`.
bool is_overdue(const Gate& gate, Instant now);

// Why a policy can never be met (too few people, everybody excluded); nothing when it can.
std::optional<std::string> why_impossible(const Policy& policy, const Groups& groups);

Json to_json(const Policy& policy);
Result<Policy> policy_from_json(const Json& json);
Json to_json(const Gate& gate);
Result<Gate> gate_from_json(const Json& json);
Json to_json(const Vote& vote);
Result<Vote> vote_from_json(const Json& json);

// Reads of gates; writing happens inside RunStore's commit.
class GateStore {
 public:
  virtual ~GateStore() = default;
  virtual Result<Gate> find(const GateId& gate) const = 0;  // not_found
  // Open gates first, oldest due first. `status` empty: all.
  virtual Result<std::vector<Gate>> list(std::optional<GateStatus> status) const = 0;
  virtual Result<std::vector<Gate>> of_run(const RunId& run) const = 0;
  // The digest that `who` was shown last for a gate; what `approve` means without a digest.
  virtual Result<std::optional<Digest>> last_shown(const GateId& gate,
                                                   const std::string& who) const = 0;
  virtual Result<void> note_shown(const GateId& gate, const std::string& who, const Digest& digest,
                                  Instant at) = 0;
};

}  // namespace gossamer::approval
