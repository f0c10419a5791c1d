// SPDX-License-Identifier: Apache-2.0
// A catalog in memory, for tests of what reads one. It passes the store's conformance suite, as far
// as that needs neither runs nor switches.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/suggest.hpp"
#include "warehouse/catalog.hpp"

namespace gossamer::warehouse {

// Keeps every version. `needed` names what is current, whatever the rules say.
class FakeCatalog final : public CatalogStore {
 public:
  Result<std::uint64_t> version() const override { return times_.size(); }
  Result<std::uint64_t> version_at(Instant at) const override {
    const auto later = std::ranges::upper_bound(times_, at);
    return static_cast<std::uint64_t>(later - times_.begin());
  }

  Result<std::vector<TableEntry>> tables() const override {
    std::vector<TableEntry> tables;
    for (const auto& [name, entries] : entries_)
      tables.push_back(described(name, entries));
    return tables;
  }

  Result<TableEntry> find_table(const std::string& table) const override {
    TRY_ASSIGN(const auto known, tables());
    std::vector<std::string> names;
    for (const TableEntry& entry : known) {
      if (entry.name == table) return entry;
      names.push_back(entry.name);
    }
    return not_found("there is no table `" + table + "`" + did_you_mean(table, names));
  }

  Result<Snapshot> snapshot(const std::string& table, std::uint64_t version) const override {
    if (version > times_.size()) return not_found("the catalog has no such version yet");
    Snapshot snapshot{table, version, {}};
    const auto found = entries_.find(table);
    if (found == entries_.end()) return snapshot;
    for (const ContentEntry& entry : found->second) {
      const bool was_current =
          entry.from && *entry.from <= version && (!entry.until || version < *entry.until);
      if (was_current) snapshot.contents.push_back(entry.content);
    }
    std::ranges::sort(snapshot.contents, {},
                      [](const auto& content) { return content.key.text(); });
    return snapshot;
  }

  Result<std::optional<release::PartitionContent>> current(
      const std::string& table, const release::PartitionKey& key) const override {
    const auto found = entries_.find(table);
    if (found == entries_.end()) return std::nullopt;
    for (const ContentEntry& entry : found->second) {
      if (entry.content.key == key && is_current(entry)) return entry.content;
    }
    return std::nullopt;
  }

  Result<std::vector<ContentEntry>> contents(const std::string& table) const override {
    const auto found = entries_.find(table);
    if (found == entries_.end()) return std::vector<ContentEntry>();
    return found->second;
  }

  Result<std::uint64_t> publish(const std::vector<release::Publication>& publications,
                                const std::vector<std::optional<AttemptId>>& expected,
                                const std::string&, Instant at) override {
    if (publications.size() != expected.size()) return bug("not what was expected of each");
    bool moves = false;
    for (std::size_t index = 0; index < publications.size(); ++index) {
      const auto& content = publications[index].content;
      TRY_ASSIGN(const auto before, current(content.table, content.key));
      const auto attempt = before ? std::optional(before->attempt) : std::nullopt;
      if (attempt != expected[index] && attempt != content.attempt) {
        return conflict(content.table + " " + content.key.text() + " has moved meanwhile");
      }
      moves = moves || (attempt != content.attempt &&
                        publications[index].visibility == release::Visibility::current);
    }
    if (moves) times_.push_back(at);
    for (const release::Publication& publication : publications)
      put(publication, at);
    return times_.size();
  }

  Result<void> forget(const std::vector<AttemptId>& attempts) override {
    for (auto& [name, entries] : entries_) {
      for (const ContentEntry& entry : entries) {
        if (is_current(entry) &&
            std::ranges::find(attempts, entry.content.attempt) != attempts.end()) {
          return conflict(name + " holds what is to be forgotten");
        }
      }
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
        if (is_current(entry)) needed.push_back(entry.content.attempt);
      }
    }
    std::ranges::sort(needed);
    return needed;
  }

  // The partition has no current content any more.
  void withdraw(const std::string& table, const release::PartitionKey& key, Instant at) {
    times_.push_back(at);
    end_current(table, key);
  }

 private:
  static bool is_current(const ContentEntry& entry) { return entry.from && !entry.until; }

  static TableEntry described(const std::string& name, const std::vector<ContentEntry>& entries) {
    TableEntry table;
    table.name = name;
    for (const ContentEntry& entry : entries) {
      if (entry.written_at >= table.updated_at) {
        table.updated_at = entry.written_at;
        table.schema = entry.content.schema;
      }
      if (!is_current(entry)) continue;
      table.partitions += 1;
      table.rows += entry.content.rows;
      table.key_columns.clear();
      for (const auto& [column, value] : entry.content.key.pairs)
        table.key_columns.push_back(column);
    }
    return table;
  }

  void end_current(const std::string& table, const release::PartitionKey& key) {
    for (ContentEntry& entry : entries_[table]) {
      if (entry.content.key == key && is_current(entry)) entry.until = times_.size();
    }
  }

  void put(const release::Publication& publication, Instant at) {
    const auto& content = publication.content;
    auto& entries = entries_[content.table];
    const auto known = std::ranges::any_of(entries, [&](const ContentEntry& entry) {
      return entry.content.key == content.key && entry.content.attempt == content.attempt;
    });
    if (known) return;
    ContentEntry entry;
    entry.content = content;
    entry.candidate = publication.candidate;
    entry.written_at = at;
    if (publication.visibility == release::Visibility::current) {
      end_current(content.table, content.key);
      entry.from = times_.size();
    }
    entries.insert(entries.begin(), std::move(entry));
  }

  std::vector<Instant> times_;  // of the versions, from 1 on
  std::map<std::string, std::vector<ContentEntry>> entries_;
};

}  // namespace gossamer::warehouse
