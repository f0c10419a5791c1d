// SPDX-License-Identifier: Apache-2.0
// The text of a scenario: commands with their words and the block of lines below them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gossamer::scenarios {

struct Line {
  int number = 0;
  std::vector<std::string> words;  // "quoted words", or 'quoted', are one, without quotes
  std::string block;               // the deeper lines that follow, without their common indent
  [[nodiscard]] std::string word(std::size_t at) const {
    return at < words.size() ? words[at] : std::string();
  }
};

struct Script {
  std::string file;
  std::vector<std::string> rules;  // of its `# rule R-2.3` lines
  std::vector<Line> lines;
};

// `a ; b` on one line are two commands. A `#` begins a comment outside of quotes and blocks.
Result<Script> read_script(std::string_view text, const std::string& file);

// Words behind the fixed ones of a command, as `name value` pairs or bare flags, taken one by one
// so that what is left over is an error.
class Options {
 public:
  Options(const Line& line, std::size_t first) : words_(line.words), next_(first) {
    if (next_ > words_.size()) next_ = words_.size();
  }
  // The value behind `name`, which is removed; nothing where it is missing.
  std::optional<std::string> value(std::string_view name);
  std::vector<std::string> values(std::string_view name);
  bool flag(std::string_view name);
  // The next word, whatever it is.
  std::optional<std::string> next();
  // The next word unless the arrow stands there; empty where nothing is left.
  std::string name();
  // Nothing may be left.
  [[nodiscard]] Result<void> finish() const;

 private:
  std::vector<std::string> words_;
  std::size_t next_;
};

}  // namespace gossamer::scenarios
