// SPDX-License-Identifier: Apache-2.0
// Parquet to predictions to Parquet, 50 columns through 100 and 500 trees on two threads, beside
// Python (pyarrow, xgboost, pyarrow) that writes the same columns, in the same run; and what only
// reading and writing costs. Once as a query that keeps the predictions alone, once as a predict
// step, which keeps every column. --full: 1,000,000 rows for 100,000.
#include "executors/predict/predict.hpp"

#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/ids.hpp"
#include "base/numbers.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "bench/figure.hpp"
#include "executors/train/job_queries.hpp"
#include "executors/train/train.hpp"
#include "scoring/forest/engine.hpp"
#include "scoring/xgboost/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace gossamer;
using namespace gossamer::executors;

constexpr int features = 50;
constexpr int threads = 2;
constexpr int training_rows = 20'000;

enum class Kept { predictions, all_columns };

class QuietChannel final : public JobChannel {
 public:
  void progress(std::uint64_t, std::uint64_t) override {}
  bool is_cancelled() const override { return false; }
  void log(std::string_view) override {}
};

// 50 columns of single precision, and which of two they are.
std::string rows_query(std::int64_t count) {
  std::string columns;
  for (int i = 0; i < features; ++i)
    columns += fmt::format("cast(random() as float) as f{}, ", i);
  return fmt::format(
      "select *, cast(f0 + f1 * f2 > 0.5 + f3 / 4 as double) as y from (select "
      "{} from range({}))",
      columns.substr(0, columns.size() - 2), count);
}

class Bench {
 public:
  explicit Bench(std::int64_t rows) : rows_(rows) {
    warehouse::SessionOptions options;
    options.writable_folders = {folder_.path()};
    options.temporary_folder = folder_.path() / "temporary";
    options.memory_bytes = std::uint64_t{2} << 30U;
    options.threads = threads;
    auto session = bench::value_of(warehouse::Session::open(options));
    bench::value_of(session.copy_to_parquet(rows_query(rows), {}, source()));
    training_ = bench::value_of(session.fetch(rows_query(training_rows), {}));
  }

  void measure(int trees) {
    const fs::path model = folder_.path() / fmt::format("model-{}", trees);
    TrainSpec spec;
    spec.model = "m";
    spec.engine = "xgboost";
    spec.request.label = "y";
    spec.request.objective = "binary:logistic";
    spec.request.rounds = trees;
    spec.request.params = {{"max_depth", 6}, {"eta", 0.1}};
    const auto trained =
        bench::value_of(train_model(training_, spec, {}, engines_.front(), model, {}));
    for (const Kept kept : {Kept::predictions, Kept::all_columns})
      report(trees, model, trained.registration.digest, kept);
  }

 private:
  [[nodiscard]] fs::path source() const { return folder_.path() / "rows.parquet"; }

  void report(int trees, const fs::path& model, const Digest& digest, Kept kept) {
    const bool has_all = kept == Kept::all_columns;
    const double ours =
        least([&] { return has_all ? predict(model, digest) : query(model, digest); });
    const double python = least([&] { return by_python(model, kept); });
    const double copied = least([&] { return write(has_all ? "from source" : sum_query(), {}); });
    const auto count = static_cast<double>(rows_);
    const Json line{
        {"bench", "predict"},
        {"model", fmt::format("xgboost {} x depth 6", trees)},
        {"written", has_all ? "all columns and the prediction" : "the prediction"},
        {"rows", rows_},
        {"columns", features + 1},
        {"threads", threads},
        {"rows_per_second", std::round(count / ours)},
        {"without_scoring_rows_per_second", std::round(count / copied)},
        {"python_rows_per_second", python > 0 ? Json(std::round(count / python)) : Json()},
        {"times_python", python > 0 ? Json(python / ours) : Json()},
        {"fdatasync_ms_median", bench::fdatasync_ms_median(folder_.path())}};
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }

  // The least of three: what else the machine does slows that one least.
  static double least(const std::function<double()>& seconds) {
    return std::min({seconds(), seconds(), seconds()});
  }

  static std::string feature_list(std::string_view separator) {
    std::vector<std::string> names;
    for (int i = 0; i < features; ++i)
      names.push_back(fmt::format("f{}", i));
    return join(names, separator);
  }
  // Reads every feature too, and computes next to nothing.
  static std::string sum_query() {
    return fmt::format("select cast({} as double) as prediction from source", feature_list(" + "));
  }

  Job job_over_rows() {
    Job job;
    job.attempt = AttemptId::make(*ids_);
    job.run = RunId::make(*ids_);
    job.step = "score";
    job.timezone = "UTC";
    job.folder = (folder_.path() / "job").string();
    job.limits = {std::uint64_t{2} << 30U, threads};
    InputView view;
    view.name = "source";
    view.files.push_back({source().string(), {}});
    job.views.push_back(std::move(view));
    OutputTarget target;
    target.table = "scores";
    target.folder = (folder_.path() / ".data" / "scores").string();
    job.output = std::move(target);
    return job;
  }

  // The whole step: model verified and loaded, rows written, checked and made durable.
  double predict(const fs::path& model, const Digest& digest) {
    Job job = job_over_rows();
    job.spec = {{"model", "m/1"}, {"data", {{"text", "from source"}}}};
    job.models = {{"m/1", "m", 1, model.string(), digest}};
    QuietChannel channel;
    const JobHandler handler = predict_handler(engines_);
    return bench::seconds_of([&] {
      const auto result = bench::value_of(handler(job, channel));
      if (result.result.rows != static_cast<std::uint64_t>(rows_)) bench::give_up("rows got lost");
    });
  }

  // The query alone, as predict() in SQL does it; the file is not made durable.
  double query(const fs::path& model, const Digest& digest) {
    return write(
        fmt::format("select predict('m/1', {}) as prediction from source", feature_list(", ")),
        {{"m/1", "m", 1, model.string(), digest}});
  }

  double write(const std::string& query, const std::vector<ModelBinding>& models) {
    const Job job = job_over_rows();
    const fs::path target(job.output->folder);
    QuietChannel channel;
    bench::check(make_folders(target));
    return bench::seconds_of([&] {
      auto session = bench::value_of(
          open_session(job, channel, std::make_shared<const JobModels>(models, engines_),
                       {.writable_folders = {target}}));
      bench::value_of(session.copy_to_parquet(query, {}, target / "copy.parquet"));
    });
  }

  // 0 where there is no Python with the packages of the tests.
  double by_python(const fs::path& model, Kept kept) {
    const auto environment = Environment::of_process();
    if (python_.empty()) return 0;
    const auto run = bench::value_of(run_captured(
        {.argv = {python_, "bench/predict.py", (model / "model.ubj").string(), source().string(),
                  (folder_.path() / "python.parquet").string(), fmt::format("{}", threads),
                  kept == Kept::all_columns ? "all" : "prediction"},
         .environment = environment.variables()},
        std::chrono::minutes(10)));
    if (!run.end.succeeded()) bench::give_up(run.output);
    return bench::value_of(parse_number(trimmed(run.output)));
  }

  static std::string find_python() {
    const auto run = run_captured({.argv = {"/usr/bin/python3", "tools/parts.py", "python"},
                                   .environment = Environment::of_process().variables()},
                                  std::chrono::minutes(10));
    if (!run || !run->end.succeeded()) return "";
    return split(trimmed(run->output), '\n').back();
  }

  std::int64_t rows_;
  SystemClock clock_;
  std::unique_ptr<IdSource> ids_ = system_ids(clock_);
  TemporaryFolder folder_ = bench::value_of(TemporaryFolder::make());
  std::vector<scoring::Engine> engines_{
      scoring::forest::with_forest(scoring::xgboost::engine(threads))};
  Batch training_;
  std::string python_ = find_python();
};

}  // namespace

int main(int count, char** arguments) {
  const bool is_full = count == 2 && std::string_view(arguments[1]) == "--full";
  if (count > 1 && !is_full) bench::give_up("usage: predict [--full]");
  Bench bench(is_full ? 1'000'000 : 100'000);
  for (const int trees : {100, 500})
    bench.measure(trees);
}
