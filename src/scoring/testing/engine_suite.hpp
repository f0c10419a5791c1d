// SPDX-License-Identifier: Apache-2.0
// What every engine promises. Include it in one source of an engine's tests and instantiate
// EngineSuite with the engine's own words.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <string>

#include "base/files.hpp"
#include "base/json.hpp"
#include "scoring/testing/rows.hpp"

namespace gossamer::scoring {

struct EngineWords {
  Engine (*make)(int threads) = nullptr;
  std::string regression;
  std::string count;
  std::string binary;
  std::string classes;
  std::string misspelt;   // of the regression objective
  std::string ranking;    // an objective that a step cannot serve
  std::string parameter;  // that changes trees, as {name, value}
  Json value;
  std::string misspelt_parameter;
};

class EngineSuite : public ::testing::TestWithParam<EngineWords> {
 protected:
  const EngineWords& words() const { return GetParam(); }
  Result<TrainedModel> train(const Batch& rows, const TrainingRequest& request, int threads = 1) {
    return words().make(threads).train(rows, request, {});
  }
  std::string message(const Batch& rows, const TrainingRequest& request) {
    const auto model = train(rows, request);
    return model ? "trained" : model.error().message;
  }
  std::shared_ptr<const Scorer> load(const TrainedModel& model) {
    return test::load_through_folder(words().make(1), model);
  }
  std::shared_ptr<const Scorer> trained(const std::string& label, const std::string& objective) {
    const auto model = train(test::numbers(400), test::request(label, objective));
    EXPECT_TRUE(model) << model.error().message;
    return model ? load(*model) : nullptr;
  }
};

inline Column replaced(const Batch& rows, const std::string& name, std::size_t row, double value) {
  std::vector<double> values;
  const Column& column = *rows.find(name);
  for (std::size_t i = 0; i < column.size(); ++i) {
    const Column entry = *convert(column.slice(i, 1), ColumnType::float64);
    values.push_back(entry.is_null(0) ? std::nan("") : entry.float64s()[0]);
  }
  values[row] = value;
  return Column::of_float64(name, std::move(values));
}

TEST_P(EngineSuite, TheSameInputGivesTheSameBytesOnAnyNumberOfThreads) {
  const Batch rows = test::numbers(60'000);
  TrainingRequest request = test::request("y", words().regression);
  request.rounds = 5;
  request.params[words().parameter] = words().value;
  const auto one = train(rows, request, 1);
  const auto three = train(rows, request, 3);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(one->bytes, three->bytes);
  request.seed = 8;
  EXPECT_NE(train(rows, request)->bytes, one->bytes);
}

TEST_P(EngineSuite, LearnsANumberAndSaysWhatMatters) {
  const Batch rows = test::numbers(500);
  const auto model = train(rows, test::request("y", words().regression));
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->rounds, 30);
  EXPECT_EQ(model->training_rows, 500U);
  ASSERT_EQ(model->importance.size(), 4U);
  EXPECT_EQ(model->importance.front().feature, "a");
  EXPECT_GT(model->importance.front().gain, model->importance.back().gain);
  const auto scorer = load(*model);
  ASSERT_NE(scorer, nullptr);
  const auto predictions = scorer->score(rows, OutputType::prediction);
  ASSERT_TRUE(predictions) << predictions.error().message;
  EXPECT_EQ(signature_of(*predictions), scorer->output_signature(OutputType::prediction));
  EXPECT_LT(test::mean_squared_error(*predictions, rows), 1.5);
}

TEST_P(EngineSuite, GivesAProbabilityForTwoClassesAndAScoreForEachOfMore) {
  const Batch rows = test::numbers(50, 3);
  const auto binary = trained("p", words().binary);
  const auto chances = binary->score(rows, OutputType::prediction);
  for (const double chance : chances->find("prediction")->float64s()) {
    EXPECT_TRUE(chance > 0 && chance < 1) << chance;
  }
  const auto named = trained("s", words().classes);
  EXPECT_THAT(named->classes(), ::testing::ElementsAre("high", "low", "middle"));
  const auto labels = named->score(rows, OutputType::margin);
  ASSERT_TRUE(labels) << labels.error().message;
  EXPECT_THAT(labels->names(),
              ::testing::ElementsAre("prediction", "score_high", "score_low", "score_middle",
                                     "margin_high", "margin_low", "margin_middle"));
  for (std::size_t row = 0; row < labels->rows(); ++row) {
    const std::string best = labels->find("prediction")->text_at(row);
    const double score = labels->find("score_" + best)->float64s()[row];
    for (const std::string& name : named->classes()) {
      EXPECT_GE(score, labels->find("score_" + name)->float64s()[row]);
    }
  }
  const auto numbered = trained("k", words().classes);
  EXPECT_EQ(numbered->score(rows, OutputType::prediction)->find("prediction")->type(),
            ColumnType::int64);
}

TEST_P(EngineSuite, ContributionsAddUpToTheMargin) {
  const Batch rows = test::numbers(20, 5);
  const auto scorer = trained("n", words().count);
  const auto margin = scorer->score(rows, OutputType::margin);
  const auto parts = scorer->score(rows, OutputType::contributions);
  ASSERT_TRUE(margin && parts);
  EXPECT_EQ(parts->names().back(), "contribution_bias");
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    double sum = 0;
    for (const std::string name : {"a", "b", "c", "d", "bias"}) {
      sum += parts->find("contribution_" + name)->float64s()[row];
    }
    EXPECT_NEAR(sum, margin->find("margin")->float64s()[row], 1e-4);
  }
}

TEST_P(EngineSuite, NullAndNanAreTheSameMissingValue) {
  const auto scorer = trained("y", words().regression);
  const auto with_null =
      Batch::make({Column::of_float64("a", {0}, {false}), Column::of_int64("b", {3}),
                   Column::of_float32("c", {0.5F}), Column::of_booleans("d", {1}, {false})});
  const auto with_nan =
      Batch::make({Column::of_float64("a", {std::nan("")}), Column::of_float64("b", {3}),
                   Column::of_float64("c", {0.5}), Column::of_float64("d", {std::nan("")})});
  EXPECT_EQ(scorer->score(*with_null, OutputType::prediction)->columns()[0].float64s()[0],
            scorer->score(*with_nan, OutputType::prediction)->columns()[0].float64s()[0]);
}

TEST_P(EngineSuite, ColumnsAreFoundByNameAndOthersIgnored) {
  const auto scorer = trained("y", words().regression);
  const Batch rows = test::numbers(10, 4);
  const std::vector<std::string> order{"s", "d", "c", "w", "b", "a"};
  const auto shuffled = rows.select(order);
  const auto left = scorer->score(rows, OutputType::prediction);
  const auto right = scorer->score(*shuffled, OutputType::prediction);
  EXPECT_TRUE(std::ranges::equal(left->columns()[0].float64s(), right->columns()[0].float64s()));

  const std::vector<std::string> few{"s", "d", "a"};
  const auto missing = scorer->score(*rows.select(few), OutputType::prediction);
  EXPECT_EQ(missing.error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(missing.error().message,
            "column `b` (int64) is missing; column `c` (float32) is missing");
  const Batch text = test::with(rows, rows.find("s")->renamed("c"));
  EXPECT_EQ(scorer->score(text, OutputType::prediction).error().message,
            "column `c` is string; the model needs a number (float32)");
}

TEST_P(EngineSuite, NoRowsGiveNoRows) {
  const auto scorer = trained("k", words().classes);
  const Batch rows = test::numbers(5).slice(0, 0);
  for (const OutputType type :
       {OutputType::prediction, OutputType::margin, OutputType::contributions}) {
    const auto scored = scorer->score(rows, type);
    ASSERT_TRUE(scored) << scored.error().message;
    EXPECT_EQ(scored->rows(), 0U);
    EXPECT_EQ(scored->columns().size(), scorer->output_signature(type).columns.size());
  }
  EXPECT_EQ(message(rows, test::request("y", words().regression)),
            "the training query returned no rows");
}

TEST_P(EngineSuite, StopsEarlyAndKeepsTheBestRounds) {
  const Batch rows = test::numbers(400);
  TrainingRequest request = test::request("y", words().regression);
  request.rounds = 500;
  request.validation_fraction = 0.25;
  request.early_stopping_rounds = 3;
  const auto model = train(rows, request);
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_LT(model->rounds, 500);
  EXPECT_EQ(model->training_rows + model->validation_rows, 400U);
  EXPECT_NEAR(static_cast<double>(model->validation_rows), 100, 30);
  EXPECT_EQ(model->metrics.size(), 2U);
  EXPECT_EQ(train(rows, request)->bytes, model->bytes);

  request.validation_fraction.reset();
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("`validation_fraction`"));
  request.validation_fraction = 1.5;
  EXPECT_THAT(message(rows, request),
              ::testing::HasSubstr("is 1.5; it is a share between 0 and 1"));
}

TEST_P(EngineSuite, CanBeCancelled) {
  const auto model =
      words().make(1).train(test::numbers(100), test::request("y", words().regression),
                            [](int rounds) { return rounds < 5; });
  EXPECT_EQ(model.error().message, "training was cancelled after 5 rounds");
}

TEST_P(EngineSuite, NamesTheBadLabelAndItsRow) {
  const Batch rows = test::numbers(100);
  const TrainingRequest request = test::request("y", words().regression);
  EXPECT_THAT(message(test::with(rows, replaced(rows, "y", 41, std::nan(""))), request),
              ::testing::HasSubstr("label `y`, row 42: nan"));
  EXPECT_THAT(message(test::with(rows, replaced(rows, "y", 41, INFINITY)), request),
              ::testing::HasSubstr("label `y`, row 42: inf"));
  EXPECT_THAT(
      message(test::with(rows, replaced(rows, "n", 7, -1)), test::request("n", words().count)),
      ::testing::HasSubstr("label `n`, row 8: -1"));
  EXPECT_THAT(
      message(test::with(rows, replaced(rows, "p", 2, 0.5)), test::request("p", words().binary)),
      ::testing::HasSubstr("label `p`, row 3: 0.5; objective `" + words().binary +
                           "` needs 0 or 1"));
  std::vector<bool> present(100, true);
  present[9] = false;
  EXPECT_THAT(message(test::with(rows, Column::of_float64("y", std::vector<double>(100), present)),
                      request),
              ::testing::HasSubstr("label `y`, row 10: null"));
  EXPECT_THAT(message(rows, test::request("z", words().regression)), ::testing::HasSubstr("`z`"));
  EXPECT_THAT(message(test::with(rows, Column::of_int64("k", std::vector<std::int64_t>(100, 4))),
                      test::request("k", words().classes)),
              ::testing::HasSubstr("the one class `4`"));
}

TEST_P(EngineSuite, NamesTheBadFeatureOrWeight) {
  const Batch rows = test::numbers(100);
  TrainingRequest request = test::request("y", words().regression);
  request.features.emplace_back("s");
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("feature `s` is string, not a number"));
  request.features.back() = "y";
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("`y` is label or weight"));
  request.features.back() = "a";
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("`a` is named twice"));
  request.features.clear();
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("there is no feature"));
  request = test::request("y", words().regression);
  request.weight = "w";
  EXPECT_THAT(message(test::with(rows, replaced(rows, "w", 3, -2)), request),
              ::testing::HasSubstr("weight `w`, row 4: -2"));
}

TEST_P(EngineSuite, NamesUnknownWordsAndSuggests) {
  const Batch rows = test::numbers(100);
  EXPECT_THAT(message(rows, test::request("y", words().misspelt)),
              ::testing::AllOf(::testing::HasSubstr("has no objective `" + words().misspelt),
                               ::testing::HasSubstr("did you mean `" + words().regression)));
  EXPECT_THAT(message(rows, test::request("y", words().ranking)),
              ::testing::HasSubstr("needs query groups"));
  TrainingRequest request = test::request("y", words().regression);
  request.params[words().misspelt_parameter] = 1;
  EXPECT_THAT(
      message(rows, request),
      ::testing::AllOf(::testing::HasSubstr("has no parameter `" + words().misspelt_parameter),
                       ::testing::HasSubstr("did you mean `")));
  request.params = {{"seed", 3}};
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("`params.seed`: say it as the step's"));
  request.params = {{"categorical", {"bb"}}};
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("did you mean `b`?"));
  request.params = Json::object();
  request.rounds = 0;
  EXPECT_THAT(message(rows, request), ::testing::HasSubstr("`rounds` is 0"));
}

TEST_P(EngineSuite, RefusesAFileThatIsNoModel) {
  const auto model = train(test::numbers(100), test::request("y", words().regression));
  ASSERT_TRUE(model);
  const std::string& bytes = model->bytes;
  for (const std::string& broken :
       {std::string(), std::string("not a model"), std::string("{}"), std::string(5000, '['),
        "{\"a\":" + std::string(5000, '['), bytes.substr(0, bytes.size() / 3)}) {
    const auto scorer = test::load_bytes(words().make(1), *model, broken);
    ASSERT_FALSE(scorer) << broken.size() << " bytes";
    EXPECT_EQ(scorer.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(scorer.error().message,
                ::testing::HasSubstr(model->description.model_file + " is no sound model file"));
  }
}

// A library that ends the process, walks in circles or writes behind its arrays ends this test:
// each file is refused, or it is loaded and gives as many predictions as there are rows.
TEST_P(EngineSuite, SurvivesFlippedBitsAndCutOffFiles) {
  TrainingRequest request = test::request("k", words().classes);
  request.rounds = 3;
  request.params["categorical"] = {"b"};
  const Batch rows = test::numbers(120);
  const auto model = train(rows, request);
  ASSERT_TRUE(model) << model.error().message;
  std::mt19937_64 random(11);
  int refused = 0;
  const auto folder = TemporaryFolder::make();
  test::write_folder(folder->path(), model->description, model->bytes);
  const Engine engine = words().make(1);
  const auto try_bytes = [&](const std::string& bytes) {
    std::ofstream(folder->path() / model->description.model_file, std::ios::binary) << bytes;
    const auto scorer = load_scorer(std::span(&engine, 1), folder->path());
    if (!scorer) {
      ++refused;
      EXPECT_FALSE(scorer.error().message.empty());
      return;
    }
    const auto scored = (*scorer)->score(rows, OutputType::margin);
    if (scored) {
      EXPECT_EQ(scored->rows(), rows.rows());
    }
  };
  constexpr int flips = 1500;
  for (int i = 0; i < flips; ++i) {
    std::string bytes = model->bytes;
    auto& byte = bytes[random() % bytes.size()];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << (random() % 8)));
    try_bytes(bytes);
  }
  EXPECT_GT(refused, flips / 20);
  EXPECT_LT(refused, flips);
  for (int i = 0; i < 200; ++i)
    try_bytes(model->bytes.substr(0, random() % model->bytes.size()));
}

}  // namespace gossamer::scoring
