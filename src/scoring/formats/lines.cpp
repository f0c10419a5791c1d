// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/lines.hpp"

#include "base/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace gossamer::scoring::formats {

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const auto size = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
}

Result<Lines> Lines::parse(std::string_view text, Equals equals) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const auto split = std::min(line.find('='), line.size());
    if (split == 0 || (split == line.size() && equals == Equals::needed)) {
      return invalid_input(
          fmt::format("`{}` is no line of the kind `key=value`", line.substr(0, 60)));
    }
    const std::string_view value = line.substr(std::min(split + 1, line.size()));
    if (!lines.values_.try_emplace(line.substr(0, split), value).second) {
      return invalid_input(fmt::format("`{}` is there twice", line.substr(0, split)));
    }
  }
  return lines;
}

Result<std::string_view> Lines::at(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return invalid_input(fmt::format("`{}` is missing", key));
  return found->second;
}

Result<std::int64_t> Lines::integer(std::string_view key, std::int64_t least,
                                    std::int64_t most) const {
  TRY_ASSIGN(const auto values, integers(key, 1, least, most));
  return values.front();
}

Result<std::vector<std::string_view>> Lines::words(std::string_view key, std::size_t size) const {
  TRY_ASSIGN(const std::string_view text, at(key));
  std::vector<std::string_view> words = split_words(text);
  if (words.size() == size) return words;
  return invalid_input(
      fmt::format("`{}` has {} entries where {} are needed", key, words.size(), size));
}

Result<std::vector<std::int64_t>> Lines::integers(std::string_view key, std::size_t size,
                                                  std::int64_t least, std::int64_t most) const {
  TRY_ASSIGN(const auto entries, words(key, size));
  std::vector<std::int64_t> values;
  values.reserve(size);
  for (const std::string_view entry : entries) {
    const auto value = parse_integer(entry, least, most);
    if (!value) {
      return invalid_input(
          fmt::format("`{}` holds `{}` at {}; it takes whole numbers from {} to {}", key,
                      entry.substr(0, 40), values.size(), least, most));
    }
    values.push_back(*value);
  }
  return values;
}

Result<std::vector<double>> Lines::numbers(std::string_view key, std::size_t size) const {
  TRY_ASSIGN(const auto entries, words(key, size));
  std::vector<double> values;
  values.reserve(size);
  for (const std::string_view entry : entries) {
    double value = 0;
    const auto [end, failure] = std::from_chars(entry.data(), entry.data() + entry.size(), value);
    if (failure != std::errc() || end != entry.data() + entry.size()) {
      return invalid_input(fmt::format("`{}` holds `{}` at {}, which is no number", key,
                                       entry.substr(0, 40), values.size()));
    }
    values.push_back(value);
  }
  return values;
}

}  // namespace gossamer::scoring::formats
