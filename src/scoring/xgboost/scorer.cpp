// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "scoring/library_scorer.hpp"
#include "scoring/xgboost/engine.hpp"
#include "scoring/xgboost/library.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::scoring::xgboost {
namespace {

// XGBoost's numbers for what it predicts.
enum class Prediction : int { value = 0, margin = 1, contributions = 2 };

class XgboostScorer final : public LibraryScorer {
 public:
  XgboostScorer(Booster booster, const Description& description, std::size_t bytes, int threads)
      : LibraryScorer(description, "xgboost " + library_version(),
                      {Infinities::refused, description.categorical}, bytes),
        booster_(std::move(booster)),
        threads_(threads) {}

 private:
  Result<std::vector<double>> compute(std::span<const Column* const> columns,
                                      OutputType type) const override {
    const ColumnarView view(columns);
    switch (type) {
      case OutputType::prediction:
        return predict(view, Prediction::value);
      case OutputType::margin:
        return predict(view, Prediction::margin);
      case OutputType::contributions:
        return contributions(view);
    }
    return predict(view, Prediction::value);
  }

  // Row-major, rows x outputs. Lock-free and safe for threads: it touches no cache of the booster.
  Result<std::vector<double>> predict(const ColumnarView& view, Prediction what) const {
    const std::string config =
        fmt::format(R"({{"type":{},"training":false,"iteration_begin":0,"iteration_end":0,)"
                    R"("strict_shape":true,"missing":NaN,"cache_id":0}})",
                    static_cast<int>(what));
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    TRY(check(XGBoosterPredictFromColumnar(booster_.get(), view.json().c_str(), config.c_str(),
                                           nullptr, &shape, &dimensions, &values),
              "predict"));
    return copy(shape, dimensions, values);
  }

  // Row-major, rows x classes x (features + 1). Only matrices of its own give contributions.
  Result<std::vector<double>> contributions(const ColumnarView& view) const {
    TRY_ASSIGN(const Matrix matrix, make_matrix(view, threads_));
    std::vector<std::string> names;
    for (const auto& feature : description().features.columns)
      names.push_back(feature.name);
    TRY(set_strings(matrix, "feature_name", names));
    const std::string config =
        fmt::format(R"({{"type":{},"training":false,"iteration_begin":0,"iteration_end":0,)"
                    R"("strict_shape":true}})",
                    static_cast<int>(Prediction::contributions));
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* values = nullptr;
    TRY(check(XGBoosterPredictFromDMatrix(booster_.get(), matrix.get(), config.c_str(), &shape,
                                          &dimensions, &values),
              "compute contributions"));
    return copy(shape, dimensions, values);
  }

  static std::vector<double> copy(const bst_ulong* shape, bst_ulong dimensions,
                                  const float* values) {
    std::size_t size = 1;
    for (bst_ulong i = 0; i < dimensions; ++i)
      size *= shape[i];
    return {values, values + size};
  }

  Booster booster_;
  int threads_;
};

Result<std::vector<std::string>> strings_of(const Booster& booster, const char* field) {
  bst_ulong count = 0;
  const char** values = nullptr;
  TRY(check(XGBoosterGetStrFeatureInfo(booster.get(), field, &count, &values),
            fmt::format("give its {}s", field)));
  return std::vector<std::string>(values, values + count);
}

struct Learner {
  std::string objective;
  std::int64_t classes = 0;
};

Result<Learner> learner_of(const Booster& booster) {
  bst_ulong size = 0;
  const char* text = nullptr;
  TRY(check(XGBoosterSaveJsonConfig(booster.get(), &size, &text), "give its configuration"));
  TRY_ASSIGN(const Json config, parse_json({text, size}, "xgboost's configuration"));
  TRY_ASSIGN(const Json learner, require<Json>(config, "learner"));
  TRY_ASSIGN(const Json objective, require<Json>(learner, "objective"));
  TRY_ASSIGN(const Json sizes, require<Json>(learner, "learner_model_param"));
  Learner read;
  TRY_ASSIGN(read.objective, require<std::string>(objective, "name"));
  TRY_ASSIGN(const auto classes, require<std::string>(sizes, "num_class"));
  TRY_ASSIGN(read.classes, parse_integer(classes));
  return read;
}

// A model that another program wrote: what its file says of itself.
Result<Description> describe(const Booster& booster, const Artifact& artifact) {
  TRY_ASSIGN(const Learner learner, learner_of(booster));
  Description description =
      describe_foreign(artifact, objectives(), learner.objective, learner.classes);
  bst_ulong count = 0;
  TRY(check(XGBoosterGetNumFeature(booster.get(), &count), "count its features"));
  TRY_ASSIGN(std::vector<std::string> names, strings_of(booster, "feature_name"));
  TRY_ASSIGN(const std::vector<std::string> types, strings_of(booster, "feature_type"));
  for (bst_ulong i = names.size(); i < count; ++i)
    names.push_back(fmt::format("f{}", i));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string type = i < types.size() ? types[i] : "float";
    if (type == "c") description.categorical.push_back(names[i]);
    const bool is_integer = type == "int" || type == "i" || type == "c";
    description.features.columns.push_back(
        {names[i], is_integer ? ColumnType::int64 : ColumnType::float64, Presence::nullable});
  }
  return description;
}

}  // namespace

Result<std::shared_ptr<const Scorer>> load(const Artifact& artifact, const LoadOptions& options) {
  TRY_ASSIGN(const formats::ModelFile file, formats::read_model_file(artifact));
  TRY_ASSIGN(Booster booster, make_booster({}));
  TRY(check(XGBoosterLoadModelFromBuffer(booster.get(), file.bytes.data(), file.bytes.size()),
            fmt::format("read {}", artifact.model_path.string())));
  TRY(set_parameter(booster, "nthread", fmt::format("{}", std::max(1, options.threads))));
  TRY_ASSIGN(const Description description,
             description_of(artifact, file, [&] { return describe(booster, artifact); }));
  if (description.objective == "multi:softmax") {
    TRY(set_parameter(booster, "objective", "multi:softprob"));
  }
  return std::make_shared<const XgboostScorer>(std::move(booster), description, file.bytes.size(),
                                               options.threads);
}

Engine engine(int threads) {
  return make_engine("xgboost", library_version(), threads, train, load);
}

}  // namespace gossamer::scoring::xgboost
