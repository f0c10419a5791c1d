// SPDX-License-Identifier: Apache-2.0
// Made-up data for the examples: seeded, so that the same program makes the same files.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace gossamer::app {

// CSV with the columns `hour` and those that the demand example reads: two years of hours with a
// daily and a weekly rhythm, seasons, weather, and noise.
std::string demand_csv(std::uint64_t seed);

// CSV of `clients` rows for the credit example; who is late with payments defaults more often.
std::string credit_csv(std::uint64_t seed, int clients);

}  // namespace gossamer::app
