// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/columns/batch.hpp"
#include "base/result.hpp"

#include <span>
#include <string>

namespace gossamer::scoring::forest {

// Texts, or whole numbers, as the codes that the model gave them at its training: what XGBoost's
// recoder does to the categories of a data frame. A column of float64; null stays null.
// invalid_input names the first entry that the training never saw, as XGBoost refuses it too.
Result<Column> recode(const Column& column, std::span<const std::string> categories);

}  // namespace gossamer::scoring::forest
