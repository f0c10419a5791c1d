// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/files.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "scoring/features.hpp"
#include "scoring/lightgbm/engine.hpp"
#include "scoring/lightgbm/library.hpp"
#include "scoring/outputs.hpp"

namespace gossamer::scoring::lightgbm {
namespace {

class LightgbmScorer final : public Scorer {
 public:
  LightgbmScorer(Booster booster, Description description, std::size_t bytes, int threads)
      : booster_(std::move(booster)),
        description_(std::move(description)),
        kernel_(fmt::format("lightgbm {}", library_version)),
        parameters_(fmt::format("num_threads={} verbosity=-1", std::max(1, threads))),
        bytes_(bytes) {}

  const Signature& signature() const override { return description_.features; }
  Task task() const override { return description_.task; }
  const std::vector<std::string>& classes() const override { return description_.classes; }
  Signature output_signature(OutputType type) const override {
    return outputs_of(description_, type);
  }
  std::string_view kernel() const override { return kernel_; }
  std::size_t memory_bytes() const override { return bytes_; }

  Result<std::vector<BadRow>> find_bad_rows(const Batch& rows) const override {
    TRY_ASSIGN(const auto columns, numeric_columns(rows, description_.features));
    // A category that the training never saw is an answer of the model's own (the right side).
    return bad_rows_of(columns, {}, Infinities::allowed, "lightgbm");
  }

  Result<Batch> score(const Batch& rows, OutputType type) const override {
    TRY_ASSIGN(const auto columns, numeric_columns(rows, description_.features));
    if (rows.rows() == 0) return empty_outputs(description_, type);
    const std::vector<double> matrix = to_matrix(columns, Layout::by_row);
    TRY_ASSIGN(const auto values, predict(matrix, rows.rows(), C_API_PREDICT_NORMAL));
    std::vector<double> extra;
    if (type == OutputType::margin) {
      TRY_ASSIGN(extra, predict(matrix, rows.rows(), C_API_PREDICT_RAW_SCORE));
    } else if (type == OutputType::contributions) {
      TRY_ASSIGN(extra, predict(matrix, rows.rows(), C_API_PREDICT_CONTRIB));
    }
    return make_outputs(description_, type, rows.rows(), values, extra);
  }

 private:
  // Row-major. The library takes a shared lock: any number of threads may predict.
  Result<std::vector<double>> predict(const std::vector<double>& matrix, std::size_t rows,
                                      int what) const {
    std::int64_t size = 0;
    TRY(check(
        LGBM_BoosterCalcNumPredict(booster_.get(), static_cast<int>(rows), what, 0, -1, &size),
        "predict"));
    std::vector<double> values(static_cast<std::size_t>(size));
    TRY(check(
        LGBM_BoosterPredictForMat(booster_.get(), matrix.data(), C_API_DTYPE_FLOAT64,
                                  static_cast<std::int32_t>(rows),
                                  static_cast<std::int32_t>(description_.features.columns.size()),
                                  1, what, 0, -1, parameters_.c_str(), &size, values.data()),
        "predict"));
    values.resize(static_cast<std::size_t>(size));
    return values;
  }

  Booster booster_;
  Description description_;
  std::string kernel_;
  std::string parameters_;
  std::size_t bytes_;
};

// "objective=multiclass num_class:3" in the file's header.
std::string objective_line(std::string_view text) {
  const auto begin = text.find("\nobjective=");
  if (begin == std::string_view::npos) return "regression";
  const auto from = begin + std::string_view("\nobjective=").size();
  return std::string(text.substr(from, text.find('\n', from) - from));
}

// A model that another program wrote: what its file says of itself.
Result<Description> describe_foreign(const Booster& booster, const Artifact& artifact,
                                     std::string_view text) {
  Description description;
  description.flavour = "lightgbm";
  description.model_file = artifact.model_path.filename().string();
  description.objective = split(objective_line(text), ' ').front();
  const auto known = std::ranges::find(objectives(), description.objective, &Objective::name);
  if (known != objectives().end()) description.task = known->task;
  int classes = 0;
  TRY(check(LGBM_BoosterGetNumClasses(booster.get(), &classes), "count its classes"));
  if (classes > 1) description.task = Task::multiclass;
  for (int k = 0; classes > 1 && k < classes; ++k) {
    description.classes.push_back(fmt::format("{}", k));
  }
  TRY_ASSIGN(const auto names, names_of(booster, LGBM_BoosterGetFeatureNames, "name its features"));
  for (const std::string& name : names) {
    description.features.columns.push_back({name, ColumnType::float64, Presence::nullable});
  }
  return description;
}

}  // namespace

Result<std::shared_ptr<const Scorer>> load(const Artifact& artifact, const LoadOptions& options) {
  TRY_ASSIGN(const std::string text, read_file(artifact.model_path));
  BoosterHandle handle = nullptr;
  int rounds = 0;
  TRY(check(LGBM_BoosterLoadModelFromString(text.c_str(), &rounds, &handle),
            fmt::format("read {}", artifact.model_path.string())));
  Booster booster(handle);
  Description description;
  if (artifact.description) {
    description = *artifact.description;
  } else {
    TRY_ASSIGN(description, describe_foreign(booster, artifact, text));
  }
  int count = 0;
  TRY(check(LGBM_BoosterGetNumFeature(handle, &count), "count its features"));
  if (static_cast<std::size_t>(count) != description.features.columns.size()) {
    return invalid_input(fmt::format("{} has {} features, its description {}",
                                     artifact.model_path.string(), count,
                                     description.features.columns.size()));
  }
  return std::make_shared<const LightgbmScorer>(std::move(booster), std::move(description),
                                                text.size() * 2, options.threads);
}

Engine engine(int threads) {
  return {.name = "lightgbm",
          .version = std::string(library_version),
          .train =
              [threads](const Batch& rows, const TrainingRequest& request,
                        const RoundObserver& observer) {
                return train(rows, request, observer, threads);
              },
          .load = load};
}

}  // namespace gossamer::scoring::lightgbm
