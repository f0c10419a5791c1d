// SPDX-License-Identifier: Apache-2.0
#include "base/environment.hpp"

#include <unistd.h>

namespace gossamer {

Environment Environment::of_process() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    // Of a variable that stands there twice the first counts, as in getenv.
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::find(std::string_view name) const {
  const auto found = variables_.find(std::string(name));
  if (found == variables_.end()) return std::nullopt;
  return found->second;
}

std::string Environment::get_or(std::string_view name, std::string_view fallback) const {
  return find(name).value_or(std::string(fallback));
}

Result<std::string> Environment::require(std::string_view name) const {
  auto value = find(name);
  if (value && !value->empty()) return *std::move(value);
  return not_found("the environment variable " + std::string(name) + " is not set");
}

Result<void> Environment::set(std::string_view name, std::string_view value) {
  if (name.empty() || name.find('=') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos) {
    return invalid_input("`" + std::string(name) + "` cannot name an environment variable");
  }
  if (value.find('\0') != std::string_view::npos) {
    return invalid_input("the value of " + std::string(name) + " has a zero byte");
  }
  variables_.insert_or_assign(std::string(name), std::string(value));
  return {};
}

void Environment::unset(std::string_view name) { variables_.erase(std::string(name)); }

}  // namespace gossamer
