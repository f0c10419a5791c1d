// SPDX-License-Identifier: Apache-2.0
// Blocks of `key=value` lines, as LightGBM writes models.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::scoring::formats {

// Values by key, each key once. Views into the text.
class Lines {
 public:
  // invalid_input: a line without a key (and, with `needed`, without `=`), or a key given twice.
  enum class Equals : std::uint8_t { optional, needed };
  static Result<Lines> parse(std::string_view text, Equals equals);

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] bool has(std::string_view key) const { return values_.contains(key); }
  [[nodiscard]] Result<std::string_view> at(std::string_view key) const;
  [[nodiscard]] Result<std::int64_t> integer(std::string_view key, std::int64_t least,
                                             std::int64_t most) const;
  // What stands between blanks. How many there are has to be `size`.
  [[nodiscard]] Result<std::vector<std::string_view>> words(std::string_view key,
                                                            std::size_t size) const;
  [[nodiscard]] Result<std::vector<std::int64_t>> integers(std::string_view key, std::size_t size,
                                                           std::int64_t least,
                                                           std::int64_t most) const;
  // NaN and infinities included.
  [[nodiscard]] Result<std::vector<double>> numbers(std::string_view key, std::size_t size) const;

 private:
  std::map<std::string_view, std::string_view> values_;
};

// What stands between blanks of any number.
std::vector<std::string_view> split_words(std::string_view text);

}  // namespace gossamer::scoring::formats
