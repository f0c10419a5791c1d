// SPDX-License-Identifier: Apache-2.0
// A plan as a session carries it out.
#pragma once

#include <memory>
#include <vector>

#include "executors/predict/functions.hpp"
#include "executors/predict/plan.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::executors {

// How many rows came to each model, in the plan's order.
using RowCounts = std::vector<std::shared_ptr<RowCount>>;
RowCounts counts_for(const PredictPlan& plan);

// The functions that the plan's statements call. What finds the row to blame after a failure is
// counted apart.
warehouse::ScalarFunctions functions_of(const PredictPlan& plan, const RowCounts& counts);

// An error of the statement that scored, as one that says which row of the query it was: the
// statement saw only its part of the rows. Any other error stays as it is.
Error located(warehouse::Session& session, const PredictPlan& plan,
              const warehouse::Parameters& parameters, Error error);

}  // namespace gossamer::executors
