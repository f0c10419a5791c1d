// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace gossamer::pipeline {

// A workspace for tests: the weekly training with its gate and the daily forecast whose release is
// held. It reads raw.rentals and raw.weather, which nothing writes.
std::map<std::string, std::string> bikes();

}  // namespace gossamer::pipeline
