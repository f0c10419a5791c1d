// SPDX-License-Identifier: Apache-2.0
// Models trained here, loaded and repeated by the Python packages: the same bits, and figures that
// equal scikit-learn's. The comparison itself is tests/python/oracle.py.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "executors/evaluate/figures.hpp"
#include "executors/train/train.hpp"
#include "scoring/features.hpp"
#include "scoring/lightgbm/engine.hpp"
#include "scoring/testing/rows.hpp"
#include "scoring/xgboost/engine.hpp"

namespace gossamer::executors {
namespace {

using scoring::OutputType;

struct Case {
  std::string name;
  std::string engine;
  std::string objective;
  std::string label;
  Json params = Json::object();
  std::string weight{};
};

void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }

// The tests' Python, made at the first call.
const std::string& interpreter() {
  static const std::string path = [] {
    const auto run = run_captured({.argv = {"/usr/bin/python3", "tools/parts.py", "python"},
                                   .environment = Environment::of_process().variables()},
                                  std::chrono::minutes(10));
    if (!run || !run->end.succeeded()) return std::string();
    // Progress may stand above it.
    return split(trimmed(run->output), '\n').back();
  }();
  return path;
}

template <class T>
std::string bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

// One file a column, as NumPy reads it, and its entry in the index. Null is NaN.
Json write_column(const fs::path& folder, const Column& column) {
  const std::string file = column.name() + ".bin";
  std::string type = "float64";
  std::string bytes;
  if (column.type() == ColumnType::string) {
    Json texts = Json::array();
    for (std::size_t row = 0; row < column.size(); ++row) texts.push_back(column.text_at(row));
    return {{"name", column.name()}, {"type", "string"}, {"values", std::move(texts)}};
  }
  if (column.type() == ColumnType::int64 && column.null_count() == 0) {
    type = "int64";
    bytes = bytes_of(column.int64s());
  } else if (column.type() == ColumnType::boolean && column.null_count() == 0) {
    type = "bool";
    bytes = bytes_of(column.booleans());
  } else if (column.type() == ColumnType::float32 && column.null_count() == 0) {
    type = "float32";
    bytes = bytes_of(column.float32s());
  } else {
    const std::vector<double> values = scoring::to_doubles(column);
    bytes = bytes_of(std::span<const double>(values));
  }
  EXPECT_TRUE(write_file_durably(folder / file, bytes));
  return {{"name", column.name()}, {"type", type}, {"file", file}};
}

Json write_batch(const fs::path& folder, const Batch& batch) {
  EXPECT_TRUE(make_folders(folder));
  Json columns = Json::array();
  for (const Column& column : batch.columns()) columns.push_back(write_column(folder, column));
  return columns;
}

class OracleTest : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    ASSERT_NE(interpreter(), "") << "no Python environment: ./dev setup needs a package registry";
  }
};

TEST_P(OracleTest, GivesTheSameBitsAndFigures) {
  const Case& each = GetParam();
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder) << folder.error().message;
  const std::vector<scoring::Engine> engines{scoring::xgboost::engine(2),
                                             scoring::lightgbm::engine(2)};
  const scoring::Engine& engine = engines[each.engine == "xgboost" ? 0 : 1];
  const Batch rows = scoring::test::numbers(3000, 1);
  const Batch fresh = scoring::test::numbers(1000, 2);

  TrainSpec spec;
  spec.model = "m";
  spec.engine = each.engine;
  spec.request = scoring::test::request(each.label, each.objective);
  spec.request.params = each.params;
  spec.request.weight = each.weight;
  for (const std::string name : {"y", "n", "p", "k", "s", "w"}) {
    if (name != each.label && name != each.weight) spec.exclude.push_back(name);
  }
  const auto training = train_model(rows, spec, {}, engine, folder->path() / "model", {});
  ASSERT_TRUE(training) << training.error().describe();
  const auto scorer = scoring::load_scorer(engines, folder->path() / "model");
  ASSERT_TRUE(scorer) << scorer.error().describe();

  Json job{{"engine", each.engine},
           {"objective", training->registration.facts.at("objective")},
           {"params", training->registration.facts.at("params")},
           {"rounds", spec.request.rounds},
           {"features", {"a", "b", "c", "d"}},
           {"categorical", each.params.value("categorical", Json::array())},
           {"label", each.label},
           {"weight", each.weight},
           {"classes", (*scorer)->classes()},
           {"training", write_batch(folder->path() / "training", rows)},
           {"fresh", write_batch(folder->path() / "fresh", fresh)}};
  for (const OutputType type :
       {OutputType::prediction, OutputType::margin, OutputType::contributions}) {
    const auto scored = (*scorer)->score(fresh, type);
    ASSERT_TRUE(scored) << scored.error().describe();
    job[std::string(name_of(type))] =
        write_batch(folder->path() / std::string(name_of(type)), *scored);
    if (type != OutputType::prediction) continue;
    const auto truth = truth_of(fresh, each.label, each.weight, **scorer);
    ASSERT_TRUE(truth) << truth.error().describe();
    Json figures = Json::object();
    for (const std::string& metric : known_metrics((*scorer)->task())) {
      const auto figure = figure_of(metric, *scored, *truth, **scorer);
      ASSERT_TRUE(figure) << figure.error().describe();
      figures[metric] = *figure;
    }
    job["figures"] = std::move(figures);
  }
  const auto text = canonical(job);
  ASSERT_TRUE(text) << text.error().message;
  ASSERT_TRUE(write_file_durably(folder->path() / "oracle.json", *text));

  const auto check =
      run_captured({.argv = {interpreter(), "tests/python/oracle.py", folder->path().string()},
                    .environment = Environment::of_process().variables()},
                   std::chrono::minutes(5));
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_TRUE(check->end.succeeded()) << check->output;
}

const Json trees = {{"max_depth", 4}, {"eta", 0.3}};
const Json leaves = {{"num_leaves", 15}, {"learning_rate", 0.2}};

INSTANTIATE_TEST_SUITE_P(
    Xgboost, OracleTest,
    ::testing::Values(
        Case{"regression", "xgboost", "reg:squarederror", "y", trees},
        Case{"weighted", "xgboost", "reg:squarederror", "y", trees, "w"},
        Case{"poisson", "xgboost", "count:poisson", "n", trees},
        Case{"binary", "xgboost", "binary:logistic", "p", trees},
        Case{"classes", "xgboost", "multi:softprob", "k", trees},
        Case{"named_classes", "xgboost", "multi:softmax", "s", trees},
        Case{"sampled", "xgboost", "reg:squarederror", "y",
             {{"subsample", 0.7}, {"colsample_bytree", 0.6}, {"tree_method", "hist"}}},
        Case{"exact", "xgboost", "reg:squarederror", "y", {{"tree_method", "exact"}}},
        Case{"dart", "xgboost", "binary:logistic", "p",
             {{"booster", "dart"}, {"rate_drop", 0.2}}},
        Case{"category_codes", "xgboost", "reg:squarederror", "y",
             {{"categorical", Json::array({"b"})}}}),
    [](const auto& parameter) { return parameter.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Lightgbm, OracleTest,
    ::testing::Values(Case{"regression", "lightgbm", "regression", "y", leaves},
                      Case{"weighted", "lightgbm", "regression", "y", leaves, "w"},
                      Case{"poisson", "lightgbm", "poisson", "n", leaves},
                      Case{"binary", "lightgbm", "binary", "p", leaves},
                      Case{"classes", "lightgbm", "multiclass", "k", leaves},
                      Case{"named_classes", "lightgbm", "multiclassova", "s", leaves},
                      Case{"sampled", "lightgbm", "regression", "y",
                           {{"bagging_fraction", 0.7}, {"bagging_freq", 1}, {"feature_fraction", 0.6}}},
                      Case{"forest", "lightgbm", "regression", "y",
                           {{"boosting", "rf"}, {"bagging_fraction", 0.7}, {"bagging_freq", 1}}},
                      Case{"category_codes", "lightgbm", "regression", "y",
                           {{"categorical", Json::array({"b"})}}}),
    [](const auto& parameter) { return parameter.param.name; });

}  // namespace
}  // namespace gossamer::executors
