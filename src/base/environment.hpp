// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gossamer {

// Environment variables as a plain value: read once at the top of the program and handed down.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> variables)
      : variables_(std::move(variables)) {}
  static Environment of_process();

  // Nothing where unset; a variable set to "" is "".
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  [[nodiscard]] std::string get_or(std::string_view name, std::string_view fallback) const;
  // not_found with the name where unset or empty.
  [[nodiscard]] Result<std::string> require(std::string_view name) const;

  // A name is not empty and has neither "=" nor a zero byte; a value has no zero byte.
  Result<void> set(std::string_view name, std::string_view value);
  void unset(std::string_view name);

  [[nodiscard]] const std::map<std::string, std::string>& variables() const { return variables_; }

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace gossamer
