// SPDX-License-Identifier: Apache-2.0
// SQL functions over models.
//
// predict('credit@champion', age, income)         DOUBLE; of several classes the (numeric) label
// predict_margin('credit@champion', age, income)  DOUBLE
// explain('credit@champion', age, income)         VARCHAR, JSON: {"age": ..., "bias": ...}, what
// each
//                                                 feature adds to the margin (SHAP values)
//
// The name is a literal and resolved once, at planning; the arguments are the features in the
// model's order, numbers or NULL. The others are for our own statements: where a score has several
// columns they carry them through one text value, since a function has one result.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "executors/predict/models.hpp"
#include "warehouse/scalar_function.hpp"

namespace gossamer::executors {

// predict(), predict_margin() and explain() over the job's models.
warehouse::ScalarFunctions predict_functions(std::shared_ptr<const JobModels> models);

enum class ScoreForm : std::uint8_t {
  number,  // DOUBLE, the one number of the score
  packed,  // VARCHAR, all columns of the score as text, of numbers alone; a label is its class's
           // index
  packed_or_reason,  // as packed; where the row cannot be scored, "!" and the reason
};
// How many rows came to a function so far.
using RowCount = std::atomic<std::uint64_t>;

// `name(features...)`: each row's score in that form. A row that cannot be scored ends the
// statement with an error that names the column, unless the form has a place for reasons.
std::shared_ptr<const warehouse::ScalarFunction> score_function_of(std::string name,
                                                                   LoadedModel model,
                                                                   scoring::OutputType type,
                                                                   ScoreForm form,
                                                                   std::shared_ptr<RowCount> rows);
// `name(text, index)`: one of the numbers in such a text; NULL of a marked one.
std::shared_ptr<const warehouse::ScalarFunction> packed_part_function(std::string name);

}  // namespace gossamer::executors
