// SPDX-License-Identifier: Apache-2.0
// What people ask of tables. The work is done in worker processes; these are the ports.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "release/publication.hpp"
#include "release/switch.hpp"

namespace gossamer::warehouse {

struct ImportRequest {
  std::string table;
  std::vector<std::string> files;  // absolute
  std::string format;              // csv parquet json; empty: by the first file's name
  std::string select;              // ends in `from input`; empty: all columns
  std::string partition_by;        // KEY, or hour|day|week|month:COLUMN; empty: one partition
  std::int64_t max_rejects = 0;
  std::string actor;
};

struct ImportReport {
  std::string table;
  std::uint64_t rows = 0;
  std::uint64_t partitions = 0;
  std::uint64_t rejected = 0;
  std::string reject_file;  // empty: every row was read
};

struct QueryRequest {
  std::string sql;
  std::int64_t limit = 10'000;
  Duration patience = std::chrono::seconds(60);
  std::string as_of;  // a catalog version or a time; empty: now
};

struct GarbageItem {
  std::string table;
  AttemptId attempt;
  std::uint64_t bytes = 0;
};

enum class CollectMode : std::uint8_t { list, remove };

class Tables {
 public:
  virtual ~Tables() = default;
  // All partitions become current in one commit, or none.
  virtual Result<ImportReport> import_table(const ImportRequest& request) = 0;
  // {columns: [{name, type}], rows: [{...}], truncated}
  virtual Result<Json> query(const QueryRequest& request) = 0;
  // Files that nothing kept needs any more.
  virtual Result<std::vector<GarbageItem>> collect(CollectMode mode) = 0;
  // The switch that makes a partition's former content current again.
  virtual Result<release::Switch> rollback_of(const std::string& table,
                                              const release::PartitionKey& key) = 0;
};

}  // namespace gossamer::warehouse
