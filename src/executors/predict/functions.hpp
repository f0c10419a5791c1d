// SPDX-License-Identifier: Apache-2.0
// SQL functions over models.
//
// predict('credit@champion', age, income)         DOUBLE; of several classes the (numeric) label
// predict_margin('credit@champion', age, income)  DOUBLE
//
// The name is a literal and resolved once, at planning; the arguments are the features in the
// model's order, numbers or NULL. The other two are for our own statements: they carry all columns
// of a score through one text value, since a function has one result.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "executors/predict/models.hpp"
#include "warehouse/scalar_function.hpp"

namespace gossamer::executors {

// predict() and predict_margin() over the job's models.
warehouse::ScalarFunctions predict_functions(std::shared_ptr<const JobModels> models);

enum class BadRows : std::uint8_t {
  fail,  // the statement ends with an error that names the column
  mark,  // the row's text is "!" and the reason
};
// `name(features...)`: all columns of the score as text, of numbers alone; a label is its class's
// index.
std::shared_ptr<const warehouse::ScalarFunction> packed_score_function(std::string name,
                                                                       LoadedModel model,
                                                                       scoring::OutputType type,
                                                                       BadRows bad_rows);
// `name(text, index)`: one of the numbers in such a text; NULL of a marked one.
std::shared_ptr<const warehouse::ScalarFunction> packed_part_function(std::string name);

}  // namespace gossamer::executors
