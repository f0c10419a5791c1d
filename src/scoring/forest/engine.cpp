// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/engine.hpp"

#include "base/files.hpp"
#include "scoring/features.hpp"
#include "scoring/forest/predictor.hpp"
#include "scoring/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace gossamer::scoring::forest {
namespace {

// What outputs are named by; the library's scorer knows it of any model, also of a foreign one.
Description description_of(const Scorer& library, std::string flavour) {
  Description description;
  description.flavour = std::move(flavour);
  description.task = library.task();
  description.features = library.signature();
  description.classes = library.classes();
  const Signature outputs = library.output_signature(OutputType::prediction);
  if (description.task == Task::multiclass) description.class_type = outputs.columns.front().type;
  return description;
}

std::size_t outputs_of_task(const Scorer& library) {
  return library.task() == Task::multiclass ? library.classes().size() : 1;
}

// Why the model is left to the library; empty: it is not.
std::string reason_against(const Model& model, const Scorer& library) {
  if (!model.unsupported.empty()) return model.unsupported;
  if (model.forest.features != library.signature().columns.size()) {
    return "the library counts its features otherwise";
  }
  if (model.forest.outputs != outputs_of_task(library)) return "it gives several numbers a row";
  return {};
}

// Whether an entry is infinite, or would be as float32. What stands at a null may say so too.
bool may_be_infinite(const Column& column) {
  constexpr double limit = 0x1.ffffffp+127;  // from here on a float64 rounds to infinity
  bool found = false;
  if (column.type() == ColumnType::float64) {
    for (const double value : column.float64s())
      found |= std::abs(value) >= limit;
  } else if (column.type() == ColumnType::float32) {
    for (const float value : column.float32s())
      found |= std::isinf(value);
  }
  return found;
}

// Whether the library looks at codes, which it does for features that are declared to hold them.
bool has_codes(const Model& model, const Artifact& artifact) {
  const bool declared = artifact.description && !artifact.description->categorical.empty();
  return declared || !model.forest.sets.empty() ||
         std::ranges::find(model.feature_types, "c") != model.feature_types.end();
}

class ForestScorer final : public Scorer {
 public:
  ForestScorer(std::shared_ptr<const Scorer> library, std::string flavour, Forest forest,
               bool has_codes, int threads)
      : library_(std::move(library)),
        description_(description_of(*library_, std::move(flavour))),
        predictor_(std::move(forest)),
        has_codes_(has_codes),
        threads_(threads) {}

  const Signature& signature() const override { return description_.features; }
  Task task() const override { return description_.task; }
  const std::vector<std::string>& classes() const override { return description_.classes; }
  Signature output_signature(OutputType type) const override {
    return library_->output_signature(type);
  }
  Result<std::vector<BadRow>> find_bad_rows(const Batch& rows) const override {
    return library_->find_bad_rows(rows);
  }
  std::string_view kernel() const override { return predictor_.kernel(); }
  std::size_t memory_bytes() const override {
    return predictor_.memory_bytes() + library_->memory_bytes();
  }

  Result<Batch> score(const Batch& rows, OutputType type) const override {
    if (type == OutputType::contributions) return library_->score(rows, type);
    TRY_ASSIGN(const auto columns, numeric_columns(rows, description_.features));
    // The library's own check costs more than the trees: it is for rows that look bad.
    if (has_codes_ || std::ranges::any_of(
                          columns, [](const Column* column) { return may_be_infinite(*column); })) {
      TRY_ASSIGN(const auto bad, library_->find_bad_rows(rows));
      if (!bad.empty()) return std::unexpected(bad_row_error(bad.front()));
    }
    if (rows.rows() == 0) return empty_outputs(description_, type);
    std::vector<double> values = margins(columns, rows.rows());
    std::vector<double> extra;
    if (type == OutputType::margin) extra = values;
    predictor_.apply_link(values);
    return make_outputs(description_, type, rows.rows(), values, extra);
  }

 private:
  // Each thread takes rows of its own, whole blocks of them.
  std::vector<double> margins(std::span<const Column* const> columns, std::size_t rows) const {
    std::vector<double> sums(rows * predictor_.outputs());
    const auto threads = static_cast<std::size_t>(std::max(1, threads_for(rows, threads_)));
    const std::size_t blocks = (rows + block_rows - 1) / block_rows;
    const std::size_t share = (blocks + threads - 1) / threads * block_rows;
    const auto sum = [&](std::size_t begin) {
      const std::size_t count = std::min(share, rows - begin);
      predictor_.margins(
          columns, begin, count,
          std::span(sums).subspan(begin * predictor_.outputs(), count * predictor_.outputs()));
    };
    std::vector<std::jthread> others;
    for (std::size_t begin = share; begin < rows; begin += share)
      others.emplace_back(sum, begin);
    sum(0);
    others.clear();
    return sums;
  }

  std::shared_ptr<const Scorer> library_;
  Description description_;
  Predictor predictor_;
  bool has_codes_;
  int threads_;
};

// The library's scorer, which says why it computes.
class LeftToLibrary final : public Scorer {
 public:
  LeftToLibrary(std::shared_ptr<const Scorer> library, std::string_view reason)
      : library_(std::move(library)), kernel_(fmt::format("{} ({})", library_->kernel(), reason)) {}

  const Signature& signature() const override { return library_->signature(); }
  Task task() const override { return library_->task(); }
  const std::vector<std::string>& classes() const override { return library_->classes(); }
  Signature output_signature(OutputType type) const override {
    return library_->output_signature(type);
  }
  Result<std::vector<BadRow>> find_bad_rows(const Batch& rows) const override {
    return library_->find_bad_rows(rows);
  }
  Result<Batch> score(const Batch& rows, OutputType type) const override {
    return library_->score(rows, type);
  }
  std::string_view kernel() const override { return kernel_; }
  std::size_t memory_bytes() const override { return library_->memory_bytes(); }

 private:
  std::shared_ptr<const Scorer> library_;
  std::string kernel_;
};

Result<std::shared_ptr<const Scorer>> load(const Engine& library, const Artifact& artifact,
                                           const LoadOptions& options) {
  // First, so that its checks and messages are the ones that a person meets.
  TRY_ASSIGN(auto scorer, library.load(artifact, options));
  TRY_ASSIGN(const std::string bytes, read_file(artifact.model_path));
  auto model = read_model(bytes);
  const std::string reason =
      model ? reason_against(*model, *scorer) : "unread: " + model.error().describe();
  if (!reason.empty()) return std::make_shared<const LeftToLibrary>(std::move(scorer), reason);
  const bool codes = has_codes(*model, artifact);
  return std::make_shared<const ForestScorer>(std::move(scorer), library.name,
                                              std::move(model->forest), codes, options.threads);
}

}  // namespace

Engine with_forest(Engine library) {
  Engine engine = library;
  engine.load = [library = std::move(library)](const Artifact& artifact,
                                               const LoadOptions& options) {
    return load(library, artifact, options);
  };
  return engine;
}

}  // namespace gossamer::scoring::forest
