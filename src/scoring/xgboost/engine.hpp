// SPDX-License-Identifier: Apache-2.0
// XGBoost as an engine: gbtree and dart, trained from column memory; models as `model.ubj`.
#pragma once

#include "scoring/engine.hpp"
#include "scoring/objective.hpp"

#include <span>
#include <string>

namespace gossamer::scoring::xgboost {

// `threads` of its library for training; they do not change a bit of the result.
Engine engine(int threads);

// The objectives of XGBoost, with those refused here.
std::span<const Objective> objectives();

Result<TrainedModel> train(const Batch& rows, const TrainingRequest& request,
                           const RoundObserver& observer, int threads);
Result<std::shared_ptr<const Scorer>> load(const Artifact& artifact, const LoadOptions& options);

}  // namespace gossamer::scoring::xgboost
