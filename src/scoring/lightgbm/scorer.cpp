// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "scoring/library_scorer.hpp"
#include "scoring/lightgbm/engine.hpp"
#include "scoring/lightgbm/library.hpp"

namespace gossamer::scoring::lightgbm {
namespace {

class LightgbmScorer final : public LibraryScorer {
 public:
  // A category that the training never saw is an answer of the model's own (the right side), so no
  // code is refused.
  LightgbmScorer(Booster booster, Description description, std::size_t bytes, int threads)
      : LibraryScorer(std::move(description), fmt::format("lightgbm {}", library_version),
                      {Infinities::allowed, {}}, bytes),
        booster_(std::move(booster)),
        parameters_(fmt::format("num_threads={} verbosity=-1", std::max(1, threads))) {}

 private:
  Result<std::vector<double>> compute(std::span<const Column* const> columns,
                                      OutputType type) const override {
    const std::size_t rows = columns.front()->size();
    const std::vector<double> matrix = to_matrix(columns, Layout::by_row);
    switch (type) {
      case OutputType::prediction:
        return predict(matrix, rows, C_API_PREDICT_NORMAL);
      case OutputType::margin:
        return predict(matrix, rows, C_API_PREDICT_RAW_SCORE);
      case OutputType::contributions:
        return predict(matrix, rows, C_API_PREDICT_CONTRIB);
    }
    return predict(matrix, rows, C_API_PREDICT_NORMAL);
  }

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
                                  static_cast<std::int32_t>(description().features.columns.size()),
                                  1, what, 0, -1, parameters_.c_str(), &size, values.data()),
        "predict"));
    values.resize(static_cast<std::size_t>(size));
    return values;
  }

  Booster booster_;
  std::string parameters_;
};

// "objective=multiclass num_class:3" in the file's header.
std::string objective_line(std::string_view text) {
  const auto begin = text.find("\nobjective=");
  if (begin == std::string_view::npos) return "regression";
  const auto from = begin + std::string_view("\nobjective=").size();
  return std::string(text.substr(from, text.find('\n', from) - from));
}

// A model that another program wrote: what its file says of itself.
Result<Description> describe(const Booster& booster, const Artifact& artifact,
                             std::string_view text) {
  int classes = 0;
  TRY(check(LGBM_BoosterGetNumClasses(booster.get(), &classes), "count its classes"));
  Description description =
      describe_foreign(artifact, objectives(), split(objective_line(text), ' ').front(), classes);
  TRY_ASSIGN(const auto names, names_of(booster, LGBM_BoosterGetFeatureNames, "name its features"));
  for (const std::string& name : names) {
    description.features.columns.push_back({name, ColumnType::float64, Presence::nullable});
  }
  return description;
}

}  // namespace

Result<std::shared_ptr<const Scorer>> load(const Artifact& artifact, const LoadOptions& options) {
  TRY_ASSIGN(const formats::ModelFile file, formats::read_model_file(artifact));
  BoosterHandle handle = nullptr;
  int rounds = 0;
  TRY(check(LGBM_BoosterLoadModelFromString(file.bytes.c_str(), &rounds, &handle),
            fmt::format("read {}", artifact.model_path.string())));
  Booster booster(handle);
  TRY_ASSIGN(Description description, description_of(artifact, file, [&] {
               return describe(booster, artifact, file.bytes);
             }));
  return std::make_shared<const LightgbmScorer>(std::move(booster), std::move(description),
                                                file.bytes.size(), options.threads);
}

Engine engine(int threads) {
  return make_engine("lightgbm", std::string(library_version), threads, train, load);
}

}  // namespace gossamer::scoring::lightgbm
