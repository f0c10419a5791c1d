// SPDX-License-Identifier: Apache-2.0
// Pipelines that start when tables change: the catalog is looked at now and then, what is new is
// asked for once the burst is over, and then written down as handled.
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Duration look_again = std::chrono::seconds(5);
constexpr Duration quiet = std::chrono::seconds(5);  // so long without a change ends a burst
constexpr Duration longest_burst = std::chrono::minutes(1);

}  // namespace

// rule: from apply on. What a table held before a pipeline was first seen starts nothing.
Result<void> Engine::Core::read_updates() {
  TRY_ASSIGN(const ActiveDefinition active, ports_.definitions.active());
  if (active.definition == updates_of_) return {};
  TRY_ASSIGN(const auto handled, ports_.schedules.updates_handled());
  std::map<std::string, Update> updates;
  for (const auto& [name, pipeline] : active.definition->pipelines) {
    if (!pipeline.schedule || pipeline.schedule->when_updated.empty()) continue;
    const auto known = handled.find(name);
    std::uint64_t from = 0;
    if (known == handled.end()) {
      TRY_ASSIGN(from, ports_.runs.catalog_version());
      TRY(ports_.schedules.put_updates_handled(name, from));
    } else {
      from = known->second;
    }
    updates[name] = Update{from, from, {}, {}};
  }
  updates_ = std::move(updates);
  updates_of_ = active.definition;
  return {};
}

void Engine::Core::fire_updates() {
  if (options_.timers == Timers::leave || (updates_at_ && now() < *updates_at_)) return;
  updates_at_ = now() + look_again;
  const auto next = look_at_updates();
  if (next) {
    updates_at_ = *next;
  } else if (next.error().kind != ErrorKind::not_found) {  // nothing was applied yet
    ports_.log.error("updates of tables cannot be read", {{"error", next.error()}});
  }
}

// When to look again.
Result<Instant> Engine::Core::look_at_updates() {
  TRY(read_updates());
  if (updates_.empty()) return now() + look_again;
  const auto least = std::ranges::min_element(
      updates_, {}, [](const auto& entry) { return entry.second.handled; });
  TRY_ASSIGN(const auto changed, ports_.schedules.updated_since(least->second.handled));
  Instant next = now() + look_again;
  for (auto& [name, update] : updates_) {
    std::uint64_t newest = update.newest;
    for (const auto& table : updates_of_->pipelines.at(name).schedule->when_updated) {
      const auto found = changed.find(table);
      if (found != changed.end()) newest = std::max(newest, found->second);
    }
    if (newest > update.newest) {
      if (update.newest == update.handled) update.first = now();
      update.newest = newest;
      update.last = now();
    }
    if (update.newest == update.handled) continue;
    const Instant due = std::min(update.last + quiet, update.first + longest_burst);
    if (now() < due) {
      next = std::min(next, due);
    } else {
      TRY(fire_update(name, update));
    }
  }
  return next;
}

Result<void> Engine::Core::fire_update(const std::string& pipeline, Update& update) {
  const auto& declared = updates_of_->pipelines.at(pipeline);
  TRY_ASSIGN(const Partitions partitions, Partitions::make(declared.partitions));
  const std::string tables = fmt::format("{}", fmt::join(declared.schedule->when_updated, ", "));
  for (const auto& key : partitions.last_complete(now())) {
    TRY(request_scheduled(pipeline, key, Cause{"when_updated", std::nullopt, tables},
                          fmt::format("updated/{}/{}/{}", pipeline, update.newest, key.text())));
  }
  TRY(ports_.schedules.put_updates_handled(pipeline, update.newest));
  update.handled = update.newest;
  return {};
}

}  // namespace gossamer::orchestration
