// SPDX-License-Identifier: Apache-2.0
// `--param name=value`, as several commands take it.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace gossamer::app {

// {name: value as text}: the declaration of each parameter says what it is. invalid_input where one
// is not name=value, or is given twice.
Result<Json> parse_params(const std::vector<std::string>& pairs);

}  // namespace gossamer::app
