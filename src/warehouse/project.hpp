// SPDX-License-Identifier: Apache-2.0
// The Hive folders that outsiders read, brought to what the catalog says.
#pragma once

#include "base/result.hpp"
#include "warehouse/catalog.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::warehouse {

// Hard links in a staging folder, exchanged in whole: an outsider sees the old files of a partition
// or the new ones, never both. Safe to repeat and to kill at any line: names carry the attempt, so
// what is there is compared with the catalog. For one thread at a time.
class HiveProjection {
 public:
  // Keeps the reference.
  HiveProjection(const CatalogStore& catalog, Layout layout)
      : catalog_(catalog), layout_(std::move(layout)) {}

  // The partition's folder becomes its current content; without one it goes away.
  Result<void> project(const std::string& table, const release::PartitionKey& key) const;

  // The same for every partition of a table: what an import needs.
  Result<std::uint64_t> project_table(const std::string& table) const;

  // What a killed engine left half done: staging folders, and every partition of every table whose
  // folder differs from the catalog. How many were mended.
  Result<std::uint64_t> recover() const;

 private:
  Result<void> bring_to(const fs::path& home, const release::PartitionContent* content) const;
  [[nodiscard]] Result<bool> is_current(const fs::path& home,
                                        const release::PartitionContent& content) const;

  const CatalogStore& catalog_;
  Layout layout_;
};

}  // namespace gossamer::warehouse
