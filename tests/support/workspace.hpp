// SPDX-License-Identifier: Apache-2.0
// A workspace of its own, used as a person or a script uses it: by the command line alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/support/program.hpp"

namespace gossamer::test {

class Workspace {
 public:
  // A folder that does not exist yet: write its files, or `init` it.
  Workspace() = default;

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] fs::path beside(const std::string& name) const { return program_.folder() / name; }
  Program& program() { return program_; }

  void write(const std::string& name, const std::string& text) const;
  // A pipeline whose step `one` is the evidence of the gate `confirm`, which ana decides within two
  // days; further steps, as YAML, stand behind it.
  void write_asking_pipeline(const std::string& name, const std::string& behind = "") const;
  [[nodiscard]] Ran run(const std::vector<std::string>& arguments) const {
    return program_.run(arguments, folder_);
  }
  [[nodiscard]] Ran run_as(const std::string& who, std::vector<std::string> arguments) const;
  [[nodiscard]] Subprocess start(const std::vector<std::string>& arguments) const {
    return program_.start(arguments, folder_);
  }
  // What the command prints with `-o json`; it has to succeed.
  [[nodiscard]] Json json(std::vector<std::string> arguments) const;
  // The rows of a query.
  [[nodiscard]] Json rows(const std::string& sql) const { return json({"query", sql}); }
  // The only open gate; the test fails where there is none, or another one.
  [[nodiscard]] std::string open_gate() const;

 private:
  Program program_;
  fs::path folder_ = program_.folder() / "w";
};

// The steps of `run ... -o json`, by name.
std::map<std::string, Json> by_step(const Json& run);

// The names of an object's members, in order of the alphabet.
std::vector<std::string> names_in(const Json& object);

}  // namespace gossamer::test
