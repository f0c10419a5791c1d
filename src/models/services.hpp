// SPDX-License-Identifier: Apache-2.0
// What people ask of models beyond what is kept of them. The work is done in worker processes; this
// is the port.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/columns/signature.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "release/publication.hpp"

namespace gossamer::models {

// Two versions on the same rows, each named as credit/7 or credit@champion.
struct CompareRequest {
  std::string from;
  std::string to;
  std::string sql;  // rows with the features of both, the label, and what `by` names
  std::string label;
  std::string weight;                // a column; empty: each row counts once
  std::vector<std::string> metrics;  // empty: those that describe such a model
  std::vector<std::string> by;       // columns whose values are measured as groups, too
  // A column of time, measured by hour, day, week, month, quarter or year, oldest first.
  std::string time_column;
  std::string period;
  // How long before the newest row a row's label counts as known: later rows are left out for both
  // versions alike. As "14 days", for the query engine; empty: every row counts.
  std::string matured_after;
  Duration patience = std::chrono::hours(1);
};

// A model of the registry by name, or of a file or folder; and rows to score with it.
struct ScoreRequest {
  std::string model;  // credit/7 or credit@champion; empty where `path` is given
  std::string path;   // absolute
  std::string rows;   // absolute, a Parquet file
  std::string output_type = "prediction";
  std::string to;  // absolute, .parquet .csv .json or .jsonl: all rows go there; empty: none
  std::int64_t limit = 10'000;
  Duration patience = std::chrono::hours(1);
};

// A model that another program left, to become a version.
struct RegisterRequest {
  std::string model;
  std::string path;  // absolute: a model file, or a folder of MLflow's form
  // Names and types of the features; none: what the file says.
  std::optional<Signature> signature;
  Json metrics = Json::object();  // name to figure
};

class Examiner {
 public:
  virtual ~Examiner() = default;
  // docs/reports.md, "evaluate", of `to` against `from`; and `versions`: of both, {version, run,
  // step, created_at, data, metrics} as their registration has them.
  virtual Result<Json> compare(const CompareRequest& request) = 0;
  // docs/reports.md, "explain".
  virtual Result<Json> explain(const std::string& name) = 0;
  // As a query's answer (warehouse/services.hpp), the score's columns behind those of the rows.
  virtual Result<Json> score(const ScoreRequest& request) = 0;
  // Loads and checks the model, and copies it to where versions are; a registration without a
  // number. invalid_input says what is wrong with the file or the signature.
  virtual Result<release::ModelRegistration> stage(const RegisterRequest& request) = 0;
  // Removes the files of a version that is no longer registered.
  virtual Result<void> discard(const release::ModelRegistration& registration) = 0;
};

}  // namespace gossamer::models
