// SPDX-License-Identifier: Apache-2.0
// Runs the real `gossamer` in a folder of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"

namespace gossamer::test {

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
  // stdout as JSON; fails the test where it is none.
  [[nodiscard]] Json json() const;
};

class Program {
 public:
  Program();

  [[nodiscard]] const fs::path& folder() const { return folder_.path(); }
  // Another copy of the program than the one that was built.
  void use(const fs::path& bin) { bin_ = bin; }
  // For what is started from now on, beside what every program gets.
  void set_variable(const std::string& name, const std::string& value) { more_[name] = value; }
  // Runs to the end; -C is set to `workspace` where it is not empty.
  [[nodiscard]] Ran run(const std::vector<std::string>& arguments,
                        const fs::path& workspace = {}) const;
  // Starts it; the caller ends or waits for it.
  [[nodiscard]] Subprocess start(const std::vector<std::string>& arguments,
                                 const fs::path& workspace) const;

  // What `run` starts, less its output.
  [[nodiscard]] SpawnOptions options(const std::vector<std::string>& arguments,
                                     const fs::path& workspace) const;

 private:
  TemporaryFolder folder_;
  fs::path bin_;
  std::map<std::string, std::string> more_;
};

// Where the executables that were built lie.
fs::path bin_folder();
// Where the test executables and what was built for them lie.
fs::path tests_folder();

// A file of the real data, or empty where GOSSAMER_TEST_DATA is unset or empty.
fs::path real_data(const std::string& name);

}  // namespace gossamer::test
