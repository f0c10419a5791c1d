// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <unordered_map>

namespace gossamer::store::sqlite {

// The SQL of `statements/*.sql` by name ("runs.find"). Immutable; may be shared by threads.
class Statements {
 public:
  Statements();

  // A name that no file has is a mistake in this library: asserted, and empty without assertions.
  [[nodiscard]] std::string_view operator[](std::string_view name) const;
  [[nodiscard]] const std::unordered_map<std::string_view, std::string_view>& all() const {
    return by_name_;
  }

 private:
  std::unordered_map<std::string_view, std::string_view> by_name_;
};

}  // namespace gossamer::store::sqlite
