// SPDX-License-Identifier: Apache-2.0
#include "app/params.hpp"

#include <fmt/format.h>

namespace gossamer::app {

Result<Json> parse_params(const std::vector<std::string>& pairs) {
  Json params = Json::object();
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid_input(
          fmt::format("--param {}: write it as name=value, e.g. horizon_days=7", pair));
    }
    const auto name = pair.substr(0, equals);
    if (params.contains(name)) {
      return invalid_input(fmt::format("--param {}: given twice", name));
    }
    params[name] = pair.substr(equals + 1);
  }
  return params;
}

}  // namespace gossamer::app
