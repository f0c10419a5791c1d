// SPDX-License-Identifier: Apache-2.0
// The SQL by which a predict step scores its query.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/columns/signature.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "executors/predict/models.hpp"
#include "release/publication.hpp"

namespace gossamer::executors {

// Names of functions and columns that are ours; a query cannot name them by accident.
inline constexpr std::string_view score_function = "gossamer_score";
inline constexpr std::string_view mark_function = "gossamer_score_or_reason";
inline constexpr std::string_view part_function = "gossamer_score_part";
inline constexpr std::string_view packed_column = "gossamer_packed";

struct PredictPlan {
  std::string query;                           // the person's, without a semicolon at its end
  std::vector<release::ColumnSchema> columns;  // what it returns
  LoadedModel model;
  scoring::OutputType type = scoring::OutputType::prediction;
  RunId run;
  bool sets_aside = false;  // bad rows go to the quarantine, with a column `reason`
};

// invalid_input: the query lacks a feature (with a suggestion), returns one that is no number, or
// returns a column of a name that the step adds.
Result<void> check_plan(const PredictPlan& plan);

// All columns of the query, then those of the score, model_name, model_version and run_id.
// `scored`: a relation with the query's columns and `packed`.
std::string select_scores(const PredictPlan& plan, std::string_view scored);
// The query's columns and `packed`: each row's score by `function`.
std::string select_packed(const PredictPlan& plan, std::string_view function);
// The number (from 1) and reason of the first row that cannot be scored.
std::string select_first_bad_row(const PredictPlan& plan);

}  // namespace gossamer::executors
