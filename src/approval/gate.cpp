// SPDX-License-Identifier: Apache-2.0
#include "approval/gate.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace gossamer::approval {

namespace {

constexpr std::string_view group_prefix = "group:";

// Everybody whom the policy names at this moment, the excluded left out, sorted.
std::set<std::string> people_of(const Policy& policy, const Groups& groups) {
  std::set<std::string> people;
  for (const std::string& name : policy.any_of) {
    if (!name.starts_with(group_prefix)) {
      people.insert(name);
      continue;
    }
    const auto group = groups.find(name.substr(group_prefix.size()));
    if (group == groups.end()) continue;
    people.insert(group->second.begin(), group->second.end());
  }
  for (const std::string& name : policy.excluded)
    people.erase(name);
  return people;
}

// The policy as it is at `at`: after an escalation one group or person more may decide.
Policy policy_at(const Gate& gate, Instant at) {
  Policy policy = gate.policy;
  if (gate.escalate_at && at >= *gate.escalate_at) policy.any_of.push_back(gate.escalate_to);
  return policy;
}

std::string listed(const std::set<std::string>& names) {
  return join(std::vector<std::string>(names.begin(), names.end()), ", ");
}

// Who gave `answer` on the evidence that the gate shows, of those in `people`.
std::set<std::string> voters(const Gate& gate, Answer answer, const std::set<std::string>& people) {
  std::set<std::string> names;
  for (const Vote& vote : gate.votes) {
    const bool counts = vote.answer == answer && vote.digest == gate.evidence;
    if (counts && people.contains(vote.by)) names.insert(vote.by);
  }
  return names;
}

const Vote* earlier_vote(const Gate& gate, const std::string& by) {
  const auto found = std::find_if(gate.votes.begin(), gate.votes.end(), [&](const Vote& vote) {
    return vote.by == by && vote.digest == gate.evidence;
  });
  return found == gate.votes.end() ? nullptr : &*found;
}

std::optional<Answer> answer_behind(GateStatus status) {
  switch (status) {
    case GateStatus::approved:
      return Answer::approve;
    case GateStatus::rejected:
      return Answer::reject;
    case GateStatus::reworked:
      return Answer::rework;
    case GateStatus::open:
    case GateStatus::expired:
    case GateStatus::superseded:
    case GateStatus::withdrawn:
      break;
  }
  return std::nullopt;
}

// Everybody who gave the answer that decided, whether they may still vote or not.
std::string deciders(const Gate& gate, Answer answer) {
  std::set<std::string> names;
  for (const Vote& vote : gate.votes) {
    if (vote.answer == answer && vote.digest == gate.evidence) names.insert(vote.by);
  }
  return names.empty() ? "somebody" : listed(names);
}

Error closed_error(const Gate& gate, Answer answer) {
  const std::string when = gate.closed_at ? " at " + format_instant(*gate.closed_at) : "";
  const std::optional<Answer> decided = answer_behind(gate.status);
  if (!decided) {
    return Error{ErrorKind::conflict,
                 fmt::format("gate {} is {}{} and takes no votes any more; nothing was changed",
                             gate.id.value(), name_of(gate.status), when)};
  }
  return Error{ErrorKind::conflict,
               fmt::format("gate {} was {} by {}{}; `{}` comes too late and changes nothing",
                           gate.id.value(), name_of(gate.status), deciders(gate, *decided), when,
                           name_of(answer))};
}

Result<void> check_allowed(const Gate& gate, const Vote& vote,
                           const std::set<std::string>& people) {
  if (vote.by.empty()) return invalid_input("the vote does not say whose it is");
  if (people.contains(vote.by)) return {};
  if (gate.policy.excluded.contains(vote.by)) {
    return denied(
        fmt::format("{} may not decide gate {}: the policy excludes who started the "
                    "run, applied the definition or made the model; those who may: "
                    "{}",
                    vote.by, gate.id.value(), people.empty() ? "nobody" : listed(people)));
  }
  return denied(fmt::format("{} is not an approver of gate {}; those who may decide: {}", vote.by,
                            gate.id.value(), people.empty() ? "nobody" : listed(people)));
}

Result<void> check_digest(const Gate& gate, const Vote& vote) {
  if (vote.digest == gate.evidence) return {};
  return conflict(
      fmt::format("the vote is on evidence {} but gate {} shows {} now; look at it "
                  "with `gossamer gates show {}` and decide again",
                  vote.digest.empty() ? "(none)" : vote.digest.short_hex(), gate.id.value(),
                  gate.evidence.short_hex(), gate.id.value()));
}

Result<void> check_override(const Gate& gate, const Vote& vote) {
  if (vote.answer != Answer::approve || !gate.criteria_failed) return {};
  if (!vote.override_criteria) {
    return invalid_input(
        fmt::format("criteria of gate {} failed: approving needs an explicit "
                    "override (`--override`) and a comment that says why",
                    gate.id.value()));
  }
  if (trimmed(vote.comment).empty()) {
    return invalid_input(
        fmt::format("an override of failed criteria at gate {} needs a "
                    "comment (`--comment`) that says why",
                    gate.id.value()));
  }
  return {};
}

}  // namespace

Result<Ruling> judge(const Gate& gate, const Vote& vote, const Groups& groups) {
  const std::set<std::string> people = people_of(policy_at(gate, vote.at), groups);
  TRY(check_allowed(gate, vote, people));
  TRY(check_digest(gate, vote));

  std::set<std::string> approving = voters(gate, Answer::approve, people);
  Ruling ruling;
  ruling.status = gate.status;
  ruling.needed = gate.policy.count;
  ruling.approvals = static_cast<int>(approving.size());
  if (gate.status != GateStatus::open) {
    if (answer_behind(gate.status) != vote.answer) {
      return std::unexpected(closed_error(gate, vote.answer));
    }
    ruling.verdict = Verdict::repeated;
    return ruling;
  }
  if (is_overdue(gate, vote.at)) {
    return conflict(
        fmt::format("gate {} was open until {}; silence never approves, and a vote "
                    "at {} is too late",
                    gate.id.value(), format_instant(*gate.due_at), format_instant(vote.at)));
  }
  if (const Vote* earlier = earlier_vote(gate, vote.by)) {
    if (earlier->answer != vote.answer) {
      return conflict(fmt::format(
          "{} has answered gate {} with `{}` at {}; a vote is not "
          "taken back",
          vote.by, gate.id.value(), name_of(earlier->answer), format_instant(earlier->at)));
    }
    ruling.verdict = Verdict::repeated;
    return ruling;
  }
  TRY(check_override(gate, vote));

  if (vote.answer == Answer::rework) {
    ruling.status = GateStatus::reworked;
  } else if (vote.answer == Answer::approve) {
    approving.insert(vote.by);
    ruling.approvals = static_cast<int>(approving.size());
    if (ruling.approvals >= gate.policy.count) ruling.status = GateStatus::approved;
  } else {
    const std::size_t rejections = voters(gate, Answer::reject, people).size() + 1;
    if (std::cmp_greater_equal(rejections, gate.policy.rejections)) {
      ruling.status = GateStatus::rejected;
    }
  }
  if (ruling.status != GateStatus::open) ruling.verdict = Verdict::decided;
  return ruling;
}

bool is_overdue(const Gate& gate, Instant now) {
  return gate.status == GateStatus::open && gate.due_at && now >= *gate.due_at;
}

std::optional<std::string> why_impossible(const Policy& policy, const Groups& groups) {
  if (policy.count < 1) {
    return fmt::format("count is {}: at least one person must decide", policy.count);
  }
  if (policy.rejections < 1) {
    return fmt::format("rejections is {}: at least one person must reject", policy.rejections);
  }
  if (policy.any_of.empty()) return "any_of names nobody";
  for (const std::string& name : policy.any_of) {
    if (!name.starts_with(group_prefix)) continue;
    const std::string group = name.substr(group_prefix.size());
    if (!groups.contains(group)) return fmt::format("group `{}` does not exist", group);
  }
  const std::set<std::string> people = people_of(policy, groups);
  if (std::cmp_greater_equal(people.size(), policy.count)) return std::nullopt;
  const std::string excluded =
      policy.excluded.empty() ? "" : fmt::format(" ({} excluded)", listed(policy.excluded));
  return fmt::format("{} must approve, but only {} may: {}{}", policy.count, people.size(),
                     people.empty() ? "nobody" : listed(people), excluded);
}

}  // namespace gossamer::approval
