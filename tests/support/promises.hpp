// SPDX-License-Identifier: Apache-2.0
// The checker. It knows only what happened, none of the engine's rules.
#pragma once

#include <string>
#include <vector>

#include "tests/support/journal.hpp"

namespace gossamer::test {

// Every promise that the journal shows broken, as a text; `slots` is the size of the one pool.
std::vector<std::string> broken_promises(const Journal& journal, int slots);

// What must hold besides once nothing goes wrong any more and all has come to its end.
std::vector<std::string> unfinished_business(const Journal& journal);

}  // namespace gossamer::test
