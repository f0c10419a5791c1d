// SPDX-License-Identifier: Apache-2.0
// Worker jobs over tables.
#pragma once

#include <memory>
#include <vector>

#include "executors/job.hpp"
#include "scoring/engine.hpp"
#include "warehouse/duckdb/spares.hpp"

namespace gossamer::executors {

// What the jobs of a worker share: the model libraries that predict() in SQL may need, and
// databases that are open before a job comes.
struct QueryTools {
  std::vector<scoring::Engine> engines;
  std::shared_ptr<warehouse::SpareDatabases> spares;  // null: none
};

// Kind `sql`: spec {query}. Writes its rows to the job's output; without an output they are counted
// and its first 10,000 returned as outputs.rows, for `foreach` and references.
JobHandler sql_handler(QueryTools tools);

// Kind `parse_sql`: spec {sql}. outputs: pipeline::ParsedQuery as JSON.
JobHandler parse_sql_handler();

// Kind `query`: spec {sql, limit}. outputs: {columns: [{name, type}], rows: [{...}], truncated}.
// With spec.file all rows go there; outputs: {file, rows: how many}.
JobHandler query_handler(QueryTools tools);

// Kind `import`: spec {table, files, format, select, partition_by, key_column, every, max_rejects,
// reject_file}; the output's folder is the attempt's own, with a folder per partition below it.
// outputs: {rows, partitions, rejected, reject_file}.
JobHandler import_handler();

// Kind `adopt_output`: spec {source}: Parquet files that a program wrote become the job's output.
JobHandler adopt_output_handler(QueryTools tools);

}  // namespace gossamer::executors
