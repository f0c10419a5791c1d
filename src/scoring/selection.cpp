// SPDX-License-Identifier: Apache-2.0
// What engines do alike with a training set, beside making one.
#include "scoring/features.hpp"

#include <algorithm>
#include <tuple>

namespace gossamer::scoring {
namespace {

template <class T>
std::vector<T> pick(std::span<const T> values, std::span<const std::int32_t> rows) {
  std::vector<T> picked;
  picked.reserve(rows.size());
  for (const std::int32_t row : rows)
    picked.push_back(values[static_cast<std::size_t>(row)]);
  return picked;
}

}  // namespace

Column gather(const Column& column, std::span<const std::int32_t> rows) {
  std::vector<bool> present;
  if (column.null_count() > 0) {
    present.reserve(rows.size());
    for (const std::int32_t row : rows) {
      present.push_back(!column.is_null(static_cast<std::size_t>(row)));
    }
  }
  switch (column.type()) {
    case ColumnType::boolean:
      return Column::of_booleans(column.name(), pick(column.booleans(), rows), present);
    case ColumnType::int64:
      return Column::of_int64(column.name(), pick(column.int64s(), rows), present);
    case ColumnType::float32:
      return Column::of_float32(column.name(), pick(column.float32s(), rows), present);
    case ColumnType::float64:
      return Column::of_float64(column.name(), pick(column.float64s(), rows), present);
    case ColumnType::timestamp:
      return Column::of_timestamps(column.name(), pick(column.int64s(), rows), present);
    case ColumnType::date:
      return Column::of_dates(column.name(), pick(column.dates(), rows), present);
    case ColumnType::string:
      break;
  }
  std::vector<std::string> texts;
  texts.reserve(rows.size());
  for (const std::int32_t row : rows) {
    texts.emplace_back(column.string(static_cast<std::size_t>(row)));
  }
  return Column::of_strings(column.name(), texts, present);
}

Selection select(const TrainingSet& set, std::span<const std::int32_t> rows) {
  Selection selection;
  selection.columns = set.columns;
  if (rows.empty()) {
    selection.label = set.label;
    selection.weight = set.weight;
    return selection;
  }
  for (const Column* column : set.columns)
    selection.picked.push_back(gather(*column, rows));
  for (std::size_t i = 0; i < selection.picked.size(); ++i)
    selection.columns[i] = &selection.picked[i];
  selection.label = pick(std::span<const float>(set.label), rows);
  if (!set.weight.empty()) selection.weight = pick(std::span<const float>(set.weight), rows);
  return selection;
}

TrainedModel trained_on(const TrainingSet& set, std::string flavour, std::string model_file,
                        std::string objective, Task task) {
  TrainedModel model;
  model.description = {.flavour = std::move(flavour),
                       .model_file = std::move(model_file),
                       .objective = std::move(objective),
                       .task = task,
                       .features = set.features,
                       .classes = set.classes,
                       .class_type = set.class_type,
                       .categorical = set.categorical};
  model.validation_rows = set.validation_rows.size();
  model.training_rows = set.label.size() - model.validation_rows;
  return model;
}

std::vector<FeatureImportance> rank_features(const Signature& features,
                                             std::span<const double> gains,
                                             std::span<const double> splits) {
  std::vector<FeatureImportance> importance;
  for (std::size_t i = 0; i < features.columns.size(); ++i)
    importance.push_back({features.columns[i].name, gains[i], splits[i]});
  std::ranges::sort(importance, [](const auto& left, const auto& right) {
    return std::tuple(-left.gain, std::string_view(left.feature)) <
           std::tuple(-right.gain, std::string_view(right.feature));
  });
  return importance;
}

}  // namespace gossamer::scoring
