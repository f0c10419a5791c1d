// SPDX-License-Identifier: Apache-2.0
#include "scoring/outputs.hpp"

#include "base/numbers.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace gossamer::scoring {
namespace {

bool has_classes(const Description& description) { return description.task == Task::multiclass; }

std::size_t output_count(const Description& description) {
  return has_classes(description) ? description.classes.size() : 1;
}

std::vector<std::string> extra_names(const Description& description, OutputType type) {
  std::vector<std::string> names;
  if (type == OutputType::prediction) return names;
  for (std::size_t k = 0; k < output_count(description); ++k) {
    const std::string suffix = has_classes(description) ? "_" + description.classes[k] : "";
    if (type == OutputType::margin) {
      names.push_back("margin" + suffix);
      continue;
    }
    for (const SignatureColumn& feature : description.features.columns) {
      names.push_back(fmt::format("contribution{}_{}", suffix, feature.name));
    }
    names.push_back(fmt::format("contribution{}_bias", suffix));
  }
  return names;
}

Column label_column(std::span<const std::size_t> best, const Description& description) {
  if (description.class_type == ColumnType::string) {
    std::vector<std::string> labels;
    labels.reserve(best.size());
    for (const std::size_t k : best)
      labels.push_back(description.classes[k]);
    return Column::of_strings("prediction", labels);
  }
  if (description.class_type == ColumnType::boolean) {
    std::vector<std::uint8_t> labels;
    labels.reserve(best.size());
    for (const std::size_t k : best)
      labels.push_back(description.classes[k] == "true" ? 1 : 0);
    return Column::of_booleans("prediction", std::move(labels));
  }
  std::vector<std::int64_t> numbers;
  for (std::size_t k = 0; k < description.classes.size(); ++k) {
    numbers.push_back(parse_integer(description.classes[k]).value_or(static_cast<std::int64_t>(k)));
  }
  std::vector<std::int64_t> labels;
  labels.reserve(best.size());
  for (const std::size_t k : best)
    labels.push_back(numbers[k]);
  return Column::of_int64("prediction", std::move(labels));
}

// The class of the highest score of each row; the first of equal ones.
std::vector<std::size_t> best_classes(std::span<const double> scores, std::size_t rows,
                                      std::size_t classes) {
  std::vector<std::size_t> best(rows, 0);
  for (std::size_t row = 0; row < rows; ++row) {
    const auto of_row = scores.subspan(row * classes, classes);
    for (std::size_t k = 1; k < classes; ++k) {
      if (of_row[k] > of_row[best[row]]) best[row] = k;
    }
  }
  return best;
}

Column strided(std::string name, std::span<const double> values, std::size_t first,
               std::size_t stride, std::size_t rows) {
  std::vector<double> column(rows);
  for (std::size_t row = 0; row < rows; ++row)
    column[row] = values[row * stride + first];
  return Column::of_float64(std::move(name), std::move(column));
}

}  // namespace

Signature outputs_of(const Description& description, OutputType type) {
  Signature signature;
  const auto add = [&](std::string name, ColumnType column_type) {
    signature.columns.push_back({std::move(name), column_type, Presence::required});
  };
  if (has_classes(description)) {
    add("prediction", description.class_type);
    for (const std::string& name : description.classes) {
      add("score_" + name, ColumnType::float64);
    }
  } else {
    add("prediction", ColumnType::float64);
  }
  for (std::string& name : extra_names(description, type)) {
    add(std::move(name), ColumnType::float64);
  }
  return signature;
}

Result<Batch> make_outputs(const Description& description, OutputType type, std::size_t rows,
                           std::span<const double> values, std::span<const double> extra) {
  const std::size_t outputs = output_count(description);
  const std::vector<std::string> names = extra_names(description, type);
  if (values.size() != rows * outputs || extra.size() != rows * names.size()) {
    return bug(fmt::format("{} gave {} and {} values for {} rows", description.flavour,
                           values.size(), extra.size(), rows));
  }
  std::vector<Column> columns;
  if (has_classes(description)) {
    columns.push_back(label_column(best_classes(values, rows, outputs), description));
    for (std::size_t k = 0; k < outputs; ++k) {
      columns.push_back(strided("score_" + description.classes[k], values, k, outputs, rows));
    }
  } else {
    columns.push_back(strided("prediction", values, 0, 1, rows));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    columns.push_back(strided(names[i], extra, i, names.size(), rows));
  }
  return Batch::make(std::move(columns));
}

Result<Batch> empty_outputs(const Description& description, OutputType type) {
  return make_outputs(description, type, 0, {}, {});
}

}  // namespace gossamer::scoring
