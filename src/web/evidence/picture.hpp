// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"

namespace gossamer::web {

// `<`, `>`, `&` and quotes as entities.
std::string escaped(std::string_view text);

// An inline SVG: two histograms over the same bins as shares of their rows, the old one filled, the
// new one as a line. `distribution` is {title, unit, edges: [n+1], old: [n] or null, new: [n]}.
// Empty where there are no bins.
std::string histogram_svg(const Json& distribution);

}  // namespace gossamer::web
