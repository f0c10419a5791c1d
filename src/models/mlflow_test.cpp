// SPDX-License-Identifier: Apache-2.0
#include "models/mlflow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.hpp"
#include "base/json.hpp"
#include "models/folder.hpp"

namespace gossamer::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FolderTest : public ::testing::Test {
 protected:
  static MlflowContent content() {
    return {.flavour = "xgboost",
            .library_version = "3.4.1",
            .model_file = "model.ubj",
            .model_bytes = std::string("{\0trees", 7),
            .description = {{"schema", 1}},
            .inputs = {{{"age", ColumnType::int64, Presence::required},
                        {"it's", ColumnType::int64, Presence::nullable},
                        {"on", ColumnType::boolean, Presence::required},
                        {"x", ColumnType::float32, Presence::nullable}}},
            .outputs = 3};
  }
  fs::path folder() const { return temporary_.path() / "model"; }
  std::string refusal(const Digest& digest) const {
    const auto verified = verify_model_folder(folder(), digest);
    return verified ? "verified" : verified.error().message;
  }

  TemporaryFolder temporary_ = *TemporaryFolder::make();
};

TEST_F(FolderTest, WritesAndReadsMlflowsForm) {
  const auto digest = write_mlflow_folder(folder(), content());
  ASSERT_TRUE(digest) << digest.error().describe();
  const auto model = read_mlflow_folder(folder());
  ASSERT_TRUE(model) << model.error().describe();
  EXPECT_THAT(model->flavours, ElementsAre("python_function", "xgboost"));
  ASSERT_TRUE(model->inputs);
  // An integer with nulls is a double for MLflow.
  EXPECT_EQ(*model->inputs, (Signature{{{"age", ColumnType::int64, Presence::required},
                                        {"it's", ColumnType::float64, Presence::required},
                                        {"on", ColumnType::boolean, Presence::required},
                                        {"x", ColumnType::float32, Presence::required}}}));
  EXPECT_EQ(refusal(*digest), "verified");
}

TEST_F(FolderTest, TheSameContentHasTheSameDigest) {
  const auto first = write_mlflow_folder(folder(), content());
  const auto second = write_mlflow_folder(temporary_.path() / "other", content());
  EXPECT_EQ(*first, *second);
  MlflowContent changed = content();
  changed.model_bytes += "x";
  EXPECT_NE(*write_mlflow_folder(temporary_.path() / "changed", changed), *first);
}

TEST_F(FolderTest, AFlippedBitInAnyFileIsNamed) {
  const auto digest = write_mlflow_folder(folder(), content());
  ASSERT_TRUE(digest);
  const auto files = list_folder(folder());
  ASSERT_EQ(files->size(), 7U);
  for (const std::string& file : *files) {
    const auto bytes = read_file(folder() / file);
    std::string changed = *bytes;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    ASSERT_TRUE(write_file_durably(folder() / file, changed));
    EXPECT_THAT(refusal(*digest), HasSubstr(file + " was changed since its version was made"));
    ASSERT_TRUE(write_file_durably(folder() / file, *bytes));
  }
  EXPECT_EQ(refusal(*digest), "verified");
}

TEST_F(FolderTest, FilesThatWereAddedOrRemovedAreNamed) {
  const auto digest = write_mlflow_folder(folder(), content());
  ASSERT_TRUE(write_file_durably(folder() / "more.txt", "x"));
  EXPECT_THAT(refusal(*digest), HasSubstr("more.txt was added"));
  ASSERT_TRUE(remove_tree(folder() / "more.txt"));
  ASSERT_TRUE(remove_tree(folder() / "model.ubj"));
  EXPECT_THAT(refusal(*digest), HasSubstr("model.ubj was removed"));
  ASSERT_TRUE(remove_tree(folder() / "SHA256SUMS"));
  EXPECT_THAT(refusal(*digest), HasSubstr("SHA256SUMS was removed"));
  ASSERT_TRUE(remove_tree(folder()));
  EXPECT_EQ(verify_model_folder(folder(), *digest).error().kind, ErrorKind::not_found);
}

TEST_F(FolderTest, AListThatWasSealedAnewIsNotTheVersion) {
  const auto digest = write_mlflow_folder(folder(), content());
  ASSERT_TRUE(write_file_durably(folder() / "model.ubj", "another"));
  ASSERT_TRUE(seal_model_folder(folder()));
  EXPECT_THAT(refusal(*digest), HasSubstr("SHA256SUMS was changed"));
}

TEST_F(FolderTest, SealsWhatAnyProgramWrote) {
  ASSERT_TRUE(make_folders(folder() / "code"));
  ASSERT_TRUE(write_file_durably(folder() / "MLmodel", "flavors:\n  sklearn: {}\n"));
  ASSERT_TRUE(write_file_durably(folder() / "code" / "a.py", "pass\n"));
  const auto digest = seal_model_folder(folder());
  ASSERT_TRUE(digest) << digest.error().describe();
  EXPECT_EQ(refusal(*digest), "verified");
  EXPECT_FALSE(read_mlflow_folder(folder())->inputs);
  fs::create_symlink("/etc/passwd", folder() / "link");
  EXPECT_THAT(seal_model_folder(folder()).error().message, HasSubstr("`link` is neither"));
  EXPECT_THAT(refusal(*digest), HasSubstr("`link` is neither"));
}

TEST_F(FolderTest, AFolderWithoutAModelIsRefused) {
  ASSERT_TRUE(make_folders(folder()));
  EXPECT_THAT(seal_model_folder(folder()).error().message, HasSubstr("there is no model"));
  EXPECT_EQ(read_mlflow_folder(folder()).error().kind, ErrorKind::not_found);
  ASSERT_TRUE(write_file_durably(folder() / "MLmodel", "run_id: x\n"));
  EXPECT_THAT(read_mlflow_folder(folder()).error().message, HasSubstr("`flavors` is missing"));
}

}  // namespace
}  // namespace gossamer::models
