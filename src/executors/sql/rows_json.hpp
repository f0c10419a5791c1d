// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/columns/batch.hpp"
#include "base/json.hpp"

namespace gossamer::executors {

// One value: numbers and booleans as such, dates and times as text, what JSON lacks (NaN,
// infinities) as text, nothing as null.
Json value_json(const Column& column, std::size_t row);

// Appends {column: value} for each row.
void append_rows(Json& list, const Batch& batch);

}  // namespace gossamer::executors
