// SPDX-License-Identifier: Apache-2.0
// What people do, some of it at the worst moment.
#include <fmt/format.h>

#include <array>

#include "tests/simulation/turn.hpp"

namespace gossamer::simulation {
namespace {

const orchestration::Actor sam{"sam", true, "cli"};

template <class T>
std::string said(const Result<T>& result) {
  return result ? std::string("yes") : result.error().describe();
}

}  // namespace

void World::request_run() {
  orchestration::RunRequest request;
  const int which = pick(4);
  request.pipeline = which < 2 ? "train" : which == 2 ? "score" : "report";
  if (which < 2) request.partition = std::to_string(which + 1);
  if (lucky(3)) request.if_active = orchestration::IfActive::queue_behind;
  if (lucky(4)) request.lane = orchestration::Lane::backfill;
  request.priority = pick(3);
  request.actor = sam;
  with_engine(fmt::format("run {}: ", request.pipeline),
              [&](Turn& turn) { return said(turn.verbs.request_run(request)); });
}

void World::cancel_or_retry() {
  const auto runs = all_runs();
  if (runs.empty()) return;
  const auto& run = runs[static_cast<std::size_t>(pick(static_cast<int>(runs.size())))];
  if (!is_final(run.status)) {
    machine_.stop_slowly(lucky(2));
    return with_engine(fmt::format("cancel {}: ", run.id.value()),
                       [&](Turn& turn) { return said(turn.verbs.cancel(run.id, sam, "")); });
  }
  orchestration::RetryRequest retry;
  retry.run = run.id;
  retry.actor = sam;
  if (lucky(2)) retry.data = orchestration::Pinned::latest;
  if (lucky(3)) retry.code = orchestration::Pinned::latest;
  if (lucky(4)) {
    retry.from = {run.pipeline == "train" ? "find" : run.pipeline == "score" ? "score" : "write"};
  }
  with_engine(fmt::format("retry {}: ", run.id.value()),
              [&](Turn& turn) { return said(turn.verbs.retry(retry)); });
}

void World::force_step() {
  const auto runs = all_runs();
  if (runs.empty()) return;
  const auto& run = runs[static_cast<std::size_t>(pick(static_cast<int>(runs.size())))];
  const std::string step = run.pipeline == "train" ? "each" : "write";
  with_engine(fmt::format("force {} of {}: ", step, run.id.value()),
              [&](Turn& turn) { return said(turn.verbs.force(run.id, step, sam, "")); });
}

void World::undo_switch() {
  const auto switches = storage_->releases().switches(3, std::nullopt);
  if (!switches || switches->empty()) return;
  const auto& last =
      (*switches)[static_cast<std::size_t>(pick(static_cast<int>(switches->size())))];
  with_engine(fmt::format("undo {}: ", last.id.value()), [&](Turn& turn) {
    const auto undone = turn.verbs.undo_switch(last.id, sam, "");
    if (undone) journal_.undo(*undone);
    return said(undone);
  });
}

void World::vote(const approval::Gate& gate, const std::string& who, bool calmly) {
  orchestration::VoteRequest request;
  request.gate = gate.id;
  request.actor = orchestration::Actor{who, true, "cli"};
  const int answer = calmly ? 0 : pick(6);
  if (answer == 1) request.answer = approval::Answer::reject;
  if (answer == 2) {
    request.answer = approval::Answer::rework;
    request.rework_step = lucky(2) ? "find" : "train";
    machine_.stop_slowly(lucky(2));
  }
  // What somebody looked at some time ago, or what is shown.
  if (!calmly && lucky(3)) request.digest = digest_of("something else");
  if (!calmly && lucky(3)) request.digest = gate.evidence;
  cast(request);
}

void World::cast(const orchestration::VoteRequest& request) {
  const auto what = fmt::format("{} votes {} on {}: ", request.actor.name,
                                approval::name_of(request.answer), request.gate.value());
  with_engine(what, [&](Turn& turn) {
    const auto voted = turn.verbs.vote(request);
    if (voted && voted->ruling.verdict != approval::Verdict::repeated) {
      journal_.votes.push_back(
          test::AcceptedVote{request.gate, request.actor.name, request.answer});
    }
    return said(voted);
  });
}

// A step that is done anew while its attempt from before goes on.
void World::rework_what_runs() {
  for (const auto& gate : open_gates()) {
    for (const AttemptId& attempt : machine_.alive()) {
      const auto& order = machine_.order(attempt);
      if (order.run != gate.run || order.declaration().name != "side") continue;
      machine_.stop_slowly(true);
      orchestration::VoteRequest request;
      request.gate = gate.id;
      request.actor = orchestration::Actor{"ana", true, "cli"};
      request.answer = approval::Answer::rework;
      request.rework_step = "train";
      cast(request);
      return let_old_attempt_report(attempt, gate.run);
    }
  }
}

// The step's next attempt is at work when the one before it, slow to stop, says that it is done.
void World::let_old_attempt_report(const AttemptId& old, const RunId& run) {
  constexpr int rounds = 4;
  for (int round = 0; round < rounds; ++round) {
    work();
    for (const AttemptId& attempt : machine_.alive()) {
      const auto& order = machine_.order(attempt);
      if (order.run != run || attempt == old) continue;
      const bool has_begun_anew = order.declaration().name == "side";
      tell(fmt::format("{} of {} says that it is done", (has_begun_anew ? old : attempt).value(),
                       order.declaration().name));
      machine_.end(result_of(has_begun_anew ? old : attempt, true));
      if (has_begun_anew) return work();
      break;
    }
  }
}

void World::switch_timer_on() {
  with_engine("resume the timer: ",
              [&](Turn& turn) { return said(turn.verbs.schedules().resume("daily", sam)); });
}

// Two at once, as far as one engine can tell.
void World::decide(bool calmly) {
  const auto gates = open_gates();
  if (gates.empty()) return;
  const auto& gate = gates[static_cast<std::size_t>(pick(static_cast<int>(gates.size())))];
  constexpr std::array<const char*, 3> people{"ana", "ben", "cleo"};
  const auto first = static_cast<std::size_t>(pick(3));
  vote(gate, people[first], calmly);
  if (calmly || lucky(2)) vote(gate, people[(first + 1) % 3], calmly);
}

void World::decide_in_the_last_moment() {
  const auto gates = open_gates();
  if (gates.empty() || !gates.front().due_at) return;
  const approval::Gate& gate = gates.front();
  const Duration before = lucky(2) ? Duration(1) : Duration::zero();
  if (*gate.due_at - before < clock_.now()) return;
  clock_.set(*gate.due_at - before);
  tell(fmt::format("it is {} before {} ends", format_duration(before), gate.id.value()));
  vote(gate, "ana", false);
  vote(gate, "ben", false);
}

}  // namespace gossamer::simulation
