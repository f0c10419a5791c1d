// SPDX-License-Identifier: Apache-2.0
// The step kind `evaluate`: one or two models on one data set, and what the criteria say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/json.hpp"
#include "executors/job.hpp"
#include "executors/predict/models.hpp"
#include "scoring/engine.hpp"

namespace gossamer::executors {

// One criterion as declared.
struct CriterionSpec {
  std::string metric;
  std::optional<double> at_most;
  std::optional<double> at_least;
  bool not_worse_than_against = false;
  double tolerance_relative = 0;
  double tolerance_absolute = 0;
};

// Job::spec of an evaluate step, checked.
struct EvaluateSpec {
  std::string model;    // reference
  std::string against;  // reference; empty: nothing to compare with
  std::string query;
  std::string label;
  std::string weight;
  std::vector<std::string> metrics;  // empty: what describes such a model
  std::vector<std::string> by;
  std::string by_time;  // which of them is time: its groups are told in their order, all of them
  std::vector<CriterionSpec> criteria;
};
Result<EvaluateSpec> parse_evaluate_spec(const Json& spec);

enum class Verdict : std::uint8_t { met, failed, no_comparison };
// "met", "failed", "no comparison": the words of reports.
std::string_view name_of(Verdict verdict);

// What the criterion says of the two figures; nothing where a figure does not exist. A missing new
// figure fails.
Verdict judge(const CriterionSpec& criterion, std::optional<double> now,
              std::optional<double> before);
// "rmse at most 60, not worse than bike_demand/3 (2% tolerated)".
std::string describe(const CriterionSpec& criterion, const std::string& against);

struct Evaluation {
  Json report;  // docs/reports.md, "evaluate"
  bool criteria_failed = false;
};

// invalid_input as truth_of and Scorer::score say it; a figure that these rows do not define is
// null in the report, with the reason.
Result<Evaluation> evaluate(const Batch& rows, const EvaluateSpec& spec, const LoadedModel& model,
                            const std::optional<LoadedModel>& against);

// The handler of kind `evaluate`; `engines` are copied.
JobHandler evaluate_handler(std::vector<scoring::Engine> engines);

}  // namespace gossamer::executors
