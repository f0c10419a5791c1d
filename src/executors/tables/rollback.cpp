// SPDX-License-Identifier: Apache-2.0
// Former contents and candidates become current: the switches that do it.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "executors/tables/candidates.hpp"
#include "executors/tables/table_service.hpp"

namespace gossamer::executors {

namespace {

using warehouse::ContentEntry;
using Contents = std::map<release::PartitionKey, AttemptId>;

Contents contents_at(const std::vector<ContentEntry>& entries, std::uint64_t version) {
  Contents contents;
  for (const auto& entry : entries) {
    if (!entry.from || *entry.from > version || (entry.until && *entry.until <= version)) continue;
    contents.emplace(entry.content.key, entry.content.attempt);
  }
  return contents;
}

// The catalog's version before the last change of the entries.
std::uint64_t before_last_change(const std::vector<ContentEntry>& entries) {
  std::uint64_t last = 0;
  for (const auto& entry : entries)
    last = std::max({last, entry.from.value_or(0), entry.until.value_or(0)});
  return last == 0 ? 0 : last - 1;
}

std::optional<AttemptId> in(const Contents& contents, const release::PartitionKey& key) {
  const auto found = contents.find(key);
  return found == contents.end() ? std::nullopt : std::optional(found->second);
}

std::vector<release::ContentChange> changes_between(const std::string& table, const Contents& from,
                                                    const Contents& to) {
  std::set<release::PartitionKey> keys;
  for (const auto* contents : {&from, &to}) {
    for (const auto& [key, attempt] : *contents)
      keys.insert(key);
  }
  std::vector<release::ContentChange> changes;
  for (const auto& key : keys) {
    release::ContentChange change{table, key, in(from, key), in(to, key)};
    if (change.from != change.to) changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace

// A partition that has no content at a version may never have had one then, or it is collected:
// beyond the time that contents are kept for, nobody can tell.
Result<void> TableService::check_kept(const std::string& table, std::uint64_t version) const {
  const auto rules = keep_rules();
  const auto rule = rules.tables.find(table);
  const auto age = rule == rules.tables.end() ? warehouse::Keep().age : rule->second.age;
  TRY_ASSIGN(const auto oldest, ports_.catalog.version_at(ports_.clock.now() - age));
  if (version >= oldest) return {};
  return conflict(
      fmt::format("what {} held at version {} may be collected already: its former contents are "
                  "kept for {}; name a partition, or a later moment",
                  table, version, format_duration(age)));
}

Result<release::Switch> TableService::publish_of(const std::string& table,
                                                 const std::string& candidate) {
  TRY_ASSIGN(const auto entries, ports_.catalog.contents(table));
  TRY_ASSIGN(const auto proposed, candidate_of(entries, table, candidate));
  const auto present = contents_at(entries, std::numeric_limits<std::uint64_t>::max());
  release::Switch change;
  for (const auto& content : proposed) {
    release::ContentChange one{table, content.key, in(present, content.key), content.attempt};
    if (one.from != one.to) change.contents.push_back(std::move(one));
  }
  if (change.contents.empty()) {
    return not_found(fmt::format("{} shows {} already", table, candidate));
  }
  change.id = SwitchId::make(ports_.ids);
  change.at = ports_.clock.now();
  return change;
}

Result<release::Switch> TableService::rollback_of(const warehouse::RollbackRequest& request) {
  TRY(ports_.catalog.find_table(request.table));
  TRY_ASSIGN(auto entries, ports_.catalog.contents(request.table));
  if (request.key) {
    std::erase_if(entries,
                  [&](const ContentEntry& entry) { return entry.content.key != *request.key; });
  }
  const auto what =
      request.key ? fmt::format("{} {}", request.table, request.key->text()) : request.table;
  const auto present = contents_at(entries, std::numeric_limits<std::uint64_t>::max());
  if (request.key && entries.empty()) return not_found(fmt::format("there is no {}", what));
  std::uint64_t version = before_last_change(entries);
  if (!request.to.empty()) {
    TRY_ASSIGN(version, version_of(request.to));
  }
  const auto former = contents_at(entries, version);
  release::Switch change;
  change.contents = changes_between(request.table, present, former);
  if (request.to.empty() && former.empty()) {
    return not_found(fmt::format("{} has no former content to go back to", what));
  }
  if (change.contents.empty()) {
    return not_found(fmt::format("{} is as it was at version {} already", what, version));
  }
  const bool removes = std::ranges::any_of(
      change.contents, [](const release::ContentChange& one) { return !one.to; });
  if (removes) TRY(check_kept(request.table, version));
  change.id = SwitchId::make(ports_.ids);
  change.at = ports_.clock.now();
  return change;
}

}  // namespace gossamer::executors
