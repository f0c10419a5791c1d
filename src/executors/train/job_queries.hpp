// SPDX-License-Identifier: Apache-2.0
// What a job may read, as an open session: its views, its parameters, its models in SQL.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/columns/batch.hpp"
#include "executors/job.hpp"
#include "executors/predict/models.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::executors {

// What a session gets beside the job's own.
struct SessionExtras {
  warehouse::ScalarFunctions functions{};
  std::vector<fs::path> readable_files{};
  std::vector<fs::path> writable_folders{};
  warehouse::SpareDatabases* spares = nullptr;
};

// Opens a session over exactly the files of the job's views, with predict() over its models; spills
// into the attempt's folder. The channel must outlive it.
Result<warehouse::Session> open_session(const Job& job, JobChannel& context,
                                        std::shared_ptr<const JobModels> models,
                                        const SessionExtras& extras = {});

// All rows of a query of the job, with its parameters.
Result<Batch> fetch_rows(warehouse::Session& session, const Job& job, const std::string& query);

// Tables and files behind a query's answer, for lineage: [{view, table, files: [name]}].
Json data_of(const Job& job);

}  // namespace gossamer::executors
