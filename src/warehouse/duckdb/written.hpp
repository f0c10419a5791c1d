// SPDX-License-Identifier: Apache-2.0
// From files that an attempt has just written to what the catalog is told of them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "release/publication.hpp"
#include "warehouse/checks.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::warehouse {

// One partition's files, all in one folder, and what they must be.
struct WrittenPartition {
  std::string table;
  release::PartitionKey key;
  AttemptId attempt;
  fs::path folder;
  std::vector<std::string> files;  // names inside it
};

// What holds for every partition of the table.
struct TableRules {
  std::vector<CheckRequest> checks;
  std::vector<std::string> unique;
  std::vector<release::ColumnSchema> previous_schema;  // empty: the first publish
  bool schema_may_change = false;
  Instant now{};  // what freshness counts from
};

// invalid_input: a removed column or a changed type (an added column is fine), naming both sides.
Result<void> check_schema(const std::string& table,
                          const std::vector<release::ColumnSchema>& before,
                          const std::vector<release::ColumnSchema>& now);

// Rows, nulls, minima and maxima out of the files' footers, by file name; no row is read.
struct FileFacts {
  std::uint64_t rows = 0;
  std::map<std::string, release::ColumnFacts> columns;
};
Result<std::map<std::string, FileFacts>> facts_of_files(Session& session,
                                                        const std::vector<fs::path>& files);

// Runs the checks over `relation` (a name or a table function), which they know as `output`; both
// may stay for other statements of the session. invalid_input where a check itself is wrong; one
// that merely fails is in the results.
Result<std::vector<CheckResult>> run_checks(Session& session, const std::string& relation,
                                            const TableRules& rules);

// The content of one partition: digests, sizes and facts of its files. The files are durable when
// it returns.
Result<release::PartitionContent> content_of(const WrittenPartition& partition,
                                             const std::vector<release::ColumnSchema>& schema,
                                             const std::map<std::string, FileFacts>& facts);

}  // namespace gossamer::warehouse
