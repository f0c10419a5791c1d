// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json_fwd.hpp"
#include "base/result.hpp"
#include "scoring/engine.hpp"
#include "scoring/features.hpp"

namespace gossamer::scoring::lightgbm {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// All that LightGBM is told before the first round, without the number of threads. invalid_input:
// an unknown parameter (with a suggestion), one that has a field of its own in the step, or a value
// that cannot be written as one.
Result<Parameters> make_parameters(const TrainingRequest& request, const Objective& objective,
                                   const TrainingSet& set);

// "a=1 b=2", with the threads.
std::string to_text(const Parameters& parameters, int threads);
Json to_json(const Parameters& parameters);

}  // namespace gossamer::scoring::lightgbm
