// SPDX-License-Identifier: Apache-2.0
// What really happened, for the checker: every transition that the database took, in order, and
// what the outside saw. It knows no rule of the engine.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestration/backfill.hpp"
#include "orchestration/transition.hpp"

namespace gossamer::test {

// What a caller was told: the vote is counted.
struct AcceptedVote {
  GateId gate;
  std::string by;
  approval::Answer answer = approval::Answer::approve;
};

struct Journal {
  std::vector<orchestration::Transition> transitions;  // one without a run is an undone switch
  std::set<AttemptId> ordered;                         // by a committed effect
  std::set<AttemptId> reported;                        // whose report was durable
  std::set<AttemptId> buried;                          // declared lost
  std::set<std::string> sent;                          // keys of messages
  std::map<std::pair<std::string, std::string>, std::optional<AttemptId>> projected;
  std::vector<AcceptedVote> votes;
  std::vector<PlanId> backfills;  // that a caller was told have begun
  std::map<PlanId, orchestration::BackfillView> ended;
  std::map<PlanId, std::vector<orchestration::BackfillRow>> rows;  // of those
  Instant worked_until{};  // the latest moment at which an engine with nothing wrong had its turn
  std::vector<std::string> story;   // for whoever has to find out why
  std::vector<std::string> broken;  // promises that the world itself saw broken

  void append(const orchestration::Transition& transition) {
    transitions.push_back(transition);
    for (const auto& effect : transition.effects) {
      if (const auto* start = std::get_if<orchestration::StartAttempt>(&effect.body)) {
        ordered.insert(start->attempt);
      }
    }
  }
  // A switch that belongs to no run comes between two transitions.
  void undo(const release::Switch& change) {
    orchestration::Transition alone;
    alone.applied_switch = change;
    transitions.push_back(std::move(alone));
  }
};

}  // namespace gossamer::test
