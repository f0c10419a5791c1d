// SPDX-License-Identifier: Apache-2.0
// Names Json without the cost of its definition; headers include this one.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace gossamer {

using Json = nlohmann::json;

}  // namespace gossamer
