// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "scoring/forest/forest.hpp"
#include "scoring/formats/document.hpp"

namespace gossamer::scoring::forest {

// Appends one tree of a checked XGBoost file, whose leaves hold one number each.
Result<void> append_tree(Forest& forest, const formats::Place& tree);

}  // namespace gossamer::scoring::forest
