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
  std::string file;   // absolute, .parquet .csv .json or .jsonl: all rows go there; empty: none
};

struct GarbageItem {
  std::string table;
  AttemptId attempt;
  std::uint64_t bytes = 0;
};

struct RollbackRequest {
  std::string table;
  std::optional<release::PartitionKey> key;  // none: the whole table
  std::string to;  // a catalog version or a time; empty: what was there before the last change
};

struct CompareRequest {
  std::string table;
  std::string candidate;
  std::string value = "prediction";  // the column that is compared
  std::vector<std::string> on;       // columns that name a row; empty: the table's `unique`
  std::string labels;                // TABLE:COLUMN of what really happened; empty: none
};

enum class CollectMode : std::uint8_t { list, remove };

class Tables {
 public:
  virtual ~Tables() = default;
  // All partitions become current in one commit, or none.
  virtual Result<ImportReport> import_table(const ImportRequest& request) = 0;
  // {columns: [{name, type}], rows: [{...}], truncated}; with a file, which is replaced whole or
  // not at all: {file, rows: how many}
  virtual Result<Json> query(const QueryRequest& request) = 0;
  // Files that nothing kept needs any more.
  virtual Result<std::vector<GarbageItem>> collect(CollectMode mode) = 0;
  // The switch that makes former contents current again; nothing is changed by this. not_found
  // where there is nothing to go back to; `conflict` where what was there may be collected already.
  virtual Result<release::Switch> rollback_of(const RollbackRequest& request) = 0;
  // The switch that makes a candidate's partitions current, all of them. not_found where there is
  // no such candidate; `conflict` where a gate decides over it.
  virtual Result<release::Switch> publish_of(const std::string& table,
                                             const std::string& candidate) = 0;
  // A candidate beside what is current in the same partitions, a row a partition and one for all
  // (its partition is "all"): {partition, rows, current_rows, candidate_rows, current_mean,
  // candidate_mean, mean_difference, largest_difference}, with labels also {labelled, current_rmse,
  // candidate_rmse, current_mae, candidate_mae}.
  virtual Result<Json> compare(const CompareRequest& request) = 0;
  // Shows outsiders the table as it is now.
  virtual Result<void> project(const std::string& table) = 0;
};

}  // namespace gossamer::warehouse
