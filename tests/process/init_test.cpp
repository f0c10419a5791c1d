// SPDX-License-Identifier: Apache-2.0
// A folder becomes a workspace that can be applied as it is, whatever the folder is called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.hpp"

namespace gossamer::test {
namespace {

using ::testing::HasSubstr;

struct Folder {
  std::string name;
  std::string workspace;
};

class Init : public testing::TestWithParam<Folder> {
 protected:
  Program program_;
};

TEST_P(Init, NamesTheWorkspaceAfterItsFolderAndItApplies) {
  const auto place = program_.folder() / GetParam().name;
  ASSERT_TRUE(make_folders(place));
  const auto made = program_.run({"init", "."}, place);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto text = read_file(place / "gossamer.yaml");
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("workspace: " + GetParam().workspace + "\n"));
  const auto applied = program_.run({"apply"}, place);
  EXPECT_EQ(applied.exit_code, 0) << applied.err;
}

INSTANTIATE_TEST_SUITE_P(Folders, Init,
                         testing::Values(Folder{"shop", "shop"},
                                         Folder{"Credit Risk", "credit_risk"},
                                         Folder{"_2nd-try.", "2nd-try_"},
                                         Folder{"\xe5\xba\x97", "workspace"},
                                         Folder{std::string(80, 'x'), std::string(63, 'x')}),
                         [](const auto& tested) { return "n" + std::to_string(tested.index); });

TEST(InitOfANamedFolder, TakesItsNameWithOrWithoutASlashAtTheEnd) {
  const Program program;
  ASSERT_TRUE(make_folders(program.folder()));
  for (const std::string name : {"one", "two/"}) {
    ASSERT_EQ(program.run({"init", name}, program.folder()).exit_code, 0);
    const auto text = read_file(program.folder() / name / "gossamer.yaml");
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr("workspace: " + name.substr(0, 3) + "\n"));
  }
}

}  // namespace
}  // namespace gossamer::test
