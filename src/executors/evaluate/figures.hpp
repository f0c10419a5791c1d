// SPDX-License-Identifier: Apache-2.0
// Figures by name: what a metric in a step's declaration means for a model's predictions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/result.hpp"
#include "scoring/scorer.hpp"

namespace gossamer::executors {

enum class Better : std::uint8_t { more, less };

// more for auc, r2, ...; less for rmse, brier, ...
Better better_of(std::string_view metric);

// Above it a prediction of two classes counts as 1.
inline constexpr double default_cut_off = 0.5;

// Whether the metric says how groups of rows differ; then figure_of does not have it.
bool is_of_groups(std::string_view metric);

// Names that figure_of knows, in the order in which people read them.
std::vector<std::string> known_metrics(scoring::Task task);
// The ones that describe such a model where none are asked for.
std::vector<std::string> default_metrics(const scoring::Scorer& scorer);

// invalid_input: an unknown metric (with a suggestion), or one that does not fit the model's task.
Result<void> check_metric(std::string_view metric, const scoring::Scorer& scorer);

// What came true, row by row: numbers, or for classes their index in the model.
struct Truth {
  std::vector<double> label;
  std::vector<double> weight;  // empty: all 1
};

// invalid_input: a missing, null or non-numeric label or weight (column and row named), a label
// that is no class of the model, no rows.
Result<Truth> truth_of(const Batch& rows, const std::string& label, const std::string& weight,
                       const scoring::Scorer& scorer);

// One figure of a scorer's output columns. invalid_input: an unknown metric (with a suggestion),
// one that does not fit the model's task, or one that these rows do not define.
Result<double> figure_of(std::string_view metric, const Batch& predictions, const Truth& truth,
                         const scoring::Scorer& scorer);

}  // namespace gossamer::executors
