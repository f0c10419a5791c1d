// SPDX-License-Identifier: Apache-2.0
#include "orchestration/planner.hpp"

#include <algorithm>
#include <tuple>

namespace gossamer::orchestration {
namespace {

// rule: who is served first, runs and steps alike.
bool comes_before(const QueuedRun& left, const QueuedRun& right) {
  return std::tuple(left.lane, -left.priority, left.created_at, left.run) <
         std::tuple(right.lane, -right.priority, right.created_at, right.run);
}

std::vector<RunId> runs_to_start(const QueueView& queue) {
  std::vector<const QueuedRun*> order;
  for (const auto& run : queue.queued)
    order.push_back(&run);
  std::ranges::sort(
      order, [](const auto* left, const auto* right) { return comes_before(*left, *right); });
  ActivePartitions starting;
  const auto is_active = [&](const ActivePartitions::value_type& partition) {
    return queue.active != nullptr && queue.active->contains(partition);
  };
  auto at_work = queue.at_work;
  std::vector<RunId> start;
  for (const QueuedRun* run : order) {
    if (run->is_held_back) continue;  // rule
    int& working = at_work[run->pipeline];
    if (run->max_active && working >= *run->max_active) continue;  // rule
    const std::pair partition(run->pipeline, run->partition);
    if (is_active(partition) || !starting.insert(partition).second) continue;  // rule
    ++working;
    start.push_back(run->run);
  }
  return start;
}

// How many of a pool's slots a backfill may hold.
int backfill_limit(const Pool& pool) { return pool.size > 1 ? pool.size - 1 : pool.size; }

std::vector<Grant> steps_to_grant(const std::set<WaitingStep>& waiting, Pool pool,
                                  std::set<std::string>& aliases) {
  std::vector<Grant> grants;
  for (const WaitingStep& step : waiting) {
    if (pool.used >= pool.size) break;  // rule
    const bool is_backfill = step.lane == Lane::backfill;
    if (is_backfill && pool.used_by_backfill >= backfill_limit(pool)) break;  // rule
    const auto is_taken = [&](const std::string& alias) { return aliases.contains(alias); };
    if (std::ranges::any_of(step.exclusive_aliases, is_taken)) continue;  // rule
    aliases.insert(step.exclusive_aliases.begin(), step.exclusive_aliases.end());
    ++pool.used;
    if (is_backfill) ++pool.used_by_backfill;
    grants.push_back(Grant{step.run, step.place});
  }
  return grants;
}

}  // namespace

bool WaitingStep::operator<(const WaitingStep& other) const {
  return std::tuple(lane, -priority, run_created_at, run, place) <
         std::tuple(other.lane, -other.priority, other.run_created_at, other.run, other.place);
}

Plan plan(const QueueView& queue, const Slots& slots) {
  Plan plan;
  plan.start = runs_to_start(queue);
  if (queue.waiting == nullptr) return plan;
  auto aliases = queue.aliases_at_gates;
  for (const auto& [name, waiting] : *queue.waiting) {
    const auto pool = slots.find(name);
    auto grants = steps_to_grant(waiting, pool == slots.end() ? Pool{} : pool->second, aliases);
    plan.grant.insert(plan.grant.end(), grants.begin(), grants.end());
  }
  return plan;
}

}  // namespace gossamer::orchestration
