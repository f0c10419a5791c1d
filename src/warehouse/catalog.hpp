// SPDX-License-Identifier: Apache-2.0
// warehouse: where data lives. Owns tables, partitions, snapshots, projection and garbage; the
// catalog itself is in the control database, behind the port CatalogStore. Query sessions are in
// `warehouse/duckdb/` and only worker processes link them.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "release/publication.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gossamer::warehouse {

// A table as the catalog knows it.
struct TableEntry {
  std::string name;
  std::vector<std::string> key_columns;
  std::vector<release::ColumnSchema> schema;  // of the newest publish
  std::uint64_t partitions = 0;
  std::uint64_t rows = 0;
  Instant updated_at{};
};

// A content with the catalog versions between which it was current; still current: no `until`.
// A candidate has no `from`.
struct ContentEntry {
  release::PartitionContent content;
  std::optional<std::uint64_t> from;
  std::optional<std::uint64_t> until;
  std::string candidate;
  RunId run;
  Instant written_at{};
};

// Immutable: the current contents of a table at one catalog version.
struct Snapshot {
  std::string table;
  std::uint64_t version = 0;
  std::vector<release::PartitionContent> contents;
  Digest digest() const;
};

// How long a table's former contents and candidates stay: the newest `versions` of each partition,
// the current one included, and whatever was current or written within `age`.
struct Keep {
  int versions = 3;
  Duration age = std::chrono::days(30);
};
struct KeepRules {
  std::map<std::string, Keep> tables;              // a table that is not named: the default
  Duration evidence = std::chrono::days(7 * 365);  // what a decided gate proposed
};

// Reads and writes of the catalog that belong to no run. Every change raises the catalog's version
// by one and is one transaction.
class CatalogStore {
 public:
  virtual ~CatalogStore() = default;
  virtual Result<std::uint64_t> version() const = 0;
  // The version that was the newest at a moment; 0: before the first. What `--as-of` means.
  virtual Result<std::uint64_t> version_at(Instant at) const = 0;
  virtual Result<std::vector<TableEntry>> tables() const = 0;
  virtual Result<TableEntry> find_table(const std::string& table) const = 0;  // not_found
  virtual Result<Snapshot> snapshot(const std::string& table, std::uint64_t version) const = 0;
  // What a partition holds now; nothing where it or its table is not there.
  virtual Result<std::optional<release::PartitionContent>> current(
      const std::string& table, const release::PartitionKey& key) const = 0;
  // All contents of a table, newest first: current, former, candidates.
  virtual Result<std::vector<ContentEntry>> contents(const std::string& table) const = 0;
  // Publishes what an import wrote (one partition or many, all at once), conditional on
  // `expected`: the attempts that it replaces, in order; `conflict` where one has moved.
  virtual Result<std::uint64_t> publish(const std::vector<release::Publication>& publications,
                                        const std::vector<std::optional<AttemptId>>& expected,
                                        const std::string& actor, Instant at) = 0;
  virtual Result<void> forget(const std::vector<AttemptId>& attempts) = 0;  // after gc
  // Attempts whose files must stay: kept snapshots, open gates, evidence, open runs, and what was
  // one of these within the last hour. Sorted.
  virtual Result<std::vector<AttemptId>> needed(Instant now, const KeepRules& rules) const = 0;
};

// One version of the catalog as far as it concerns a table.
struct TableChange {
  std::uint64_t version = 0;
  Instant at{};
  std::string actor;
  std::optional<RunId> run;  // none: an import or a switch made it
  std::uint64_t added = 0;   // partitions that were not there before
  std::uint64_t replaced = 0;
  std::uint64_t removed = 0;
  std::string partition;  // the first of them
};

class CatalogHistory {
 public:
  virtual ~CatalogHistory() = default;
  // Newest first. A change counts as `added` once the former content has been collected.
  virtual Result<std::vector<TableChange>> changes(const std::string& table) const = 0;
};

// A partition has one writer at a time. An import takes the locks of all partitions before it
// writes; an attempt holds those of its step's output while it runs, without asking.
class PartitionLocks {
 public:
  virtual ~PartitionLocks() = default;
  // All of them or, where another import or a running attempt writes one, a `conflict` that names
  // it. Taking what one holds already is fine.
  virtual Result<void> lock(const std::string& table,
                            const std::vector<release::PartitionKey>& keys, const AttemptId& holder,
                            const std::string& actor, Instant at) = 0;
  virtual Result<void> unlock(const AttemptId& holder) = 0;
  // For a new engine: imports that ended with the last one hold nothing.
  virtual Result<void> unlock_all() = 0;
};

}  // namespace gossamer::warehouse
