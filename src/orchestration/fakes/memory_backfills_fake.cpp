// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "orchestration/fakes/memory_backfills.hpp"

namespace gossamer::orchestration::fakes {
namespace {

BackfillView view_of(const Backfill& backfill, const std::vector<BackfillRow>& rows) {
  BackfillView view{backfill, {}};
  for (const auto& row : rows)
    ++count_of(view.counts, row.status);
  return view;
}

}  // namespace

Result<void> MemoryBackfills::write_or_fail() {
  if (faults_ == 0) return {};
  --faults_;
  return unavailable("the disk is full");
}

Result<const MemoryBackfills::Kept*> MemoryBackfills::kept(const PlanId& plan) const {
  const auto found =
      std::ranges::find_if(plans_, [&](const Kept& one) { return one.backfill.id == plan; });
  if (found != plans_.end()) return &*found;
  return not_found(fmt::format("there is no plan {}", plan.value()));
}

Result<void> MemoryBackfills::add(const Backfill& backfill, std::span<const BackfillRow> rows,
                                  const AuditNote& note) {
  TRY(write_or_fail());
  plans_.push_back(Kept{backfill, {rows.begin(), rows.end()}});
  store_.tables().audit.push_back(note);
  return {};
}

Result<void> MemoryBackfills::put(const Backfill& backfill, std::span<const BackfillRow> rows,
                                  const std::optional<AuditNote>& note, Instant /*at*/) {
  TRY(write_or_fail());
  TRY(kept(backfill.id));
  auto& one = *std::ranges::find_if(
      plans_, [&](const Kept& other) { return other.backfill.id == backfill.id; });
  one.backfill = backfill;
  for (const auto& row : rows)
    one.rows[static_cast<std::size_t>(row.ordinal - 1)] = row;
  if (note) store_.tables().audit.push_back(*note);
  return {};
}

Result<BackfillView> MemoryBackfills::find(const PlanId& plan) const {
  TRY_ASSIGN(const auto* one, kept(plan));
  return view_of(one->backfill, one->rows);
}

Result<std::vector<BackfillView>> MemoryBackfills::list(std::size_t limit,
                                                        const std::optional<PlanId>& before) const {
  std::vector<BackfillView> views;
  auto one = plans_.rbegin();
  if (before) {
    while (one != plans_.rend() && one->backfill.id != *before)
      ++one;
    if (one != plans_.rend()) ++one;
  }
  for (; one != plans_.rend() && views.size() < limit; ++one)
    views.push_back(view_of(one->backfill, one->rows));
  return views;
}

Result<std::vector<Backfill>> MemoryBackfills::open() const {
  std::vector<Backfill> open;
  for (const auto& one : plans_) {
    const bool is_at_work = view_of(one.backfill, one.rows).counts.running > 0 ||
                            one.backfill.status == BackfillStatus::running ||
                            one.backfill.status == BackfillStatus::paused;
    if (is_at_work) open.push_back(one.backfill);
  }
  return open;
}

Result<std::vector<BackfillRow>> MemoryBackfills::rows(const PlanId& plan,
                                                       const RowFilter& filter) const {
  TRY_ASSIGN(const auto* one, kept(plan));
  std::vector<BackfillRow> rows = one->rows;
  const bool is_newest = filter.order == BackfillOrder::newest;
  if (is_newest) std::ranges::reverse(rows);
  std::erase_if(rows, [&](const BackfillRow& row) {
    const bool is_passed =
        filter.after && (is_newest ? row.ordinal >= *filter.after : row.ordinal <= *filter.after);
    return is_passed || (filter.status && row.status != *filter.status);
  });
  if (rows.size() > filter.limit) rows.resize(filter.limit);
  return rows;
}

Result<std::vector<PartitionFacts>> MemoryBackfills::facts(const std::string& pipeline,
                                                           const std::string& model) const {
  std::map<release::PartitionKey, PartitionFacts> facts;
  for (const auto& [id, run] : store_.tables().runs) {
    if (run.pipeline->name != pipeline || run.model != model) continue;
    auto& one = facts[run.partition];
    one.partition = run.partition;
    one.newest = run.status;
    if (run.status != RunStatus::succeeded) continue;
    one.made_by = id;
    one.definition = run.definition->digest;
  }
  std::vector<PartitionFacts> all;
  for (auto& [key, one] : facts)
    all.push_back(std::move(one));
  return all;
}

Result<std::vector<PinnedVersions>> MemoryBackfills::versions(const std::string& pipeline,
                                                              const std::string& model) const {
  std::map<release::PartitionKey, Json> pins;
  for (const auto& [id, run] : store_.tables().runs) {
    if (run.pipeline->name != pipeline || run.model != model) continue;
    if (run.status != RunStatus::succeeded) continue;
    Json all = Json::object();
    for (const auto& rows : run.steps) {
      for (const auto& row : rows)
        all.update(row.pins);
    }
    if (!all.empty()) pins[run.partition] = std::move(all);
  }
  std::vector<PinnedVersions> versions;
  for (auto& [key, all] : pins)
    versions.push_back(PinnedVersions{key, std::move(all)});
  return versions;
}

Result<std::set<release::PartitionKey>> MemoryBackfills::written(const std::string& table) const {
  std::set<release::PartitionKey> keys;
  for (const auto& [place, attempt] : store_.tables().current) {
    if (place.first == table) keys.insert(place.second);
  }
  return keys;
}

}  // namespace gossamer::orchestration::fakes
