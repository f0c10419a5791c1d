// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/engine.hpp"

#include "base/files.hpp"
#include "base/json.hpp"
#include "scoring/forest/predictor.hpp"
#include "scoring/forest/testing/files.hpp"
#include "scoring/outputs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gossamer::scoring::forest {
namespace {

using ::testing::HasSubstr;

// Stands for a library: knows the names, refuses the infinite, and gives 7 for everything.
class SevenScorer final : public Scorer {
 public:
  explicit SevenScorer(Description description) : description_(std::move(description)) {}
  const Signature& signature() const override { return description_.features; }
  Task task() const override { return description_.task; }
  const std::vector<std::string>& classes() const override { return description_.classes; }
  Signature output_signature(OutputType type) const override {
    return outputs_of(description_, type);
  }
  Result<std::vector<BadRow>> find_bad_rows(const Batch& rows) const override {
    std::vector<BadRow> bad;
    const auto ages = rows.find("age")->float64s();
    for (std::size_t row = 0; row < ages.size(); ++row) {
      if (std::isinf(static_cast<float>(ages[row]))) bad.push_back({row, "age", "is bad"});
    }
    return bad;
  }
  Result<Batch> score(const Batch& rows, OutputType type) const override {
    const std::size_t extra = type == OutputType::contributions ? 3 : 0;
    return make_outputs(description_, type, rows.rows(), std::vector<double>(rows.rows(), 7),
                        std::vector<double>(rows.rows() * extra, 7));
  }
  std::string_view kernel() const override { return "seven 1.0"; }
  std::size_t memory_bytes() const override { return 100; }

 private:
  Description description_;
};

Description two_features() {
  Description description;
  description.flavour = "seven";
  description.task = Task::binary;
  description.features.columns = {{"age", ColumnType::float64, Presence::nullable},
                                  {"kind", ColumnType::float64, Presence::nullable}};
  return description;
}

Engine seven() {
  Engine engine;
  engine.name = "seven";
  engine.load = [](const Artifact&, const LoadOptions&) -> Result<std::shared_ptr<const Scorer>> {
    return std::make_shared<const SevenScorer>(two_features());
  };
  return engine;
}

Result<std::shared_ptr<const Scorer>> loaded(const std::string& bytes, int threads = 1) {
  TRY_ASSIGN(const auto folder, TemporaryFolder::make());
  Artifact artifact;
  artifact.folder = folder.path();
  artifact.model_path = folder.path() / "model";
  TRY(write_file_durably(artifact.model_path, bytes));
  return with_forest(seven()).load(artifact, {.threads = threads});
}

Batch rows(std::vector<double> age, std::vector<double> kind) {
  const auto batch = Batch::make(
      {Column::of_float64("kind", std::move(kind)), Column::of_float64("age", std::move(age))});
  EXPECT_TRUE(batch);
  return batch.value_or(Batch());
}

TEST(WithForest, ScoresThePredictionAndTheMargin) {
  const auto scorer = loaded(test::xgboost_json());
  ASSERT_TRUE(scorer) << scorer.error().describe();
  EXPECT_THAT(std::string((*scorer)->kernel()), HasSubstr("forest "));
  EXPECT_GT((*scorer)->memory_bytes(), 100U);
  const auto scored = (*scorer)->score(rows({0.25, 0.75}, {0, 3}), OutputType::margin);
  ASSERT_TRUE(scored) << scored.error().describe();
  EXPECT_EQ(scored->find("margin")->float64s()[1], 2.25);
  EXPECT_EQ(scored->find("prediction")->float64s()[0], 1.0F / (std::exp(0.75F) + 1.0F + 1e-16F));
  const auto empty = (*scorer)->score(rows({}, {}), OutputType::prediction);
  ASSERT_TRUE(empty) << empty.error().describe();
  EXPECT_EQ(empty->rows(), 0U);
}

TEST(WithForest, GivesTheSameOnSeveralThreads) {
  constexpr std::size_t many = 100'000;
  std::vector<double> age;
  std::vector<double> kind;
  for (std::size_t i = 0; i < many; ++i) {
    age.push_back(static_cast<double>(i % 100) / 100);
    kind.push_back(static_cast<double>(i % 5));
  }
  const Batch batch = rows(age, kind);
  const auto one = loaded(test::xgboost_json(), 1);
  const auto four = loaded(test::xgboost_json(), 4);
  ASSERT_TRUE(one && four);
  const auto by_one = (*one)->score(batch, OutputType::prediction);
  const auto by_four = (*four)->score(batch, OutputType::prediction);
  ASSERT_TRUE(by_one && by_four) << by_one.error().describe();
  const auto expected = by_one->find("prediction")->float64s();
  const auto scored = by_four->find("prediction")->float64s();
  EXPECT_TRUE(std::ranges::equal(scored, expected));
  EXPECT_NE(expected[0], expected[many - 1]);
}

// The second feature's split as a numeric one: codes make every row worth a look.
std::string numbers_only() {
  std::string text =
      test::replaced(test::xgboost_json(), R"(["float","c"])", R"(["float","float"])");
  text = test::replaced(std::move(text), R"("categories_nodes":[2])", R"("categories_nodes":[])");
  text = test::replaced(std::move(text), R"("categories_segments":[0])",
                        R"("categories_segments":[])");
  text = test::replaced(std::move(text), R"("categories_sizes":[2])", R"("categories_sizes":[])");
  return test::replaced(std::move(text), R"("split_type":[0,0,1,0,0])",
                        R"("split_type":[0,0,0,0,0])");
}

TEST(WithForest, LeavesContributionsAndBadRowsToTheLibrary) {
  const auto scorer = loaded(numbers_only());
  ASSERT_TRUE(scorer) << scorer.error().describe();
  const auto explained = (*scorer)->score(rows({0.25}, {0}), OutputType::contributions);
  ASSERT_TRUE(explained) << explained.error().describe();
  EXPECT_EQ(explained->find("contribution_bias")->float64s()[0], 7);
  for (const double bad : {-std::numeric_limits<double>::infinity(), 3.4028235677973366e38, 1e39}) {
    const auto refused = (*scorer)->score(rows({1, 2, bad}, {0, 0, 0}), OutputType::prediction);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().message, "column `age`, row 3: is bad");
  }
}

TEST(WithForest, SaysWhyItLeavesAModelToTheLibrary) {
  const auto scorer =
      loaded(test::replaced(test::xgboost_json(), "binary:logistic", "survival:own"));
  ASSERT_TRUE(scorer) << scorer.error().describe();
  EXPECT_EQ((*scorer)->kernel(), "seven 1.0 (its objective `survival:own` is not known here)");
  const auto scored = (*scorer)->score(rows({0.25}, {0}), OutputType::prediction);
  ASSERT_TRUE(scored);
  EXPECT_EQ(scored->find("prediction")->float64s()[0], 7);
  const auto unread = loaded("tree\n");
  ASSERT_TRUE(unread);
  EXPECT_THAT(std::string((*unread)->kernel()), HasSubstr("unread: `version` is missing"));
}

}  // namespace
}  // namespace gossamer::scoring::forest
