// SPDX-License-Identifier: Apache-2.0
#include "tests/support/promises.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "release/switch.hpp"

namespace gossamer::test {

using orchestration::AttemptRow;
using orchestration::Effect;
using orchestration::RunStatus;
using orchestration::StepState;
using orchestration::StepStatus;
using orchestration::Transition;

namespace {

using PartitionName = std::pair<std::string, std::string>;

// Goes through the journal once, keeping what each moment looked like.
class Replay {
 public:
  explicit Replay(int slots) : slots_(slots) {}

  void play(const Transition& transition) {
    if (!transition.run.empty()) {
      check_revision(transition);
      check_status(transition);
      check_slots(transition);
      check_gates(transition);
      check_publications(transition);
      check_timers(transition);
      check_causes(transition);
    }
    if (transition.applied_switch) check_switch(*transition.applied_switch);
  }
  void check_switch(const release::Switch& change);
  void check_votes(const std::vector<AcceptedVote>& accepted);

  std::vector<std::string> broken;

 private:
  void check_revision(const Transition& transition);
  void check_status(const Transition& transition);
  void check_slots(const Transition& transition);
  void check_gates(const Transition& transition);
  void check_publications(const Transition& transition);
  void check_timers(const Transition& transition);
  void check_causes(const Transition& transition);
  void once(const std::string& what, const std::string& whose);

  int slots_;
  std::map<RunId, std::uint64_t> revisions_;
  std::map<std::pair<std::string, release::PartitionKey>, RunId> active_;
  std::map<std::tuple<RunId, std::size_t, int>, StepStatus> rows_;
  int running_ = 0;
  std::map<GateId, approval::Gate> gates_;
  std::map<AttemptId, std::string> ended_;
  std::map<PartitionName, std::optional<AttemptId>> current_;
  std::map<std::string, std::optional<int>> aliases_;
  std::set<GateId> switched_by_;
  std::set<std::string> happened_;
};

void Replay::check_revision(const Transition& transition) {
  std::uint64_t& revision = revisions_[transition.run];
  if (transition.expected_revision != revision || transition.after_run.revision != revision + 1) {
    broken.push_back(fmt::format("{} went from revision {} to {}, it was at {}",
                                 transition.run.value(), transition.expected_revision,
                                 transition.after_run.revision, revision));
  }
  revision = transition.after_run.revision;
}

void Replay::check_status(const Transition& transition) {
  const auto& run = transition.after_run;
  const bool is_active = run.status == RunStatus::running || run.status == RunStatus::waiting;
  const std::pair place(run.pipeline->name, run.partition);
  const auto known = active_.find(place);
  if (is_active && known != active_.end() && known->second != run.id) {
    broken.push_back(fmt::format("two active runs of {} {}", place.first, place.second.text()));
  }
  if (is_active) active_[place] = run.id;
  if (!is_active && known != active_.end() && known->second == run.id) active_.erase(known);
}

void Replay::check_slots(const Transition& transition) {
  for (const StepState& row : transition.steps) {
    StepStatus& status = rows_[{transition.run, row.step, row.instance}];
    running_ +=
        (row.status == StepStatus::running ? 1 : 0) - (status == StepStatus::running ? 1 : 0);
    status = row.status;
  }
  if (running_ > slots_) broken.push_back(fmt::format("{} steps in {} slots", running_, slots_));
}

void Replay::check_gates(const Transition& transition) {
  for (const approval::Gate& gate : transition.gates) {
    const auto known = gates_.find(gate.id);
    if (known != gates_.end() && known->second.status != approval::GateStatus::open) {
      broken.push_back(fmt::format("{} was {} and is {}", gate.id.value(),
                                   approval::name_of(known->second.status),
                                   approval::name_of(gate.status)));
    }
    std::set<std::string> voters;
    for (const auto& vote : gate.votes) {
      if (!voters.insert(vote.by).second) {
        broken.push_back(fmt::format("{} voted twice on {}", vote.by, gate.id.value()));
      }
      if (vote.digest != gate.evidence) {
        broken.push_back(fmt::format("{} counts a vote on other evidence", gate.id.value()));
      }
      if (gate.due_at && vote.at >= *gate.due_at) {
        broken.push_back(fmt::format("{} counts a vote after its end", gate.id.value()));
      }
    }
    const bool is_approved = gate.status == approval::GateStatus::approved;
    const auto approvals =
        std::ranges::count(gate.votes, approval::Answer::approve, &approval::Vote::answer);
    if (is_approved && approvals < gate.policy.count) {
      broken.push_back(fmt::format("{} is approved by {}", gate.id.value(), approvals));
    }
    const auto& change = transition.applied_switch;
    const bool has_switch = change && change->gate == gate.id;
    if (is_approved && !has_switch) {
      broken.push_back(fmt::format("{} was approved without its switch", gate.id.value()));
    }
    gates_[gate.id] = gate;
  }
}

void Replay::check_switch(const release::Switch& change) {
  if (change.gate && !switched_by_.insert(*change.gate).second) {
    broken.push_back(fmt::format("{} was decided twice", change.gate->value()));
  }
  for (const auto& moved : change.aliases) {
    auto& version = aliases_[moved.model + "@" + moved.alias];
    if (version != moved.from) {
      broken.push_back(fmt::format("{}@{} moved from {}, it was {}", moved.model, moved.alias,
                                   moved.from.value_or(0), version.value_or(0)));
    }
    version = moved.to;
  }
  for (const auto& moved : change.contents) {
    auto& attempt = current_[{moved.table, moved.key.text()}];
    if (attempt != moved.from) {
      broken.push_back(
          fmt::format("{} {} was not what its switch replaced", moved.table, moved.key.text()));
    }
    attempt = moved.to;
  }
}

void Replay::check_publications(const Transition& transition) {
  for (const AttemptRow& row : transition.attempts) {
    if (row.status == "running") continue;
    const auto [known, is_new] = ended_.emplace(row.id, row.status);
    if (!is_new && known->second != row.status) {
      broken.push_back(
          fmt::format("{} ended as {} and as {}", row.id.value(), known->second, row.status));
    }
  }
  for (const auto& publication : transition.publications) {
    const auto& content = publication.content;
    const auto ended = ended_.find(content.attempt);
    if (ended == ended_.end() || ended->second != "succeeded") {
      broken.push_back(fmt::format("{} {} is of {}, which did not succeed", content.table,
                                   content.key.text(), content.attempt.value()));
    }
    once("publishes " + content.table + " " + content.key.text(), content.attempt.value());
    const auto step =
        std::ranges::find_if(transition.after_run.pipeline->steps, [&](const auto& declared) {
          return declared.output && declared.output->table == content.table;
        });
    const bool is_held = step != transition.after_run.pipeline->steps.end() &&
                         step->output->release == pipeline::ReleaseMode::manual;
    const bool is_current = publication.visibility == release::Visibility::current;
    if (is_held && is_current) {
      broken.push_back(
          fmt::format("{} {} was published without its switch", content.table, content.key.text()));
    }
    if (is_current) current_[{content.table, content.key.text()}] = content.attempt;
  }
}

// What people are told of once: a run or a step that is late, a gate's reminder.
void Replay::check_timers(const Transition& transition) {
  for (const Effect& effect : transition.effects) {
    const auto* message = std::get_if<orchestration::Notify>(&effect.body);
    if (message == nullptr) continue;
    if (message->kind == "late") once("is late", transition.run.value());
    if (message->kind == "reminder" || message->kind == "escalated") {
      once(message->kind, message->content.at("gate").get<std::string>());
    }
  }
}

// What a timer, or a row of a backfill, asks for is made once.
void Replay::check_causes(const Transition& transition) {
  const auto& run = transition.after_run;
  if (!transition.creates_run()) return;
  if (run.cause.kind != "schedule" && run.cause.kind != "backfill") return;
  once("makes a run of " + run.partition.text(), run.cause.kind + " " + run.cause.detail);
}

void Replay::once(const std::string& what, const std::string& whose) {
  if (happened_.insert(whose + " " + what).second) return;
  broken.push_back(fmt::format("{} {} twice", whose, what));
}

void Replay::check_votes(const std::vector<AcceptedVote>& accepted) {
  for (const AcceptedVote& vote : accepted) {
    const auto& counted = gates_[vote.gate].votes;
    const bool is_there = std::ranges::any_of(counted, [&](const approval::Vote& other) {
      return other.by == vote.by && other.answer == vote.answer;
    });
    if (!is_there) {
      broken.push_back(fmt::format("the vote of {} on {} was lost", vote.by, vote.gate.value()));
    }
  }
}

}  // namespace

std::vector<std::string> broken_promises(const Journal& journal, int slots) {
  Replay replay(slots);
  for (const Transition& transition : journal.transitions)
    replay.play(transition);
  replay.check_votes(journal.votes);
  replay.broken.insert(replay.broken.end(), journal.broken.begin(), journal.broken.end());
  return replay.broken;
}

// --- The end -------------------------------------------------------------------------------------

namespace {

// What the last word of the database about each run and partition is.
struct Ends {
  struct Run {
    orchestration::RunHeader last;
    std::size_t created = 0;  // by which transition
    std::size_t began = 0;
    bool has_succeeded = false;  // it may have been done again since
  };
  std::map<RunId, Run> runs;
  std::map<PartitionName, std::optional<AttemptId>> current;
};

Ends ends_of(const Journal& journal) {
  Ends ends;
  for (std::size_t at = 0; at < journal.transitions.size(); ++at) {
    const Transition& transition = journal.transitions[at];
    if (!transition.run.empty()) {
      auto& run = ends.runs.try_emplace(transition.run, Ends::Run{{}, at, 0, false}).first->second;
      if (transition.after_run.started_at && !run.last.started_at) run.began = at;
      run.last = transition.after_run;
      run.has_succeeded = run.has_succeeded || run.last.status == RunStatus::succeeded;
    }
    for (const auto& publication : transition.publications) {
      if (publication.visibility != release::Visibility::current) continue;
      const auto& content = publication.content;
      ends.current[{content.table, content.key.text()}] = content.attempt;
    }
    if (!transition.applied_switch) continue;
    for (const auto& moved : transition.applied_switch->contents)
      ends.current[{moved.table, moved.key.text()}] = moved.to;
  }
  return ends;
}

// A run that follows may have been made for it, or was joined while it had not begun.
bool has_follower(const Ends& ends, const std::string& target, std::size_t after) {
  return std::ranges::any_of(ends.runs, [&](const auto& entry) {
    const auto& run = entry.second;
    return run.last.pipeline->name == target && (run.created > after || run.began > after);
  });
}

// Each day at half past four, for the day before: from the second day of `daily` on.
std::vector<std::string> missed_moments(const Journal& journal, const Ends& ends) {
  std::vector<std::string> missed;
  auto day = std::chrono::sys_days(parse_date("2026-11-19").value());
  while (true) {
    const std::string made = "day=" + format_date(Date(day));
    day += std::chrono::days(1);
    const Instant moment = day + std::chrono::hours(4) + std::chrono::minutes(30);
    if (moment > journal.worked_until) return missed;
    const bool is_there = std::ranges::any_of(ends.runs, [&](const auto& entry) {
      const auto& run = entry.second.last;
      return run.pipeline->name == "daily" && run.partition.text() == made;
    });
    if (!is_there) missed.push_back(fmt::format("the timer of {} started nothing", made));
  }
}

// What a backfill that has begun says of its rows is what became of their runs.
void check_backfills(const Journal& journal, const Ends& ends, std::vector<std::string>& open) {
  using orchestration::PartitionStatus;
  for (const auto& [plan, view] : journal.ended) {
    if (!is_final(view.backfill.status)) {
      open.push_back(fmt::format("{} never ends, it is {}", plan.value(),
                                 orchestration::name_of(view.backfill.status)));
    }
    for (const auto& row : journal.rows.at(plan)) {
      if (row.status == PartitionStatus::running) {
        open.push_back(fmt::format("{} of {} never ends", row.partition.text(), plan.value()));
      }
      if (row.status != PartitionStatus::succeeded) continue;
      const auto run = row.run ? ends.runs.find(*row.run) : ends.runs.end();
      if (run != ends.runs.end() && run->second.has_succeeded) continue;
      open.push_back(
          fmt::format("{} of {} was made by nobody", row.partition.text(), plan.value()));
    }
  }
}

}  // namespace

std::vector<std::string> unfinished_business(const Journal& journal) {
  const Ends ends = ends_of(journal);
  std::vector<std::string> open = missed_moments(journal, ends);
  check_backfills(journal, ends, open);
  for (const auto& [id, run] : ends.runs) {
    if (is_final(run.last.status)) continue;
    open.push_back(fmt::format("{} of {} never ends, it is {}", id.value(), run.last.pipeline->name,
                               orchestration::name_of(run.last.status)));
  }
  for (const auto& [partition, attempt] : ends.current) {
    const auto seen = journal.projected.find(partition);
    if (seen != journal.projected.end() && seen->second == attempt) continue;
    open.push_back(
        fmt::format("{} {} was not projected as it is", partition.first, partition.second));
  }
  for (std::size_t at = 0; at < journal.transitions.size(); ++at) {
    const Transition& transition = journal.transitions[at];
    for (const Effect& effect : transition.effects) {
      if (std::holds_alternative<orchestration::Notify>(effect.body) &&
          !journal.sent.contains(effect.key)) {
        open.push_back(fmt::format("the message {} was never sent", effect.key));
      }
      const auto* followers = std::get_if<orchestration::StartFollowers>(&effect.body);
      if (followers != nullptr && followers->source_pipeline == "train" &&
          !has_follower(ends, "score", at)) {
        open.push_back(fmt::format("nothing followed {}", transition.run.value()));
      }
      const auto* started = std::get_if<orchestration::StartRun>(&effect.body);
      if (started != nullptr && !has_follower(ends, started->pipeline, at)) {
        open.push_back(fmt::format("the trigger {} started nothing", effect.key));
      }
    }
  }
  return open;
}

}  // namespace gossamer::test
