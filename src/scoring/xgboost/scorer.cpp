// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "scoring/features.hpp"
#include "scoring/outputs.hpp"
#include "scoring/xgboost/engine.hpp"
#include "scoring/xgboost/library.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::scoring::xgboost {
namespace {

// XGBoost's numbers for what it predicts.
enum class Prediction : int { value = 0, margin = 1, contributions = 2 };

class XgboostScorer final : public Scorer {
 public:
  XgboostScorer(Booster booster, Description description, std::size_t bytes, int threads)
      : booster_(std::move(booster)),
        description_(std::move(description)),
        kernel_("xgboost " + library_version()),
        bytes_(bytes),
        threads_(threads) {}

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
    return bad_rows_of(columns, description_.categorical, Infinities::refused, "xgboost");
  }

  Result<Batch> score(const Batch& rows, OutputType type) const override {
    TRY_ASSIGN(const auto columns, numeric_columns(rows, description_.features));
    const auto bad = bad_rows_of(columns, description_.categorical, Infinities::refused, "xgboost");
    if (!bad.empty()) return std::unexpected(bad_row_error(bad.front()));
    // The library refuses matrices without rows.
    if (rows.rows() == 0) return empty_outputs(description_, type);

    const ColumnarView view(columns);
    TRY_ASSIGN(const auto values, predict(view, Prediction::value));
    std::vector<double> extra;
    if (type == OutputType::margin) {
      TRY_ASSIGN(extra, predict(view, Prediction::margin));
    } else if (type == OutputType::contributions) {
      TRY_ASSIGN(extra, contributions(view));
    }
    return make_outputs(description_, type, rows.rows(), values, extra);
  }

 private:
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
    for (const auto& feature : description_.features.columns)
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
  Description description_;
  std::string kernel_;
  std::size_t bytes_;
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
Result<Description> describe_foreign(const Booster& booster, const Artifact& artifact) {
  Description description;
  description.flavour = "xgboost";
  description.model_file = artifact.model_path.filename().string();
  TRY_ASSIGN(const Learner learner, learner_of(booster));
  description.objective = learner.objective;
  const auto known = std::ranges::find(objectives(), description.objective, &Objective::name);
  if (known != objectives().end()) description.task = known->task;
  if (description.task == Task::multiclass) {
    for (std::int64_t k = 0; k < learner.classes; ++k) {
      description.classes.push_back(fmt::format("{}", k));
    }
  }
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
  TRY_ASSIGN(const std::string bytes, read_file(artifact.model_path));
  TRY_ASSIGN(Booster booster, make_booster({}));
  TRY(check(XGBoosterLoadModelFromBuffer(booster.get(), bytes.data(), bytes.size()),
            fmt::format("read {}", artifact.model_path.string())));
  TRY(set_parameter(booster, "nthread", fmt::format("{}", std::max(1, options.threads))));
  Description description;
  if (artifact.description) {
    description = *artifact.description;
  } else {
    TRY_ASSIGN(description, describe_foreign(booster, artifact));
  }
  if (description.objective == "multi:softmax") {
    TRY(set_parameter(booster, "objective", "multi:softprob"));
  }
  bst_ulong count = 0;
  TRY(check(XGBoosterGetNumFeature(booster.get(), &count), "count its features"));
  if (count != description.features.columns.size()) {
    return invalid_input(fmt::format("{} has {} features, its description {}",
                                     artifact.model_path.string(), count,
                                     description.features.columns.size()));
  }
  return std::make_shared<const XgboostScorer>(std::move(booster), std::move(description),
                                               bytes.size() * 2, options.threads);
}

Engine engine(int threads) {
  return {.name = "xgboost",
          .version = library_version(),
          .train =
              [threads](const Batch& rows, const TrainingRequest& request,
                        const RoundObserver& observer) {
                return train(rows, request, observer, threads);
              },
          .load = load};
}

}  // namespace gossamer::scoring::xgboost
