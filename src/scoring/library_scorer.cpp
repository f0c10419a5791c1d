// SPDX-License-Identifier: Apache-2.0
#include "scoring/library_scorer.hpp"

#include "scoring/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::scoring {

Result<Description> description_of(const Artifact& artifact, const formats::ModelFile& file,
                                   const std::function<Result<Description>()>& derive) {
  Description description;
  if (artifact.description) {
    description = *artifact.description;
  } else {
    TRY_ASSIGN(description, derive());
  }
  const auto checked = formats::check_description(file.shape, description);
  if (!checked) return formats::unsound(artifact, checked.error());
  return description;
}

Description describe_foreign(const Artifact& artifact, std::span<const Objective> objectives,
                             std::string objective, std::int64_t classes) {
  Description description;
  description.flavour = artifact.flavour;
  description.model_file = artifact.model_path.filename().string();
  const auto known = std::ranges::find(objectives, objective, &Objective::name);
  if (known != objectives.end()) description.task = known->task;
  description.objective = std::move(objective);
  if (classes > 1) description.task = Task::multiclass;
  for (std::int64_t k = 0; classes > 1 && k < classes; ++k)
    description.classes.push_back(fmt::format("{}", k));
  return description;
}

LibraryScorer::LibraryScorer(Description description, std::string kernel, RowLimits limits,
                             std::size_t file_bytes)
    : description_(std::move(description)),
      kernel_(std::move(kernel)),
      limits_(std::move(limits)),
      memory_bytes_(file_bytes * 2) {}

Signature LibraryScorer::output_signature(OutputType type) const {
  return outputs_of(description_, type);
}

std::vector<BadRow> LibraryScorer::bad_rows(std::span<const Column* const> columns) const {
  return bad_rows_of(columns, limits_.categorical, limits_.infinities, description_.flavour);
}

Result<std::vector<BadRow>> LibraryScorer::find_bad_rows(const Batch& rows) const {
  TRY_ASSIGN(const auto columns, numeric_columns(rows, description_.features));
  return bad_rows(columns);
}

Result<Batch> LibraryScorer::score(const Batch& rows, OutputType type) const {
  TRY_ASSIGN(const auto columns, numeric_columns(rows, description_.features));
  const auto bad = bad_rows(columns);
  if (!bad.empty()) return std::unexpected(bad_row_error(bad.front()));
  if (rows.rows() == 0) return empty_outputs(description_, type);
  TRY_ASSIGN(const auto values, compute(columns, OutputType::prediction));
  std::vector<double> extra;
  if (type != OutputType::prediction) {
    TRY_ASSIGN(extra, compute(columns, type));
  }
  return make_outputs(description_, type, rows.rows(), values, extra);
}

}  // namespace gossamer::scoring
