// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "executors/job.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::executors {

struct WrittenOutput {
  release::Publication publication;
  Json checks;  // of the declared checks, passed or not
  std::uint64_t rows = 0;
};

// Writes a query's rows as the job's partition, checks them and makes them durable; nothing is
// published by this, the engine's commit does it. invalid_input: a row that carries another key, a
// column that is gone or has another type, a failed check (the rows stay in the attempt's folder,
// and the message says where).
Result<WrittenOutput> write_output(warehouse::Session& session, const Job& job,
                                   const std::string& query);

// The same for Parquet files that a program left in `folder`, which lies inside the job's output.
Result<WrittenOutput> adopt_output(warehouse::Session& session, const Job& job,
                                   const std::vector<fs::path>& files);

}  // namespace gossamer::executors
