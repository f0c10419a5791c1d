// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "orchestration/fakes/memory_store.hpp"

namespace gossamer::orchestration::fakes {
namespace {

release::Present present_in(const MemoryTables& tables, const release::Switch& change) {
  const auto value_in = [](const auto& map, const auto& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  };
  release::Present present;
  for (const auto& moved : change.aliases) {
    present.aliases.push_back(value_in(tables.aliases, std::pair(moved.model, moved.alias)));
  }
  for (const auto& moved : change.settings) {
    present.settings.push_back(value_in(tables.settings, moved.name).value_or(Json(nullptr)));
  }
  for (const auto& moved : change.contents) {
    present.contents.push_back(value_in(tables.current, std::pair(moved.table, moved.key)));
  }
  return present;
}

bool has_version(const MemoryTables& tables, const std::string& model, int version) {
  const auto found = tables.models.find(model);
  if (found == tables.models.end()) return false;
  return std::ranges::any_of(
      found->second, [&](const auto& known) { return known.registration.version == version; });
}

// Puts the new value where `to` has one, and removes the old one where it has none.
template <class Map, class Key, class Value>
void put_or_erase(Map& map, const Key& key, const std::optional<Value>& to) {
  if (to) {
    map[key] = *to;
  } else {
    map.erase(key);
  }
}

Result<void> apply_switch(MemoryTables& tables, const release::Switch& change) {
  for (const release::Switch& earlier : tables.switches) {
    if (!change.undoes || earlier.undoes != change.undoes) continue;
    return conflict(
        fmt::format("{} was undone before, by {}", change.undoes->value(), earlier.actor));
  }
  TRY(release::check_applies(change, present_in(tables, change)));
  for (const auto& alias : change.aliases) {
    if (alias.to && !has_version(tables, alias.model, *alias.to)) {
      return conflict(fmt::format("{} has no version {}", alias.model, *alias.to));
    }
    put_or_erase(tables.aliases, std::pair(alias.model, alias.alias), alias.to);
  }
  for (const auto& setting : change.settings) {
    if (setting.to.is_null()) return invalid_input(setting.name + " needs a value");
    tables.settings[setting.name] = setting.to;
  }
  if (!change.contents.empty()) ++tables.catalog;
  for (const auto& content : change.contents) {
    put_or_erase(tables.current, std::pair(content.table, content.key), content.to);
    tables.updates[content.table] = tables.catalog;
  }
  if (!change.empty()) tables.switches.push_back(change);
  return {};
}

Result<void> create(MemoryTables& tables, const Transition& transition) {
  const std::string& key = transition.after_run.request_key;
  const bool is_taken = !key.empty() && std::ranges::any_of(tables.runs, [&](const auto& entry) {
    return entry.second.request_key == key;
  });
  if (is_taken) return conflict(fmt::format("a run was made for '{}' already", key));
  if (tables.runs.contains(transition.run)) {
    return conflict(fmt::format("{} exists already", transition.run.value()));
  }
  tables.runs[transition.run] = orchestration::apply(RunState{}, transition);
  return {};
}

Result<void> move(MemoryTables& tables, const Transition& transition) {
  const auto found = tables.runs.find(transition.run);
  if (found == tables.runs.end()) return conflict("the run does not exist");
  if (found->second.revision != transition.expected_revision) {
    return conflict(fmt::format("{} is at revision {}, not {}", transition.run.value(),
                                found->second.revision, transition.expected_revision));
  }
  found->second = orchestration::apply(std::move(found->second), transition);
  return {};
}

void publish(MemoryTables& tables, const release::Publication& publication) {
  tables.contents.push_back(publication);
  if (publication.visibility == release::Visibility::candidate) return;
  tables.current[{publication.content.table, publication.content.key}] =
      publication.content.attempt;
  tables.updates[publication.content.table] = ++tables.catalog;
}

Result<void> put_gate(MemoryTables& tables, const approval::Gate& gate) {
  for (const approval::Vote& vote : gate.votes) {
    const auto same = std::ranges::count_if(gate.votes, [&](const approval::Vote& other) {
      return other.by == vote.by && other.digest == vote.digest;
    });
    if (same > 1) return conflict(vote.by + " has voted before");
  }
  const auto known = tables.gates.find(gate.id);
  const bool is_closed =
      known != tables.gates.end() && known->second.status != approval::GateStatus::open;
  if (is_closed && known->second.status != gate.status) return conflict("the gate is closed");
  tables.gates[gate.id] = gate;
  return {};
}

Result<void> add_effect(MemoryTables& tables, const RunId& run, const Effect& effect) {
  const bool waits = std::ranges::any_of(
      tables.outbox, [&](const OutboxRow& row) { return row.effect.key == effect.key; });
  if (waits) return conflict(fmt::format("the effect {} waits already", effect.key));
  tables.outbox.push_back(OutboxRow{++tables.last_row, run, effect});
  return {};
}

Result<void> write(MemoryTables& tables, const Transition& transition) {
  if (transition.creates_run()) {
    TRY(create(tables, transition));
  } else {
    TRY(move(tables, transition));
  }
  for (const auto& attempt : transition.attempts) {
    const auto known = std::ranges::find(tables.attempts, attempt.id, &AttemptRow::id);
    if (known == tables.attempts.end()) {
      tables.attempts.push_back(attempt);
    } else {
      *known = attempt;
    }
  }
  for (const auto& effect : transition.effects) {
    TRY(add_effect(tables, transition.run, effect));
  }
  auto& history = tables.history[transition.run];
  history.insert(history.end(), transition.history.begin(), transition.history.end());
  tables.audit.insert(tables.audit.end(), transition.audit.begin(), transition.audit.end());
  for (const auto& gate : transition.gates) {
    TRY(put_gate(tables, gate));
  }
  for (const auto& publication : transition.publications)
    publish(tables, publication);
  for (const auto& model : transition.models) {
    if (has_version(tables, model.model, model.version)) {
      return conflict(fmt::format("{}/{} exists already", model.model, model.version));
    }
    tables.models[model.model].push_back(MemoryTables::Version{model, transition.run});
  }
  if (transition.applied_switch) {
    TRY(apply_switch(tables, *transition.applied_switch));
  }
  return {};
}

}  // namespace

// --- RunStore
// --------------------------------------------------------------------------------------

Result<void> MemoryStore::commit(std::span<const Transition> transitions,
                                 std::span<const std::int64_t> acknowledged) {
  ++commits_;
  std::optional<CommitFault> fault;
  if (!faults_.empty()) {
    fault = faults_.front();
    faults_.pop_front();
  }
  if (fault == CommitFault::unavailable) return unavailable("the disk is full");
  if (fault == CommitFault::conflict) return conflict("something moved");
  MemoryTables after = tables_;
  for (const auto& transition : transitions) {
    TRY(write(after, transition));
  }
  std::erase_if(after.outbox, [&](const OutboxRow& row) {
    return std::ranges::find(acknowledged, row.id) != acknowledged.end();
  });
  tables_ = std::move(after);
  if (fault) return unavailable("the connection was lost");
  return {};
}

Result<std::vector<RunState>> MemoryStore::load_open() const {
  std::vector<RunState> open;
  for (const auto& [id, run] : tables_.runs) {
    if (!is_final(run.status)) open.push_back(derived(run));
  }
  return open;
}

Result<RunState> MemoryStore::load(const RunId& run) const {
  const auto found = tables_.runs.find(run);
  if (found == tables_.runs.end()) return not_found(fmt::format("no run {}", run.value()));
  if (std::ranges::find(tables_.archived, run) != tables_.archived.end()) {
    return not_found(fmt::format("{} was moved out of the database", run.value()));
  }
  return derived(found->second);
}

Result<std::size_t> MemoryStore::archive(Instant before, std::size_t limit) {
  std::size_t moved = 0;
  for (auto& [id, run] : tables_.runs) {
    const bool is_old = run.finished_at && *run.finished_at < before;
    const bool is_here = std::ranges::find(tables_.archived, id) == tables_.archived.end();
    if (!is_old || !is_here || moved == limit) continue;
    std::erase_if(tables_.attempts, [&](const AttemptRow& row) { return row.run == id; });
    tables_.history.erase(id);
    tables_.archived.push_back(id);
    ++moved;
  }
  return moved;
}

Result<std::optional<RunId>> MemoryStore::created_by(const std::string& request_key) const {
  for (const auto& [id, run] : tables_.runs) {
    if (!request_key.empty() && run.request_key == request_key) return std::optional<RunId>(id);
  }
  return std::optional<RunId>{};
}

Result<std::vector<OutboxRow>> MemoryStore::outbox(std::int64_t after) const {
  std::vector<OutboxRow> rows;
  std::ranges::copy_if(tables_.outbox, std::back_inserter(rows),
                       [&](const OutboxRow& row) { return row.id > after; });
  return rows;
}

Result<std::uint64_t> MemoryStore::catalog_version() const {
  TRY(read_or_fail());
  return tables_.catalog;
}

Result<void> MemoryStore::read_or_fail() const {
  if (read_faults_ == 0) return {};
  --read_faults_;
  return unavailable("the disk does not answer");
}

// --- RunViews
// --------------------------------------------------------------------------------------

Result<std::vector<RunSummary>> MemoryStore::list(const RunFilter& filter) const {
  std::vector<RunSummary> summaries;
  for (auto entry = tables_.runs.rbegin(); entry != tables_.runs.rend(); ++entry) {
    const RunState& run = entry->second;
    if (!filter.pipeline.empty() && run.pipeline->name != filter.pipeline) continue;
    if (filter.status && run.status != *filter.status) continue;
    if (filter.partition && run.partition != *filter.partition) continue;
    if (filter.model && run.model != *filter.model) continue;
    if (filter.before && !(run.id < *filter.before)) continue;
    if (summaries.size() >= filter.limit) break;
    summaries.push_back(RunSummary{run.id, run.pipeline->name, run.partition, run.status,
                                   run.created_at, run.started_at, run.finished_at,
                                   run.starter.name, run.cause, run.model});
  }
  return summaries;
}

Result<std::vector<HistoryEntry>> MemoryStore::history(const RunId& run) const {
  const auto found = tables_.history.find(run);
  return found == tables_.history.end() ? std::vector<HistoryEntry>{} : found->second;
}

Result<std::vector<AttemptRow>> MemoryStore::attempts(const RunId& run) const {
  std::vector<AttemptRow> rows;
  std::ranges::copy_if(tables_.attempts, std::back_inserter(rows),
                       [&](const AttemptRow& row) { return row.run == run; });
  return rows;
}

// --- ReleaseStore
// ------------------------------------------------------------------------------------

Result<release::Present> MemoryStore::present(const release::Switch& change) const {
  return present_in(tables_, change);
}

Result<std::optional<int>> MemoryStore::alias(const std::string& model,
                                              const std::string& alias) const {
  TRY(read_or_fail());
  const auto found = tables_.aliases.find({model, alias});
  if (found == tables_.aliases.end()) return std::optional<int>{};
  return std::optional<int>(found->second);
}

Result<Json> MemoryStore::setting(const std::string& name) const {
  const auto found = tables_.settings.find(name);
  return found == tables_.settings.end() ? Json(nullptr) : found->second;
}

Result<Json> MemoryStore::settings() const { return Json(tables_.settings); }

Result<int> MemoryStore::next_version(const std::string& model) const {
  const auto found = tables_.models.find(model);
  return found == tables_.models.end() ? 1 : static_cast<int>(found->second.size()) + 1;
}

Result<std::string> MemoryStore::author(const std::string& model, int version) const {
  const auto found = tables_.models.find(model);
  if (found == tables_.models.end()) return std::string();
  for (const auto& known : found->second) {
    if (known.registration.version != version) continue;
    const auto run = tables_.runs.find(known.run);
    return run == tables_.runs.end() ? std::string() : run->second.starter.name;
  }
  return std::string();
}

Result<std::vector<release::Switch>> MemoryStore::switches(
    std::size_t limit, const std::optional<SwitchId>& before) const {
  std::vector<release::Switch> newest(tables_.switches.rbegin(), tables_.switches.rend());
  if (before) {
    const auto last = std::ranges::find(newest, *before, &release::Switch::id);
    newest.erase(newest.begin(), last == newest.end() ? last : std::next(last));
  }
  if (newest.size() > limit) newest.resize(limit);
  return newest;
}

Result<release::Switch> MemoryStore::find(const SwitchId& id) const {
  const auto found = std::ranges::find(tables_.switches, id, &release::Switch::id);
  if (found == tables_.switches.end()) return not_found(fmt::format("no switch {}", id.value()));
  return *found;
}

Result<void> MemoryStore::apply(const release::Switch& change, const AuditNote& note,
                                std::span<const Effect> effects) {
  MemoryTables after = tables_;
  TRY(apply_switch(after, change));
  after.audit.push_back(note);
  for (const auto& effect : effects) {
    TRY(add_effect(after, RunId(), effect));
  }
  tables_ = std::move(after);
  return {};
}

}  // namespace gossamer::orchestration::fakes
