// SPDX-License-Identifier: Apache-2.0
// The step kind `predict`: scores a query's rows into the job's output, in the query engine's own
// stream, so that memory is bounded and every other column keeps its type.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "executors/job.hpp"
#include "scoring/engine.hpp"
#include "scoring/scorer.hpp"

namespace gossamer::executors {

enum class OnError : std::uint8_t {
  fail,        // the first row that cannot be scored ends the attempt
  quarantine,  // such rows go to the job's quarantine with their reason
};

struct PredictModel {
  std::string name;       // empty: it is the only one
  std::string reference;  // `credit@champion`
};

// Job::spec of a predict step, checked.
struct PredictSpec {
  std::vector<PredictModel> models;  // at least one
  std::string query;
  scoring::OutputType output_type = scoring::OutputType::prediction;
  OnError on_error = OnError::fail;
};
Result<PredictSpec> parse_predict_spec(const Json& spec);

// The handler of kind `predict`; `engines` are copied.
JobHandler predict_handler(std::vector<scoring::Engine> engines);

}  // namespace gossamer::executors
