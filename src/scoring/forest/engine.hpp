// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scoring/engine.hpp"

namespace gossamer::scoring::forest {

// An engine that trains as `library` does, and whose scorers sum the trees themselves where this
// engine can. The library goes on to compute contributions, and all of a model that the forest does
// not hold (docs/limits.md lists the kinds); then Scorer::kernel() says why.
Engine with_forest(Engine library);

}  // namespace gossamer::scoring::forest
