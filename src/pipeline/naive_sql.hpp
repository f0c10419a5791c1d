// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipeline/load.hpp"

namespace gossamer::pipeline {

// A SqlParser for tests that need no query engine: words behind FROM and JOIN are tables, less the
// query's own WITH names; `$x` is a parameter, `x(` a function. Unbalanced parentheses, a text that
// begins with neither SELECT nor WITH, and a comma before FROM are errors with their place.
Result<ParsedQuery> parse_naively(std::string_view sql);

}  // namespace gossamer::pipeline
