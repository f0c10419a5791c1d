// SPDX-License-Identifier: Apache-2.0
// Models trained here, loaded and repeated by the Python packages: the same bits, and figures that
// equal scikit-learn's. The comparison itself is tests/python/oracle.py.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/subprocess.hpp"
#include "base/testing/python.hpp"
#include "base/text.hpp"
#include "executors/evaluate/figures.hpp"
#include "executors/train/train.hpp"
#include "scoring/features.hpp"
#include "scoring/forest/engine.hpp"
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

// Rows to learn from, others to score, and which of their columns are features.
struct Rows {
  Batch training;
  Batch fresh;
  std::vector<std::string> features;
};

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
    for (std::size_t row = 0; row < column.size(); ++row)
      texts.push_back(column.text_at(row));
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
  for (const Column& column : batch.columns())
    columns.push_back(write_column(folder, column));
  return columns;
}

Json figures_of(const scoring::Scorer& scorer, const Batch& rows, const Case& each) {
  const auto scored = scorer.score(rows, OutputType::prediction);
  const auto truth = truth_of(rows, each.label, each.weight, scorer);
  EXPECT_TRUE(scored && truth);
  Json figures = Json::object();
  for (const std::string& metric : known_metrics(scorer.task())) {
    const auto figure = figure_of(metric, *scored, *truth, scorer);
    EXPECT_TRUE(figure) << figure.error().describe();
    figures[metric] = figure.value_or(0);
  }
  return figures;
}

// Trains the case and leaves in `folder` the model, the rows, and all that we say of them.
void prepare(const Case& each, const Rows& rows, const fs::path& folder) {
  const std::vector<scoring::Engine> engines{
      scoring::forest::with_forest(scoring::xgboost::engine(2)),
      scoring::forest::with_forest(scoring::lightgbm::engine(2))};
  const scoring::Engine& engine = engines[each.engine == "xgboost" ? 0 : 1];
  TrainSpec spec;
  spec.model = "m";
  spec.engine = each.engine;
  spec.request = scoring::test::request(each.label, each.objective);
  spec.request.params = each.params;
  spec.request.weight = each.weight;
  for (const std::string& name : rows.training.names()) {
    const bool is_feature = std::ranges::find(rows.features, name) != rows.features.end();
    if (!is_feature && name != each.label && name != each.weight) spec.exclude.push_back(name);
  }
  const auto training = train_model(rows.training, spec, {}, engine, folder / "model", {});
  ASSERT_TRUE(training) << training.error().describe();
  const auto scorer = scoring::load_scorer(engines, folder / "model");
  ASSERT_TRUE(scorer) << scorer.error().describe();
  EXPECT_TRUE((*scorer)->kernel().starts_with("forest ")) << (*scorer)->kernel();

  Json job{{"name", each.name},
           {"engine", each.engine},
           {"params", training->registration.facts.at("params")},
           {"rounds", spec.request.rounds},
           {"features", rows.features},
           {"categorical", each.params.value("categorical", Json::array())},
           {"label", each.label},
           {"weight", each.weight},
           {"classes", (*scorer)->classes()},
           {"training", write_batch(folder / "training", rows.training)},
           {"fresh", write_batch(folder / "fresh", rows.fresh)}};
  for (const OutputType type :
       {OutputType::prediction, OutputType::margin, OutputType::contributions}) {
    const auto scored = (*scorer)->score(rows.fresh, type);
    ASSERT_TRUE(scored) << scored.error().describe();
    const std::string name(scoring::name_of(type));
    job[name] = write_batch(folder / name, *scored);
  }
  job["figures"] = figures_of(**scorer, rows.fresh, each);
  const auto text = canonical(job);
  ASSERT_TRUE(text) << text.error().message;
  ASSERT_TRUE(write_file_durably(folder / "oracle.json", *text));
}

// One Python process compares all cases: its imports take longer than they do.
void compare(const std::vector<std::pair<Case, Rows>>& cases) {
  const auto folder = TemporaryFolder::make();
  ASSERT_TRUE(folder) << folder.error().message;
  SpawnOptions options{.argv = {test::python(), "tests/python/oracle.py"},
                       .environment = Environment::of_process().variables()};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(cases[i].first.engine + " " + cases[i].first.name);
    const fs::path of_case = folder->path() / std::to_string(i);
    ASSERT_NO_FATAL_FAILURE(prepare(cases[i].first, cases[i].second, of_case));
    options.argv.push_back(of_case.string());
  }
  const auto check = run_captured(options, std::chrono::minutes(10));
  ASSERT_TRUE(check) << check.error().message;
  EXPECT_TRUE(check->end.succeeded()) << check->output;
  EXPECT_NE(check->output.find(fmt::format("{} models compared", cases.size())), std::string::npos)
      << check->output;
}

TEST(Oracle, GeneratedRowsGiveTheSameBitsAndFigures) {
  if (test::python().empty()) GTEST_SKIP() << test::no_python;
  const Rows rows{
      scoring::test::numbers(3000, 1), scoring::test::numbers(1000, 2), {"a", "b", "c", "d"}};
  const Json trees{{"max_depth", 4}, {"eta", 0.3}};
  const Json leaves{{"num_leaves", 15}, {"learning_rate", 0.2}};
  const Json codes{{"categorical", {"b"}}};
  const std::vector<Case> cases{
      {"regression", "xgboost", "reg:squarederror", "y", trees},
      {"weighted", "xgboost", "reg:squarederror", "y", trees, "w"},
      {"poisson", "xgboost", "count:poisson", "n", trees},
      {"binary", "xgboost", "binary:logistic", "p", trees},
      {"weighted binary", "xgboost", "binary:logistic", "p", trees, "w"},
      {"classes", "xgboost", "multi:softprob", "k", trees},
      {"named classes", "xgboost", "multi:softmax", "s", trees},
      {"sampled", "xgboost", "reg:squarederror", "y", {{"subsample", 0.7}, {"max_bin", 64}}},
      {"exact", "xgboost", "reg:squarederror", "y", {{"tree_method", "exact"}}},
      {"dart", "xgboost", "binary:logistic", "p", {{"booster", "dart"}, {"rate_drop", 0.2}}},
      {"category codes", "xgboost", "reg:squarederror", "y", codes},
      {"regression", "lightgbm", "regression", "y", leaves},
      {"weighted", "lightgbm", "regression", "y", leaves, "w"},
      {"poisson", "lightgbm", "poisson", "n", leaves},
      {"binary", "lightgbm", "binary", "p", leaves},
      {"classes", "lightgbm", "multiclass", "k", leaves},
      {"named classes", "lightgbm", "multiclassova", "s", leaves},
      {"sampled", "lightgbm", "regression", "y", {{"bagging_fraction", 0.7}, {"bagging_freq", 1}}},
      {"forest",
       "lightgbm",
       "regression",
       "y",
       {{"boosting", "rf"}, {"bagging_fraction", 0.7}, {"bagging_freq", 1}}},
      {"category codes", "lightgbm", "regression", "y", codes}};
  std::vector<std::pair<Case, Rows>> all;
  for (const Case& each : cases)
    all.emplace_back(each, rows);
  compare(all);
}

// A CSV file of plain numbers under a header; columns of anything else are left out.
Result<Batch> read_numbers(const fs::path& path) {
  TRY_ASSIGN(const std::string text, read_file(path));
  const std::vector<std::string> lines = split(trimmed(text), '\n');
  std::vector<std::string> names = split(trimmed(lines.front()), ',');
  std::vector<std::vector<double>> columns(names.size());
  for (std::size_t line = 1; line < lines.size(); ++line) {
    const std::vector<std::string> fields = split(trimmed(lines[line]), ',');
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto number = parse_number(fields[i]);
      if (number) columns[i].push_back(*number);
    }
  }
  std::vector<Column> numbers;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (columns[i].size() + 1 != lines.size()) continue;
    numbers.push_back(Column::of_float64(names[i], std::move(columns[i])));
  }
  return Batch::make(std::move(numbers));
}

Result<Rows> real_rows(const fs::path& path, const std::string& label,
                       const std::vector<std::string>& excluded) {
  TRY_ASSIGN(const Batch all, read_numbers(path));
  const std::size_t kept = all.rows() * 4 / 5;
  Rows rows{all.slice(0, kept), all.slice(kept, all.rows() - kept), {}};
  for (const std::string& name : all.names()) {
    const bool out = name == label || std::ranges::find(excluded, name) != excluded.end();
    if (!out) rows.features.push_back(name);
  }
  return rows;
}

TEST(Oracle, RealRowsGiveTheSameBitsAndFigures) {
  if (test::python().empty()) GTEST_SKIP() << test::no_python;
  const auto folder = Environment::of_process().find("GOSSAMER_TEST_DATA").value_or("");
  if (folder.empty()) GTEST_SKIP() << "GOSSAMER_TEST_DATA is not set: no real data here";
  const std::string defaulted = "default.payment.next.month";
  const auto bikes =
      real_rows(fs::path(folder) / "bike_hourly.csv", "cnt", {"instant", "casual", "registered"});
  const auto clients = real_rows(fs::path(folder) / "credit_default.csv", defaulted, {"ID"});
  ASSERT_TRUE(bikes) << bikes.error().describe();
  ASSERT_TRUE(clients) << clients.error().describe();
  compare({{{"bikes", "xgboost", "count:poisson", "cnt", {{"max_depth", 6}, {"eta", 0.1}}}, *bikes},
           {{"bikes", "lightgbm", "poisson", "cnt", {{"num_leaves", 31}}}, *bikes},
           {{"clients", "xgboost", "binary:logistic", defaulted, {{"max_depth", 6}}}, *clients},
           {{"clients", "lightgbm", "binary", defaulted, {{"num_leaves", 31}}}, *clients}});
}

}  // namespace
}  // namespace gossamer::executors
