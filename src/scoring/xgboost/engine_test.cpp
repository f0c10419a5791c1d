// SPDX-License-Identifier: Apache-2.0
#include "scoring/xgboost/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/files.hpp"
#include "base/json.hpp"
#include "scoring/testing/rows.hpp"

namespace gossamer::scoring {
namespace {

using ::testing::HasSubstr;

class XgboostTest : public ::testing::Test {
 protected:
  Result<TrainedModel> train(const Batch& rows, const TrainingRequest& request) {
    return engine_.train(rows, request, {});
  }
  std::string message(const Batch& rows, const TrainingRequest& request) {
    const auto model = train(rows, request);
    return model ? "trained" : model.error().message;
  }
  // Through files, as a job does it.
  std::shared_ptr<const Scorer> load(const TrainedModel& model) {
    return test::load_through_folder(engine_, model);
  }

  Engine engine_ = xgboost::engine(2);
};

TEST_F(XgboostTest, LearnsANumber) {
  const Batch rows = test::numbers(500);
  TrainingRequest request = test::request("y", "reg:squarederror");
  const auto model = train(rows, request);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->rounds, request.rounds);
  EXPECT_EQ(model->importance.front().feature, "a");
  EXPECT_GT(model->importance.front().gain, model->importance.back().gain);
  EXPECT_GT(model->metrics.at("train_rmse"), 0);

  const auto scorer = load(*model);
  ASSERT_NE(scorer, nullptr);
  const auto predictions = scorer->score(rows, OutputType::prediction);
  ASSERT_TRUE(predictions) << predictions.error().message;
  EXPECT_LT(test::mean_squared_error(*predictions, rows), 0.5);
}

}  // namespace
}  // namespace gossamer::scoring
