// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json_fwd.hpp"
#include "base/result.hpp"
#include "scoring/engine.hpp"
#include "scoring/features.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gossamer::scoring::xgboost {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// All that XGBoost is told before the first round. invalid_input: an unknown parameter (with a
// suggestion), one that has a field of its own in the step, or a value of the wrong type.
Result<Parameters> make_parameters(const TrainingRequest& request, const Objective& objective,
                                   const TrainingSet& set, int threads);

// Without what does not change the result (threads).
Json to_json(const Parameters& parameters);

}  // namespace gossamer::scoring::xgboost
