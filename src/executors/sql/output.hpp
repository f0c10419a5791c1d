// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "executors/job.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::executors {

struct WrittenOutput {
  release::Publication publication;
  Json checks;  // results of the declared checks, passed or not
  std::uint64_t rows = 0;
  std::string failure;  // why a declared check keeps the rows from being published; empty: none
};

// Writes a query's rows as the job's partition, checks them and makes them durable; nothing is
// published by this, the engine's commit does it. invalid_input: a row that carries another key, a
// column that is gone or has another type, a check that is wrong in itself. The rows stay in the
// attempt's folder, and messages say where. `spec_key` names the query in the job's spec, whose
// file the positions of errors are in. The session keeps a view `output` of the rows.
Result<WrittenOutput> write_output(warehouse::Session& session, const Job& job,
                                   const std::string& query, const std::string& spec_key = "query");

// The same for Parquet files that a program left; the session must be allowed to read them. They
// are written anew: the program may still hold its files open.
Result<WrittenOutput> adopt_output(warehouse::Session& session, const Job& job,
                                   const std::vector<fs::path>& files);

// What the engine is told: a publication, or a failure of class check_failed. `report` gets the
// checks' results.
orchestration::AttemptResult result_of(const Job& job, WrittenOutput written);

// Gives an error of spec[key]'s text the file that the text came from.
Error in_file(Error error, const Job& job, const std::string& key);

}  // namespace gossamer::executors
