// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/yaml.hpp"

namespace gossamer::pipeline {

// Collects everything that is wrong, so that a person sees all of it at once. Every error is
// invalid_input with a position.
class Problems {
 public:
  // While it lives, messages say that they are about this key.
  class About {
   public:
    About(Problems& problems, std::string key) : problems_(problems) {
      problems_.keys_.push_back(std::move(key));
    }
    About(const About&) = delete;
    About& operator=(const About&) = delete;
    ~About() { problems_.keys_.pop_back(); }

   private:
    Problems& problems_;
  };

  void error(const YamlNode& at, std::string message);
  void error(Position at, std::string message);
  void error(Error error);
  void warning(Position at, std::string message);

  // "expected `what`, found ...", at the node.
  void mismatch(const YamlNode& node, std::string_view what);

  [[nodiscard]] std::size_t count() const { return errors_.size(); }
  // By file, line and column, each only once.
  [[nodiscard]] std::vector<Error> take_errors();
  [[nodiscard]] std::vector<Error> take_warnings();

 private:
  std::vector<std::string> keys_;
  std::vector<Error> errors_;
  std::vector<Error> warnings_;
};

// What stands there, for people: "the text `x`", "the whole number 5", "a list", "nothing".
std::string found(const YamlNode& node);

// The place of a key or list item below `node`, as far down as the path exists; of a key, where
// the key itself stands.
Position key_position(const YamlNode& node, std::string_view key);

}  // namespace gossamer::pipeline
