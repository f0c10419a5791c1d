// SPDX-License-Identifier: Apache-2.0
// A workspace in a folder of its own, for tests of tables through the command line alone.
#pragma once

#include <fmt/format.h>
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
  // Trains another version of `model` from sql/train.sql; its gate stays open.
  void train(const std::string& model, const std::string& label, int rounds) const {
    write(
        "pipelines/training.yaml",
        fmt::format("pipeline: training\n"
                    "steps:\n"
                    "  train:\n"
                    "    train: {{ model: {0}, engine: xgboost, data: sql/train.sql, label: {1},\n"
                    "      objective: \"reg:squarederror\", rounds: {2}, seed: 1 }}\n"
                    "  confirm:\n"
                    "    approval:\n"
                    "      title: Use it?\n"
                    "      evidence: [train]\n"
                    "      approvers: {{ any_of: [ana] }}\n"
                    "      on_approved:\n"
                    "        aliases: [ {{ model: {0}, alias: champion, version: "
                    "\"${{steps.train.version}}\" }} ]\n",
                    model, label, rounds));
    const auto trained = run({"run", "training"});
    ASSERT_EQ(trained.exit_code, 4) << trained.err;
  }
  // What is trained first becomes the champion, the second version waits.
  void train_two(const std::string& model, const std::string& label, int rounds,
                 int more_rounds) const {
    train(model, label, rounds);
    const auto gates = answer({"gates", "list"});
    ASSERT_EQ(gates.size(), 1U);
    const auto gate = gates[0].at("gate").get<std::string>();
    ASSERT_EQ(run({"--as", "ana", "gates", "approve", gate}).exit_code, 0);
    train(model, label, more_rounds);
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
