// SPDX-License-Identifier: Apache-2.0
// LightGBM as an engine: trained from column memory; models as text, `model.lgb`.
#pragma once

#include <memory>
#include <span>

#include "scoring/engine.hpp"
#include "scoring/objective.hpp"

namespace gossamer::scoring::lightgbm {

// `threads` of its library for training; they do not change a bit of the result.
Engine engine(int threads);

// The objectives of LightGBM under all their names, with those refused here.
std::span<const Objective> objectives();

Result<TrainedModel> train(const Batch& rows, const TrainingRequest& request,
                           const RoundObserver& observer, int threads);
Result<std::shared_ptr<const Scorer>> load(const Artifact& artifact, const LoadOptions& options);

}  // namespace gossamer::scoring::lightgbm
