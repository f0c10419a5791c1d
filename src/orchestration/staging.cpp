// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration pause_after_failure = std::chrono::seconds(1);
constexpr std::size_t known_runs_max = 10'000;

}  // namespace

const Transition* Engine::Core::stage(const RunId& run, const Event& event) {
  const RunState* state = board_.find(run);
  if (state == nullptr) return nullptr;
  Transition transition = advance(*state, event, now());
  if (transition.empty()) return nullptr;
  board_.apply(transition);
  staged_.push_back(std::move(transition));
  return &staged_.back();
}

void Engine::Core::stage_new(Transition transition) {
  board_.apply(transition);
  staged_.push_back(std::move(transition));
}

bool Engine::Core::stages_releases() const {
  return std::ranges::any_of(staged_, [](const Transition& transition) {
    return !transition.publications.empty() || !transition.models.empty() ||
           transition.applied_switch.has_value();
  });
}

Result<void> Engine::Core::commit() {
  if (staged_.empty() && acknowledged_.empty()) {
    settle_results();
    return {};
  }
  const auto committed = std::exchange(staged_, {});
  auto stored = ports_.runs.commit(committed, acknowledged_);
  if (!stored) {
    ports_.log.error("a commit failed", {{"error", stored.error()}});
    roll_back(committed);
    one_by_one_ = stored.error().kind == ErrorKind::conflict && !postponed_.empty();
    if (!one_by_one_) paused_until_ = now() + pause_after_failure;
    return std::unexpected(std::move(stored).error());
  }
  acknowledged_.clear();
  acknowledge_by_.reset();
  numbered_.clear();
  settle_results();
  after_commit(committed);
  return {};
}

void Engine::Core::roll_back(const std::vector<Transition>& refused) {
  for (const auto& transition : refused)
    unread_.insert(transition.run);
  for (auto& result : std::exchange(taken_, {}))
    postponed_.push_back(std::move(result));
  numbered_.clear();
  read_again();
}

bool Engine::Core::read_again() {
  for (auto run = unread_.begin(); run != unread_.end();) {
    auto state = ports_.runs.load(*run);
    if (!state && state.error().kind != ErrorKind::not_found) {
      ports_.log.error("a run could not be read again", {{"run", *run}, {"error", state.error()}});
      return false;
    }
    board_.forget(*run);
    if (state && !is_final(state->status)) board_.put(*std::move(state));
    run = unread_.erase(run);
  }
  return true;
}

void Engine::Core::after_commit(const std::vector<Transition>& committed) {
  for (const Transition& transition : committed) {
    const RunHeader& run = transition.after_run;
    known_[transition.run] = KnownRun{
        run.cause.parent, RunEnd{run.id, run.pipeline->name, run.partition.text(), run.status}};
    if (is_final(run.status)) run_ended_ = true;
    tell_observers(transition);
  }
  // Old ends are forgotten, so that a server that runs for years does not grow.
  for (auto run = known_.begin(); known_.size() > known_runs_max && run != known_.end();) {
    run = is_final(run->second.end.status) ? known_.erase(run) : std::next(run);
  }
}

Result<RunState> Engine::Core::load(const RunId& run) const {
  if (const RunState* open = board_.find(run)) return *open;
  return ports_.runs.load(run);
}

}  // namespace gossamer::orchestration
