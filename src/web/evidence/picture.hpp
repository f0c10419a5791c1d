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

// An inline SVG of lines through points: `curve` is {title, x, y, reference, new, old}, the last
// three lists of [x, y], `x` and `y` what the axes say. The x axis goes from 0 to 1, the y axis
// from 0 to the highest point, at least 1. Empty where there is nothing new.
std::string curve_svg(const Json& curve);

}  // namespace gossamer::web
