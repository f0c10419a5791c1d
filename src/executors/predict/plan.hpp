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

// Names of functions and columns that are ours; a query cannot name them by accident. Of the first
// two there is one for each model, with its number at the end.
inline constexpr std::string_view score_function = "gossamer_score_";
inline constexpr std::string_view mark_function = "gossamer_mark_";
inline constexpr std::string_view part_function = "gossamer_part";
inline constexpr std::string_view packed_column = "gossamer_packed_";

struct PlannedModel {
  std::string name;  // at the end of the columns it adds; empty: it is the only one
  LoadedModel model;
};

struct PredictPlan {
  std::string query;                           // the person's, without a semicolon at its end
  std::vector<release::ColumnSchema> columns;  // what it returns
  std::vector<PlannedModel> models;
  scoring::OutputType type = scoring::OutputType::prediction;
  RunId run;
  bool sets_aside = false;  // bad rows go to the quarantine, with a column `reason`
};

// invalid_input: the query lacks a feature (with a suggestion), returns one that is no number, or
// returns a column of a name that the step adds.
Result<void> check_plan(const PredictPlan& plan);

// What a column of this model's score is called in the output.
std::string column_name(const PlannedModel& planned, std::string_view column);

// Whether `score_function` gives the one number of this model's score itself; else it is packed.
bool is_direct(const PredictPlan& plan, const PlannedModel& model);

// All columns of the query, then those of each model's score with its model_name and model_version,
// then run_id. `scored`: a relation with the query's columns and each model's `packed`.
std::string select_scores(const PredictPlan& plan, std::string_view scored);
// The query's columns and `packed` of each model: each row's score by `function`.
std::string select_packed(const PredictPlan& plan, std::string_view function);
// The number (from 1) and reason of the first row that cannot be scored.
std::string select_first_bad_row(const PredictPlan& plan);
// Of the relation `scored`: the rows that every model could score, or the others; the latter with
// their `reason`, the models and the run in the place of scores.
std::string select_good_rows(const PredictPlan& plan, std::string_view scored);
std::string select_bad_rows(const PredictPlan& plan, std::string_view scored);
std::string select_reasons(const PredictPlan& plan, std::string_view scored);

// `bug` where rows got lost or were made between the query and what was written.
Result<void> check_rows(std::uint64_t scored, std::uint64_t written, std::uint64_t quarantined);

}  // namespace gossamer::executors
