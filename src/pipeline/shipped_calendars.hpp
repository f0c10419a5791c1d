// SPDX-License-Identifier: Apache-2.0
// Calendars that a workspace may name without having a file of them. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "pipeline/definition.hpp"

namespace gossamer::pipeline {

// jp-business: weekends and the holidays of Japan's Act on National Holidays, with substitute days
// and days between two holidays. us-business: weekends and the holidays of 5 U.S.C. 6103, with the
// days on which they are observed. Holidays of 2000 to 2035; a moment on another day is dropped
// (`roll: skip`).
std::vector<std::string_view> shipped_calendars();
// Nothing where none has this name.
std::optional<Calendar> shipped_calendar(std::string_view name);

}  // namespace gossamer::pipeline
