// SPDX-License-Identifier: Apache-2.0
// Trees by the engine of our own beside the library that trained them, in the same run: rows per
// second on one and on two threads, nanoseconds per row and tree, bytes per leaf, differing bits,
// and the latency of a single row. A line of JSON per model, as soon as it is measured; --full
// measures more rows, and how the cost grows.
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
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace gossamer;
using scoring::OutputType;

struct Kind {
  std::string name;
  std::string engine;
  Json params;
  int trees = 100;
  double missing = 0;  // share of the entries
  std::size_t features = 50;
  double target = 0;  // times the library; 0: none is set
};

// How much of it: on a quiet machine the short way takes half a minute, the full one three.
struct Size {
  std::size_t training_rows = 0;
  std::size_t scored_rows = 0;
  double seconds_most = 0;  // per model and number of threads
};

// At once, so that a run that is ended early has told what it knew.
void print(const Json& line) {
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

Batch make_rows(std::size_t features, std::size_t count, double missing, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11U) * 0x1p-53; };
  std::vector<std::vector<double>> columns(features, std::vector<double>(count));
  std::vector<double> label(count);
  for (std::size_t row = 0; row < count; ++row) {
    double sum = 0;
    for (std::size_t i = 0; i < features; ++i) {
      const double value = uniform() + uniform() + uniform() - 1.5;
      columns[i][row] = uniform() < missing ? std::nan("") : value;
      sum += i % 3 == 0 ? value * value - 0.25 : value * (i % 2 == 0 ? 1 : -1);
    }
    // So noisy that a tree never explains it: every tree grows to its full size.
    label[row] = sum + 8 * uniform() > 4 ? 1 : 0;
  }
  std::vector<Column> made;
  for (std::size_t i = 0; i < features; ++i)
    made.push_back(Column::of_float64(fmt::format("f{}", i), std::move(columns[i])));
  made.push_back(Column::of_float64("y", std::move(label)));
  return bench::value_of(Batch::make(std::move(made)));
}

scoring::TrainedModel train(const scoring::Engine& engine, const Kind& kind, std::size_t count) {
  scoring::TrainingRequest request;
  request.label = "y";
  for (std::size_t i = 0; i < kind.features; ++i)
    request.features.push_back(fmt::format("f{}", i));
  request.objective = kind.engine == "xgboost" ? "binary:logistic" : "binary";
  request.params = kind.params;
  request.params[kind.engine == "xgboost" ? "eta" : "learning_rate"] = 0.1;
  request.rounds = kind.trees;
  return bench::value_of(
      engine.train(make_rows(kind.features, count, kind.missing, 1), request, {}));
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
// least. As many turns as fit into the time, two at least.
Speeds speeds(const scoring::Scorer& ours, const scoring::Scorer& library, const Batch& rows,
              double seconds_most) {
  const auto seconds = [&](const scoring::Scorer& scorer) {
    return bench::seconds_of([&] { bench::value_of(scorer.score(rows, OutputType::prediction)); });
  };
  double least_ours = seconds(ours);
  double least_library = seconds(library);
  double spent = least_ours + least_library;
  for (int turn = 1; turn < 8 && (turn < 2 || spent < seconds_most); ++turn) {
    const double ours_now = seconds(ours);
    const double library_now = seconds(library);
    least_ours = std::min(least_ours, ours_now);
    least_library = std::min(least_library, library_now);
    spent += ours_now + library_now;
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
  const std::size_t features = rows.columns().size() - 1;
  const std::size_t count = std::min<std::size_t>(rows.rows(), 20'000);
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

Json measure(const Kind& kind, const Size& size) {
  const scoring::Engine library =
      kind.engine == "xgboost" ? scoring::xgboost::engine(2) : scoring::lightgbm::engine(2);
  const scoring::Engine forest = scoring::forest::with_forest(library);
  const scoring::TrainedModel model = train(library, kind, size.training_rows);
  const Batch rows = make_rows(kind.features, size.scored_rows, kind.missing, 2);
  const auto parsed = bench::value_of(scoring::forest::read_model(model.bytes));
  const scoring::forest::Predictor predictor(parsed.forest);
  Json figure{{"bench", "forest"},
              {"model", kind.name},
              {"target", kind.target > 0 ? Json(kind.target) : Json()},
              {"features", kind.features},
              {"missing", kind.missing},
              {"rows", size.scored_rows},
              {"training_rows", size.training_rows},
              {"kernel", predictor.kernel()},
              {"leaves", parsed.forest.leaves.size()},
              {"bytes_per_leaf", static_cast<double>(predictor.memory_bytes()) /
                                     static_cast<double>(parsed.forest.leaves.size())},
              {"single_row", single_rows(predictor, rows)}};
  for (const int threads : {1, 2}) {
    const auto theirs = load(library, model, threads);
    const auto ours = load(forest, model, threads);
    const Speeds speed = speeds(*ours, *theirs, rows, size.seconds_most);
    figure[fmt::format("threads_{}", threads)] = {
        {"rows_per_second", std::round(speed.ours)},
        {"library_rows_per_second", std::round(speed.library)},
        {"times_the_library", speed.ours / speed.library},
        {"ns_per_row_and_tree", 1e9 / speed.ours / kind.trees}};
    if (threads == 1) {
      const Batch few = rows.slice(0, std::min<std::size_t>(rows.rows(), 20'000));
      figure["differing_margins"] =
          differing(bench::value_of(ours->score(few, OutputType::margin)),
                    bench::value_of(theirs->score(few, OutputType::margin)));
    }
  }
  return figure;
}

// The table of targets; `target` is how many times as fast as the library, on the same threads.
std::vector<Kind> targets() {
  return {{"xgboost 100 x depth 6", "xgboost", {{"max_depth", 6}}, 100, 0, 50, 4},
          {"xgboost 100 x depth 6, 5 % missing", "xgboost", {{"max_depth", 6}}, 100, 0.05, 50, 6},
          {"lightgbm 100 x 63 leaves", "lightgbm", {{"num_leaves", 63}}, 100, 0, 50, 18},
          {"lightgbm 500 x 31 leaves", "lightgbm", {{"num_leaves", 31}}, 500, 0, 50, 25},
          {"xgboost 500 x depth 6", "xgboost", {{"max_depth", 6}}, 500, 0, 50, 6},
          {"xgboost 500 x depth 8", "xgboost", {{"max_depth", 8}}, 500, 0, 50, 3.5}};
}

// How the cost grows: with trees, depth, features and missing values.
std::vector<Kind> growth() {
  return {{"xgboost 100 x depth 4", "xgboost", {{"max_depth", 4}}, 100},
          {"xgboost 100 x depth 8", "xgboost", {{"max_depth", 8}}, 100},
          {"xgboost 100 x depth 10", "xgboost", {{"max_depth", 10}}, 100},
          {"xgboost 1000 x depth 6", "xgboost", {{"max_depth", 6}}, 1000},
          {"xgboost 100 x depth 6, 10 features", "xgboost", {{"max_depth", 6}}, 100, 0, 10},
          {"xgboost 100 x depth 6, 200 features", "xgboost", {{"max_depth", 6}}, 100, 0, 200},
          {"xgboost 100 x depth 6, 30 % missing", "xgboost", {{"max_depth", 6}}, 100, 0.3}};
}

// The same model over batches of few and of many rows.
void report_rows(const Size& size) {
  const Kind kind = targets().front();
  const scoring::Engine library = scoring::xgboost::engine(2);
  const scoring::TrainedModel model = train(library, kind, size.training_rows);
  const auto ours = load(scoring::forest::with_forest(library), model, 1);
  const auto theirs = load(library, model, 1);
  for (const std::size_t count : {64U, 2'048U, 65'536U, 1'000'000U}) {
    const Batch rows = make_rows(kind.features, count, 0, 3);
    const Speeds speed = speeds(*ours, *theirs, rows, size.seconds_most);
    print({{"bench", "forest"},
           {"model", kind.name + fmt::format(", {} rows a call", count)},
           {"rows", count},
           {"threads_1",
            {{"rows_per_second", std::round(speed.ours)},
             {"library_rows_per_second", std::round(speed.library)},
             {"times_the_library", speed.ours / speed.library},
             {"ns_per_row_and_tree", 1e9 / speed.ours / kind.trees}}}});
  }
}

}  // namespace

int main(int count, char** arguments) {
  const bool is_full = count == 2 && std::string_view(arguments[1]) == "--full";
  if (count > 1 && !is_full) bench::give_up("usage: forest [--full]");
  const Size size = is_full ? Size{50'000, 200'000, 2.5} : Size{10'000, 40'000, 1};
  for (const Kind& kind : targets())
    print(measure(kind, size));
  if (!is_full) return 0;
  for (const Kind& kind : growth())
    print(measure(kind, size));
  report_rows(size);
}
