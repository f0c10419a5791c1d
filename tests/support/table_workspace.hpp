// SPDX-License-Identifier: Apache-2.0
// A workspace in a folder of its own, for tests of tables through the command line alone.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/program.hpp"

namespace gossamer::test {

class TableWorkspace : public testing::Test {
 protected:
  void SetUp() override { write("gossamer.yaml", "workspace: tables\ntimezone: Asia/Tokyo\n"); }

  fs::path write(const std::string& name, const std::string& text) const {
    const auto file = workspace_ / name;
    EXPECT_TRUE(make_folders(file.parent_path()));
    EXPECT_TRUE(write_file_durably(file, text));
    return file;
  }

  [[nodiscard]] Ran run(const std::vector<std::string>& arguments) const {
    return program_.run(arguments, workspace_);
  }
  // What the program was told to print as JSON; fails the test where it did not end well.
  [[nodiscard]] Json answer(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"-o", "json"});
    const auto ran = run(arguments);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.exit_code == 0 ? ran.json() : Json();
  }
  [[nodiscard]] static std::vector<std::string> import_of(
      const std::string& table, const fs::path& file, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"tables", "import", table, file.string(), "-o", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  [[nodiscard]] Ran import(const std::string& table, const fs::path& file,
                           const std::vector<std::string>& more = {}) const {
    return run(import_of(table, file, more));
  }
  [[nodiscard]] Json rows(const std::string& sql, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"query", sql};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return answer(std::move(arguments));
  }
  // Names of the Parquet files that an outsider sees in a partition.
  [[nodiscard]] std::vector<std::string> shown(const std::string& folder) const {
    const auto names = list_folder(workspace_ / "warehouse" / folder);
    EXPECT_TRUE(names) << folder;
    return names.value_or(std::vector<std::string>());
  }

  Program program_;
  fs::path workspace_ = program_.folder() / "tables";
};

}  // namespace gossamer::test
