// SPDX-License-Identifier: Apache-2.0
// A catalog in memory, for tests of what reads one.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "warehouse/catalog.hpp"

namespace gossamer::warehouse {

// Keeps every version. `needed` names what is current or was told by `keep`.
class FakeCatalog final : public CatalogStore {
 public:
  Result<std::uint64_t> version() const override { return version_; }
  Result<std::uint64_t> version_at(Instant) const override { return version_; }

  Result<std::vector<TableEntry>> tables() const override {
    std::vector<TableEntry> tables;
    for (const auto& [name, entries] : entries_) {
      TableEntry table;
      table.name = name;
      if (!entries.empty()) table.schema = entries.front().content.schema;
      tables.push_back(std::move(table));
    }
    return tables;
  }

  Result<TableEntry> find_table(const std::string& table) const override {
    TRY_ASSIGN(const auto known, tables());
    const auto found = std::ranges::find(known, table, &TableEntry::name);
    if (found == known.end()) return not_found("no table " + table);
    return *found;
  }

  Result<Snapshot> snapshot(const std::string& table, std::uint64_t version) const override {
    Snapshot snapshot{table, version, {}};
    const auto found = entries_.find(table);
    if (found == entries_.end()) return snapshot;
    for (const ContentEntry& entry : found->second) {
      const bool is_current =
          entry.from && *entry.from <= version && (!entry.until || version < *entry.until);
      if (is_current) snapshot.contents.push_back(entry.content);
    }
    return snapshot;
  }

  Result<std::vector<ContentEntry>> contents(const std::string& table) const override {
    const auto found = entries_.find(table);
    if (found == entries_.end()) return std::vector<ContentEntry>();
    return found->second;
  }

  Result<std::uint64_t> publish(const std::vector<release::Publication>& publications,
                                const std::vector<std::optional<AttemptId>>& expected,
                                const std::string&, Instant at) override {
    for (std::size_t index = 0; index < publications.size(); ++index) {
      const ContentEntry* before = current(publications[index].content);
      const auto attempt =
          before == nullptr ? std::nullopt : std::optional(before->content.attempt);
      if (attempt != expected.at(index)) return conflict("the partition has moved");
    }
    ++version_;
    for (const release::Publication& publication : publications)
      put(publication, at);
    return version_;
  }

  Result<void> forget(const std::vector<AttemptId>& attempts) override {
    for (auto& [name, entries] : entries_) {
      std::erase_if(entries, [&](const ContentEntry& entry) {
        return std::ranges::find(attempts, entry.content.attempt) != attempts.end();
      });
    }
    return {};
  }

  Result<std::vector<AttemptId>> needed(Instant, const KeepRules&) const override {
    std::vector<AttemptId> needed;
    for (const auto& [name, entries] : entries_) {
      for (const ContentEntry& entry : entries) {
        if (entry.from && !entry.until) needed.push_back(entry.content.attempt);
      }
    }
    std::ranges::sort(needed);
    return needed;
  }

  // The partition has no current content any more.
  void withdraw(const std::string& table, const release::PartitionKey& key) {
    ++version_;
    for (ContentEntry& entry : entries_[table]) {
      if (entry.content.key == key && entry.from && !entry.until) entry.until = version_;
    }
  }

 private:
  ContentEntry* current(const release::PartitionContent& content) {
    for (ContentEntry& entry : entries_[content.table]) {
      if (entry.content.key == content.key && entry.from && !entry.until) return &entry;
    }
    return nullptr;
  }

  void put(const release::Publication& publication, Instant at) {
    ContentEntry entry;
    entry.content = publication.content;
    entry.candidate = publication.candidate;
    entry.written_at = at;
    if (publication.visibility == release::Visibility::current) {
      if (ContentEntry* before = current(publication.content); before != nullptr) {
        before->until = version_;
      }
      entry.from = version_;
    }
    auto& entries = entries_[publication.content.table];
    entries.insert(entries.begin(), std::move(entry));
  }

  std::uint64_t version_ = 0;
  std::map<std::string, std::vector<ContentEntry>> entries_;
};

}  // namespace gossamer::warehouse
