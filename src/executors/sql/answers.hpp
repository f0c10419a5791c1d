// SPDX-License-Identifier: Apache-2.0
// Rows that a person asked for: into the answer, or into a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "executors/job.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::executors {

// The answer's rows up to `limit`, and whether there were more.
struct Answer {
  Json columns = Json::array();
  Json rows = Json::array();
  bool truncated = false;
};
Result<Answer> answer_of(warehouse::Session& session, const Job& job, const std::string& sql,
                         std::size_t limit);

// Beside the file and then renamed: a reader of the file sees the old rows or the new ones. The
// name's end says the form: .parquet .csv .json .jsonl.
Result<std::uint64_t> write_rows(warehouse::Session& session, const Job& job,
                                 const std::string& sql, const fs::path& file);

}  // namespace gossamer::executors
