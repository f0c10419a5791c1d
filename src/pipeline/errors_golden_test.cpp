// SPDX-License-Identifier: Apache-2.0
// Each folder of tests/golden/definitions is a workspace with something wrong in it; expected.txt
// holds all that is said about it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/testing/golden.hpp"
#include "pipeline/load.hpp"
#include "pipeline/naive_sql.hpp"

namespace gossamer::pipeline {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> cases() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(golden::folder() / "definitions")) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  return folders;
}

class Definitions : public testing::TestWithParam<fs::path> {};

TEST_P(Definitions, SaysEverythingThatIsWrong) {
  const Known known{{"raw.rentals", "raw.weather", "raw.clients"}, {}};
  std::string environment = golden::read(GetParam() / "environment");
  if (environment.ends_with('\n')) environment.pop_back();
  const Loaded loaded = load_workspace(GetParam().string(), parse_naively, known, environment);
  std::string said;
  for (const Error& error : loaded.errors)
    said += error.describe() + "\n";
  for (const Error& warning : loaded.warnings)
    said += "warning: " + warning.describe() + "\n";
  golden::expect_equal(GetParam() / "expected.txt", said);
  EXPECT_EQ(loaded.definition == nullptr, !loaded.errors.empty());
  for (const Error& error : loaded.errors) {
    EXPECT_EQ(error.kind, ErrorKind::invalid_input) << error.describe();
    ASSERT_TRUE(error.position.has_value()) << error.describe();
    EXPECT_FALSE(error.position->file.empty()) << error.describe();
  }
}

std::string case_name(const testing::TestParamInfo<fs::path>& info) {
  return info.param.filename().string();
}

INSTANTIATE_TEST_SUITE_P(Corpus, Definitions, testing::ValuesIn(cases()), case_name);

}  // namespace
}  // namespace gossamer::pipeline
