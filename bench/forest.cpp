// SPDX-License-Identifier: Apache-2.0
// Trees by the engine of our own beside the library that trained them, in the same run: rows per
// second on one and on two threads, nanoseconds per row and tree, bytes per leaf, differing bits,
// and the latency of a single row.
#include "scoring/forest/engine.hpp"

#include "base/files.hpp"
#include "bench/figure.hpp"
#include "scoring/forest/forest.hpp"
#include "scoring/forest/predictor.hpp"
#include "scoring/lightgbm/engine.hpp"
#include "scoring/xgboost/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace gossamer;
using scoring::OutputType;

constexpr std::size_t features = 50;
constexpr std::size_t training_rows = 50'000;
constexpr std::size_t scored_rows = 200'000;

struct Kind {
  std::string name;
  std::string engine;
  Json params;
  int trees = 100;
  double missing = 0;  // share of the entries
};

Batch make_rows(std::size_t count, double missing, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1p-53; };
  std::vector<std::vector<double>> columns(features, std::vector<double>(count));
  std::vector<double> label(count);
  for (std::size_t row = 0; row < count; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < features; ++i) {
      const double value = uniform() + uniform() + uniform() - 1.5;
      columns[i][row] = uniform() < missing ? std::nan("") : value;
      sum += i % 3 == 0 ? value * value : value * (i % 2 == 0 ? 1 : -1);
    }
    label[row] = sum + uniform() > 2 ? 1 : 0;
  }
  std::vector<Column> made;
  for (std::size_t i = 0; i < features; ++i)
    made.push_back(Column::of_float64(fmt::format("f{}", i), std::move(columns[i])));
  made.push_back(Column::of_float64("y", std::move(label)));
  return bench::value_of(Batch::make(std::move(made)));
}

scoring::TrainedModel train(const scoring::Engine& engine, const Kind& kind) {
  scoring::TrainingRequest request;
  request.label = "y";
  for (std::size_t i = 0; i < features; ++i)
    request.features.push_back(fmt::format("f{}", i));
  request.objective = kind.engine == "xgboost" ? "binary:logistic" : "binary";
  request.params = kind.params;
  request.rounds = kind.trees;
  return bench::value_of(engine.train(make_rows(training_rows, kind.missing, 1), request, {}));
}

std::shared_ptr<const scoring::Scorer> load(const scoring::Engine& engine,
                                            const scoring::TrainedModel& model, int threads) {
  const auto folder = bench::value_of(TemporaryFolder::make());
  scoring::Artifact artifact{.folder = folder.path(),
                             .flavour = engine.name,
                             .model_path = folder.path() / model.description.model_file,
                             .description = model.description};
  bench::check(write_file_durably(artifact.model_path, model.bytes));
  return bench::value_of(engine.load(artifact, {.threads = threads}));
}

struct Speeds {
  double ours = 0;  // rows per second
  double library = 0;
};

// By turns, so that what else the machine does slows both; the least time of each, which it slows
// least.
Speeds speeds(const scoring::Scorer& ours, const scoring::Scorer& library, const Batch& rows) {
  constexpr int turns = 7;
  const auto seconds = [&](const scoring::Scorer& scorer) {
    return bench::seconds_of([&] { bench::value_of(scorer.score(rows, OutputType::prediction)); });
  };
  double least_ours = seconds(ours);
  double least_library = seconds(library);
  for (int i = 0; i < turns; ++i) {
    least_ours = std::min(least_ours, seconds(ours));
    least_library = std::min(least_library, seconds(library));
  }
  const auto count = static_cast<double>(rows.rows());
  return {count / least_ours, count / least_library};
}

std::size_t differing(const Batch& ours, const Batch& theirs) {
  const auto a = ours.find("margin")->float64s();
  const auto b = theirs.find("margin")->float64s();
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    count += std::bit_cast<std::uint64_t>(a[i]) == std::bit_cast<std::uint64_t>(b[i]) ? 0 : 1;
  return count;
}

// Microseconds of single rows: the median and the 99th percentile.
Json single_rows(const scoring::forest::Predictor& predictor, const Batch& rows) {
  constexpr std::size_t count = 20'000;
  std::vector<double> row(features);
  std::vector<double> margin(predictor.outputs());
  std::vector<double> microseconds;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < features; ++j)
      row[j] = rows.columns()[j].float64s()[i];
    microseconds.push_back(bench::seconds_of([&] { predictor.margins_of_row(row, margin); }) * 1e6);
  }
  std::ranges::sort(microseconds);
  return {{"p50_us", microseconds[count / 2]}, {"p99_us", microseconds[count * 99 / 100]}};
}

Json measure(const Kind& kind) {
  const scoring::Engine library =
      kind.engine == "xgboost" ? scoring::xgboost::engine(2) : scoring::lightgbm::engine(2);
  const scoring::Engine forest = scoring::forest::with_forest(library);
  const scoring::TrainedModel model = train(library, kind);
  const Batch rows = make_rows(scored_rows, kind.missing, 2);
  const auto parsed = bench::value_of(scoring::forest::read_model(model.bytes));
  const scoring::forest::Predictor predictor(parsed.forest);
  Json figure{{"model", kind.name},
              {"kernel", predictor.kernel()},
              {"bytes_per_leaf", static_cast<double>(predictor.memory_bytes()) /
                                     static_cast<double>(parsed.forest.leaves.size())},
              {"single_row", single_rows(predictor, rows)}};
  for (const int threads : {1, 2}) {
    const auto theirs = load(library, model, threads);
    const auto ours = load(forest, model, threads);
    const Speeds speed = speeds(*ours, *theirs, rows);
    figure[fmt::format("threads_{}", threads)] = {
        {"rows_per_second", speed.ours},
        {"library_rows_per_second", speed.library},
        {"times_the_library", speed.ours / speed.library},
        {"ns_per_row_and_tree", 1e9 / speed.ours / kind.trees}};
    if (threads == 1) {
      figure["differing_margins"] =
          differing(bench::value_of(ours->score(rows, OutputType::margin)),
                    bench::value_of(theirs->score(rows, OutputType::margin)));
    }
  }
  return figure;
}

}  // namespace

int main() {
  const std::vector<Kind> kinds{
      {"xgboost 100 x depth 6", "xgboost", {{"max_depth", 6}}, 100},
      {"xgboost 100 x depth 6, 5 % missing", "xgboost", {{"max_depth", 6}}, 100, 0.05},
      {"xgboost 500 x depth 6", "xgboost", {{"max_depth", 6}}, 500},
      {"xgboost 500 x depth 8", "xgboost", {{"max_depth", 8}}, 500},
      {"lightgbm 100 x 63 leaves", "lightgbm", {{"num_leaves", 63}}, 100},
      {"lightgbm 500 x 31 leaves", "lightgbm", {{"num_leaves", 31}}, 500},
      // How the cost grows: with depth, trees and missing values.
      {"xgboost 100 x depth 4", "xgboost", {{"max_depth", 4}}, 100},
      {"xgboost 100 x depth 8", "xgboost", {{"max_depth", 8}}, 100},
      {"xgboost 100 x depth 10", "xgboost", {{"max_depth", 10}}, 100},
      {"xgboost 1000 x depth 6", "xgboost", {{"max_depth", 6}}, 1000},
      {"xgboost 100 x depth 6, 30 % missing", "xgboost", {{"max_depth", 6}}, 100, 0.3}};
  Json figures = Json::array();
  for (const Kind& kind : kinds)
    figures.push_back(measure(kind));
  const Json line{
      {"bench", "forest"}, {"rows", scored_rows}, {"features", features}, {"models", figures}};
  std::printf("%s\n", line.dump().c_str());
}
