// SPDX-License-Identifier: Apache-2.0
// The Hive folders that outsiders read, brought to what the catalog says.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "warehouse/catalog.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::warehouse {

// Hard links in a staging folder, exchanged in whole: an outsider sees the old files of a partition
// or the new ones, never both. Safe to repeat and to kill at any line: names carry the attempt, so
// what is there is compared with the catalog. For one thread at a time.
class HiveProjection {
 public:
  // Told before each change on disk; a test ends the process there.
  using Step = std::function<void(std::string_view what)>;

  // Keeps the reference.
  HiveProjection(const CatalogStore& catalog, Layout layout, Step before = {})
      : catalog_(catalog), layout_(std::move(layout)), before_(std::move(before)) {}

  // The partition's folder becomes its current content; without one it goes away.
  Result<void> project(const std::string& table, const release::PartitionKey& key) const;

  // A candidate's partitions as the table `<table>__candidate_<name>`, beside the table itself, so
  // that a plain glob of the table sees no row twice. not_found where there is no such candidate.
  Result<fs::path> project_candidate(const std::string& table, const std::string& name) const;

  // The same for every partition of a table: what an import needs. Folders of partitions that are
  // no longer there go away. How many were changed.
  Result<std::uint64_t> project_table(const std::string& table) const;

  // What a killed engine left half done: staging folders, and every partition of every table whose
  // folder differs from the catalog. How many were mended. Never touches `.data`.
  Result<std::uint64_t> recover() const;

 private:
  void step(std::string_view what) const {
    if (before_) before_(what);
  }
  Result<void> put_away(const fs::path& home) const;
  Result<std::uint64_t> remove_strangers(const std::string& table, const Snapshot& snapshot) const;
  Result<void> bring_to(const fs::path& home, const release::PartitionContent* content) const;
  [[nodiscard]] Result<bool> is_current(const fs::path& home,
                                        const release::PartitionContent& content) const;

  const CatalogStore& catalog_;
  Layout layout_;
  Step before_;
};

}  // namespace gossamer::warehouse
