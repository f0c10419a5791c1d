// SPDX-License-Identifier: Apache-2.0
// What people ask of models beyond what is kept of them. The work is done in worker processes; this
// is the port.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

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
  Duration patience = std::chrono::hours(1);
};

class Examiner {
 public:
  virtual ~Examiner() = default;
  // docs/reports.md, "evaluate", of `to` against `from`; and `versions`: of both, {version, run,
  // step, created_at, data, metrics} as their registration has them.
  virtual Result<Json> compare(const CompareRequest& request) = 0;
  // docs/reports.md, "explain".
  virtual Result<Json> explain(const std::string& name) = 0;
};

}  // namespace gossamer::models
