// SPDX-License-Identifier: Apache-2.0
#include "tests/scenarios/script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace gossamer::scenarios {
namespace {

// One command a `;`, words parted by blanks.
Result<std::vector<std::vector<std::string>>> commands_of(std::string_view text,
                                                          const Position& position) {
  std::vector<std::vector<std::string>> commands(1);
  std::string word;
  bool in_word = false;
  char quote = 0;
  const auto end_word = [&] {
    if (in_word) commands.back().push_back(std::exchange(word, {}));
    in_word = false;
  };
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == '#' && !in_word) {
      break;
    } else if (c == ' ' || c == '\t') {
      end_word();
    } else if (c == ';' && !in_word) {
      commands.emplace_back();
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return invalid_input("a quote is not closed", position);
  end_word();
  std::erase_if(commands, [](const auto& words) { return words.empty(); });
  return commands;
}

std::size_t indent_of(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string_view::npos ? line.size() : first;
}

std::string without_common_indent(const std::vector<std::string>& lines) {
  std::size_t common = std::string::npos;
  for (const auto& line : lines) {
    if (!trimmed(line).empty()) common = std::min(common, indent_of(line));
  }
  std::string block;
  for (const auto& line : lines) {
    block += trimmed(line).empty() ? std::string() : line.substr(common);
    block += '\n';
  }
  return block;
}

}  // namespace

Result<Script> read_script(std::string_view text, const std::string& file) {
  Script script{file, {}, {}};
  const std::vector<std::string> lines = split(text, '\n');
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::string_view line = lines[at];
    const int number = static_cast<int>(at) + 1;
    if (line.starts_with("# rule ")) {
      for (const auto& rule : split(trimmed(line.substr(7)), ' '))
        script.rules.push_back(rule);
    }
    TRY_ASSIGN(auto commands, commands_of(line, Position{file, number, 1}));
    if (commands.empty()) continue;
    if (line.starts_with(' ')) {
      return invalid_input("an indented line belongs to no command", Position{file, number, 1});
    }
    std::vector<std::string> block;
    while (at + 1 < lines.size() &&
           (lines[at + 1].starts_with(' ') || (!block.empty() && trimmed(lines[at + 1]).empty()))) {
      block.push_back(lines[++at]);
    }
    for (auto& words : commands)
      script.lines.push_back(Line{number, std::move(words), {}});
    script.lines.back().block = without_common_indent(block);
  }
  return script;
}

std::optional<std::string> Options::value(std::string_view name) {
  const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(next_);
  const auto found = std::find(begin, words_.end(), name);
  if (found == words_.end() || found + 1 == words_.end()) return std::nullopt;
  std::string value = *(found + 1);
  words_.erase(found, found + 2);
  return value;
}

std::vector<std::string> Options::values(std::string_view name) {
  std::vector<std::string> all;
  while (auto one = value(name))
    all.push_back(*std::move(one));
  return all;
}

bool Options::flag(std::string_view name) {
  const auto begin = words_.begin() + static_cast<std::ptrdiff_t>(next_);
  const auto found = std::find(begin, words_.end(), name);
  if (found == words_.end()) return false;
  words_.erase(found);
  return true;
}

std::optional<std::string> Options::next() {
  if (next_ >= words_.size()) return std::nullopt;
  std::string word = words_[next_];
  words_.erase(words_.begin() + static_cast<std::ptrdiff_t>(next_));
  return word;
}

std::string Options::name() {
  if (next_ < words_.size() && words_[next_] == "->") return {};
  return next().value_or("");
}

Result<void> Options::finish() const {
  if (next_ >= words_.size()) return {};
  return invalid_input(fmt::format("'{}' means nothing here", words_[next_]));
}

}  // namespace gossamer::scenarios
