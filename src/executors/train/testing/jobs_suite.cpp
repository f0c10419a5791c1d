// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/json.hpp"
#include "executors/train/testing/jobs.hpp"
#include "executors/train/train.hpp"
#include "scoring/lightgbm/engine.hpp"
#include "scoring/xgboost/engine.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::executors::test {
namespace {

class QuietContext final : public JobChannel {
 public:
  void progress(std::uint64_t, std::uint64_t) override {}
  [[nodiscard]] bool is_cancelled() const override { return false; }
  void log(std::string_view) override {}
};

}  // namespace

std::vector<scoring::Engine> engines() {
  return {scoring::xgboost::engine(1), scoring::lightgbm::engine(1)};
}

InputView view_of_output(const Job& job) {
  InputView view;
  view.name = "output";
  const auto files = list_folder(job.output->folder);
  for (const std::string& file : files.value_or(std::vector<std::string>())) {
    view.files.push_back({(fs::path(job.output->folder) / file).string(), {}});
  }
  return view;
}

Jobs::Jobs() : ids_(seeded_ids(clock_, 1)), folder_(*TemporaryFolder::make()) {}

Result<void> Jobs::write_rows(int rows) {
  const fs::path table = folder_.path() / "table";
  TRY(make_folders(table));
  warehouse::SessionOptions options;
  options.writable_folders = {table};
  options.temporary_folder = folder_.path() / "temporary";
  TRY_ASSIGN(auto session, warehouse::Session::open(options));
  const std::string query = fmt::format(
      "select i as hour, case when i % 20 = 7 then null else (i * 7919 % 1000) / 1000 end as temp, "
      "(i * 104729 % 997) / 997 as hum, coalesce(temp, 0.5) * 100 + hum * 5 as cnt, "
      "case when i % 7 < 5 then 'weekday' else 'weekend' end as kind from range({}) t(i)",
      rows);
  TRY(session.copy_to_parquet(query, {}, table / "part.parquet"));
  return {};
}

Job Jobs::empty(const std::string& kind) {
  Job job;
  job.attempt = AttemptId::make(*ids_);
  job.run = RunId::make(*ids_);
  job.pipeline = "demand";
  job.step = kind;
  job.kind = kind;
  job.folder = (state() / "runs" / job.run.value() / kind / job.attempt.value()).string();
  job.timezone = "UTC";
  InputView view;
  view.name = "features";
  view.files.push_back({(folder_.path() / "table" / "part.parquet").string(), {}});
  job.views.push_back(std::move(view));
  job.models = models_;
  job.limits.memory_bytes = std::uint64_t{256} << 20U;
  return job;
}

Job Jobs::train(const std::string& engine, int rounds) {
  Job job = empty("train");
  job.spec = {{"model", "demand"},
              {"engine", engine},
              {"data", {{"text", "select * exclude (kind) from features order by hour"}}},
              {"label", "cnt"},
              {"weight", ""},
              {"exclude", {"hour"}},
              {"objective", engine == "xgboost" ? "reg:squarederror" : "regression"},
              {"rounds", rounds},
              {"params", Json::object()},
              {"seed", 7}};
  return job;
}

Job Jobs::evaluate(const std::string& model, const std::string& against) {
  Job job = empty("evaluate");
  job.spec = {
      {"model", model},
      {"against", against.empty() ? Json(nullptr) : Json(against)},
      {"data", {{"text", "select * from features"}}},
      {"label", "cnt"},
      {"metrics", {"rmse", "mae", "r2"}},
      {"by", {"kind"}},
      {"criteria",
       {{{"metric", "rmse"}, {"at_most", 60}},
        {{"metric", "rmse"}, {"not_worse_than_against", true}, {"tolerance_relative", 0.02}}}}};
  return job;
}

Job Jobs::predict(const std::string& model, const std::string& query) {
  Job job = empty("predict");
  job.spec = {{"model", model}, {"data", {{"text", query}}}};
  OutputTarget target;
  target.table = "predictions.demand";
  target.folder =
      (folder_.path() / "warehouse" / ".data" / target.table / job.attempt.value() / "all")
          .string();
  job.output = std::move(target);
  return job;
}

Job Jobs::predict_several(const std::map<std::string, std::string>& models,
                          const std::string& query) {
  Job job = predict("", query);
  job.spec.erase("model");
  job.spec["models"] = models;
  return job;
}

Job Jobs::predict_aside(const std::string& model, const std::string& query) {
  Job job = predict(model, query);
  job.spec["on_error"] = "quarantine";
  OutputTarget target;
  target.table = job.output->table + "_quarantine";
  target.folder =
      (folder_.path() / "warehouse" / ".data" / target.table / job.attempt.value() / "all")
          .string();
  target.schema_may_change = true;
  job.quarantine = std::move(target);
  return job;
}

Result<void> Jobs::add_model(const std::string& engine, int version, int rounds) {
  const Job job = train(engine, rounds);
  TRY_ASSIGN(const auto result, run(train_handler(engines()), job));
  const release::ModelRegistration& model = *result.result.model;
  models_.push_back({fmt::format("demand/{}", version), "demand", version,
                     (state() / model.folder).string(), model.digest});
  return {};
}

Result<void> Jobs::flip_a_bit(int version, const std::string& file) {
  const auto model = std::ranges::find(models_, version, &ModelBinding::version);
  const fs::path path = fs::path(model->folder) / file;
  TRY_ASSIGN(std::string bytes, read_file(path));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  return write_file_durably(path, bytes);
}

Result<orchestration::AttemptResult> Jobs::run(const JobHandler& handler, const Job& job) {
  TRY(make_folders(job.folder));
  QuietContext context;
  return handler(job, context);
}

}  // namespace gossamer::executors::test
