// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "orchestration/fakes/memory_store.hpp"

namespace gossamer::orchestration::fakes {
namespace {

Result<void> apply_switch(MemoryTables& tables, const release::Switch& change) {
  for (const auto& alias : change.aliases) {
    const auto key = std::pair(alias.model, alias.alias);
    const auto found = tables.aliases.find(key);
    const auto present =
        found == tables.aliases.end() ? std::nullopt : std::optional(found->second);
    if (present != alias.from) {
      return conflict(fmt::format("{}@{} has moved", alias.model, alias.alias));
    }
    if (alias.to) {
      tables.aliases[key] = *alias.to;
    } else {
      tables.aliases.erase(key);
    }
  }
  for (const auto& setting : change.settings)
    tables.settings[setting.name] = setting.to;
  for (const auto& content : change.contents) {
    const auto key = std::pair(content.table, content.key);
    const auto found = tables.current.find(key);
    const auto present =
        found == tables.current.end() ? std::nullopt : std::optional(found->second);
    if (present != content.from) {
      return conflict(fmt::format("{} {} has moved", content.table, content.key.text()));
    }
    if (content.to) {
      tables.current[key] = *content.to;
    } else {
      tables.current.erase(key);
    }
    ++tables.catalog;
  }
  tables.switches.push_back(change);
  return {};
}

Result<void> create(MemoryTables& tables, const Transition& transition) {
  const std::string& key = transition.after_run.request_key;
  const bool is_taken = !key.empty() && std::ranges::any_of(tables.runs, [&](const auto& entry) {
    return entry.second.request_key == key;
  });
  if (is_taken) return conflict(fmt::format("a run was made for '{}' already", key));
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
  ++tables.catalog;
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
    tables.outbox.push_back(OutboxRow{++tables.last_row, transition.run, effect});
  }
  auto& history = tables.history[transition.run];
  history.insert(history.end(), transition.history.begin(), transition.history.end());
  tables.audit.insert(tables.audit.end(), transition.audit.begin(), transition.audit.end());
  for (const auto& gate : transition.gates)
    tables.gates[gate.id] = gate;
  for (const auto& publication : transition.publications)
    publish(tables, publication);
  for (const auto& model : transition.models) {
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
  return derived(found->second);
}

Result<std::optional<RunId>> MemoryStore::created_by(const std::string& request_key) const {
  for (const auto& [id, run] : tables_.runs) {
    if (run.request_key == request_key) return std::optional<RunId>(id);
  }
  return std::optional<RunId>{};
}

Result<std::vector<OutboxRow>> MemoryStore::outbox(std::int64_t after) const {
  std::vector<OutboxRow> rows;
  std::ranges::copy_if(tables_.outbox, std::back_inserter(rows),
                       [&](const OutboxRow& row) { return row.id > after; });
  return rows;
}

Result<std::uint64_t> MemoryStore::catalog_version() const { return tables_.catalog; }

// --- RunViews
// --------------------------------------------------------------------------------------

Result<std::vector<RunSummary>> MemoryStore::list(const RunFilter& filter) const {
  std::vector<RunSummary> summaries;
  for (auto entry = tables_.runs.rbegin(); entry != tables_.runs.rend(); ++entry) {
    const RunState& run = entry->second;
    if (!filter.pipeline.empty() && run.pipeline->name != filter.pipeline) continue;
    if (filter.status && run.status != *filter.status) continue;
    if (filter.partition && run.partition != *filter.partition) continue;
    if (summaries.size() >= filter.limit) break;
    summaries.push_back(RunSummary{run.id, run.pipeline->name, run.partition, run.status,
                                   run.created_at, run.started_at, run.finished_at,
                                   run.starter.name, run.cause});
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
  release::Present present;
  for (const auto& moved : change.aliases) {
    TRY_ASSIGN(const auto version, alias(moved.model, moved.alias));
    present.aliases.push_back(version);
  }
  for (const auto& moved : change.settings) {
    TRY_ASSIGN(auto value, setting(moved.name));
    present.settings.push_back(std::move(value));
  }
  for (const auto& moved : change.contents) {
    const auto found = tables_.current.find({moved.table, moved.key});
    present.contents.push_back(found == tables_.current.end() ? std::nullopt
                                                              : std::optional(found->second));
  }
  return present;
}

Result<std::optional<int>> MemoryStore::alias(const std::string& model,
                                              const std::string& alias) const {
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

Result<std::vector<release::Switch>> MemoryStore::switches(std::size_t limit) const {
  std::vector<release::Switch> newest(tables_.switches.rbegin(), tables_.switches.rend());
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
    after.outbox.push_back(OutboxRow{++after.last_row, RunId(), effect});
  }
  tables_ = std::move(after);
  return {};
}

// --- GateStore
// ---------------------------------------------------------------------------------------

Result<approval::Gate> MemoryStore::find(const GateId& gate) const {
  const auto found = tables_.gates.find(gate);
  if (found == tables_.gates.end()) return not_found(fmt::format("no gate {}", gate.value()));
  return found->second;
}

Result<std::vector<approval::Gate>> MemoryStore::list(
    std::optional<approval::GateStatus> status) const {
  std::vector<approval::Gate> gates;
  for (const auto& [id, gate] : tables_.gates) {
    if (!status || gate.status == *status) gates.push_back(gate);
  }
  return gates;
}

Result<std::vector<approval::Gate>> MemoryStore::of_run(const RunId& run) const {
  std::vector<approval::Gate> gates;
  for (const auto& [id, gate] : tables_.gates) {
    if (gate.run == run) gates.push_back(gate);
  }
  return gates;
}

Result<std::optional<Digest>> MemoryStore::last_shown(const GateId& gate,
                                                      const std::string& who) const {
  const auto found = tables_.shown.find({gate, who});
  if (found == tables_.shown.end()) return std::optional<Digest>{};
  return std::optional<Digest>(found->second);
}

Result<void> MemoryStore::note_shown(const GateId& gate, const std::string& who,
                                     const Digest& digest, Instant) {
  tables_.shown[{gate, who}] = digest;
  return {};
}

// --- Definitions
// -------------------------------------------------------------------------------------

void MemoryDefinitions::activate(std::shared_ptr<const pipeline::Definition> definition,
                                 std::string applied_by) {
  known_[definition->digest] = definition;
  active_ = ActiveDefinition{std::move(definition), std::move(applied_by)};
}

Result<ActiveDefinition> MemoryDefinitions::active() const {
  if (!active_) return not_found("no definition is active: apply one first");
  return *active_;
}

Result<std::shared_ptr<const pipeline::Definition>> MemoryDefinitions::find(
    const Digest& digest) const {
  const auto found = known_.find(digest);
  if (found == known_.end()) return not_found(fmt::format("no definition {}", digest.text()));
  return found->second;
}

}  // namespace gossamer::orchestration::fakes
