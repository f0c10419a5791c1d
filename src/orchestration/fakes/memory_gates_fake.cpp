// SPDX-License-Identifier: Apache-2.0
// The smaller ports of the database in memory: timers, gates, definitions.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "orchestration/fakes/memory_store.hpp"

namespace gossamer::orchestration::fakes {

// --- ScheduleStore
// -----------------------------------------------------------------------------------

Result<std::vector<ScheduleState>> MemoryStore::list() const {
  std::vector<ScheduleState> states;
  for (const auto& [name, state] : tables_.schedules)
    states.push_back(state);
  return states;
}

Result<void> MemoryStore::put(const ScheduleState& state, const std::optional<AuditNote>& note) {
  tables_.schedules[state.pipeline] = state;
  if (note) tables_.audit.push_back(*note);
  return {};
}

Result<CatalogVersions> MemoryStore::updated_since(std::uint64_t version) const {
  CatalogVersions newer = tables_.updates;
  std::erase_if(newer, [&](const auto& entry) { return entry.second <= version; });
  return newer;
}

Result<std::string> MemoryStore::newest(const std::string& table, const std::string& column) const {
  const auto told = tables_.newest.find({table, column});
  if (told != tables_.newest.end()) return told->second;
  std::string newest;
  std::string newest_key;
  for (const auto& [content, visibility, candidate] : tables_.contents) {
    const auto current = tables_.current.find({table, content.key});
    const bool is_current = content.table == table && current != tables_.current.end() &&
                            current->second == content.attempt;
    if (!is_current) continue;
    for (const auto& fact : content.facts) {
      if (fact.name == column && fact.maximum.is_string()) {
        newest = std::max(newest, fact.maximum.get<std::string>());
      }
    }
    for (const auto& [name, value] : content.key.pairs) {
      if (name == column) newest_key = std::max(newest_key, value);
    }
  }
  return newest.empty() ? newest_key : newest;
}

Result<CatalogVersions> MemoryStore::updates_handled() const { return tables_.updates_handled; }

Result<void> MemoryStore::put_updates_handled(const std::string& pipeline, std::uint64_t version) {
  tables_.updates_handled[pipeline] = version;
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
  const auto order = [](const approval::Gate& gate) {
    return std::tuple(gate.status != approval::GateStatus::open, !gate.due_at, gate.due_at,
                      gate.opened_at, gate.id);
  };
  std::ranges::sort(gates, {}, order);
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
  TRY(find(gate));
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
