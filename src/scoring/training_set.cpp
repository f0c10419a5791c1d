// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"
#include "base/suggest.hpp"
#include "scoring/features.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace gossamer::scoring {
namespace {

// Rows are numbered by 32 bits inside both libraries.
constexpr std::size_t rows_max = std::numeric_limits<std::int32_t>::max();

// A fixed function of seed and row, so that the same rows are held back on every machine (the
// finaliser of SplitMix64, Steele, Lea and Flood 2014).
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

Result<void> split_rows(const TrainingRequest& request, std::size_t rows, TrainingSet& set) {
  if (!request.validation_fraction) {
    if (request.early_stopping_rounds) {
      return invalid_input(
          "early stopping needs rows to watch: say `validation_fraction`, such as 0.2");
    }
    return {};
  }
  const double fraction = *request.validation_fraction;
  if (!(fraction > 0 && fraction < 1)) {
    return invalid_input(
        fmt::format("`validation_fraction` is {}; it is a share between 0 and 1", fraction));
  }
  if (request.early_stopping_rounds && *request.early_stopping_rounds < 1) {
    return invalid_input(fmt::format("`early_stopping_rounds` is {}; it is at least 1",
                                     *request.early_stopping_rounds));
  }
  const std::uint64_t salt = mix(static_cast<std::uint64_t>(request.seed));
  for (std::size_t row = 0; row < rows; ++row) {
    const double share = static_cast<double>(mix(salt ^ row) >> 11U) * 0x1p-53;
    auto& part = share < fraction ? set.validation_rows : set.training_rows;
    part.push_back(static_cast<std::int32_t>(row));
  }
  if (set.training_rows.empty() || set.validation_rows.empty()) {
    return invalid_input(fmt::format(
        "{} rows are too few to hold back a share of {} for validation", rows, fraction));
  }
  return {};
}

Result<std::vector<float>> numeric_label(const Column& column, const Objective& objective) {
  if (column.type() == ColumnType::string || column.type() == ColumnType::timestamp ||
      column.type() == ColumnType::date) {
    return invalid_input(fmt::format("label `{}` is {}; objective `{}` {}", column.name(),
                                     name_of(column.type()), objective.name,
                                     describe(objective.rule)));
  }
  const std::vector<double> values = to_doubles(column);
  std::vector<float> label(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    label[row] = static_cast<float>(values[row]);
    if (allows(objective.rule, values[row]) && std::isfinite(label[row])) continue;
    return invalid_input(fmt::format("label `{}`, row {}: {}; objective `{}` {}", column.name(),
                                     row + 1, column.text_at(row), objective.name,
                                     describe(objective.rule)));
  }
  return label;
}

// Classes in order: integers and booleans by value, texts by bytes.
template <class Key, class At>
void number_classes(std::size_t rows, const At& at, TrainingSet& set) {
  std::map<Key, std::size_t> classes;
  for (std::size_t row = 0; row < rows; ++row)
    classes.try_emplace(at(row), 0);
  for (auto& [key, index] : classes) {
    index = set.classes.size();
    set.classes.push_back(fmt::format("{}", key));
  }
  set.label.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    set.label[row] = static_cast<float>(classes.at(at(row)));
  }
}

Result<void> class_label(const Column& column, TrainingSet& set) {
  set.class_type = column.type();
  switch (column.type()) {
    case ColumnType::boolean:
      number_classes<bool>(
          column.size(), [&](std::size_t row) { return column.booleans()[row] != 0; }, set);
      break;
    case ColumnType::int64:
      number_classes<std::int64_t>(
          column.size(), [&](std::size_t row) { return column.int64s()[row]; }, set);
      break;
    case ColumnType::string:
      number_classes<std::string>(
          column.size(), [&](std::size_t row) { return std::string(column.string(row)); }, set);
      break;
    case ColumnType::float64:
    case ColumnType::float32: {
      TRY_ASSIGN(const Column integers, convert(column, ColumnType::int64));
      return class_label(integers, set);
    }
    case ColumnType::timestamp:
    case ColumnType::date:
      return invalid_input(fmt::format("label `{}` is {}; it {}", column.name(),
                                       name_of(column.type()), describe(LabelRule::classes)));
  }
  if (set.classes.size() < 2) {
    return invalid_input(fmt::format("label `{}` has the one class `{}`; a model needs two",
                                     column.name(), set.classes.front()));
  }
  constexpr std::size_t classes_max = 1000;
  if (set.classes.size() > classes_max) {
    return invalid_input(fmt::format("label `{}` has {} classes; at most {} are supported",
                                     column.name(), set.classes.size(), classes_max));
  }
  return {};
}

Result<void> take_label(const Batch& rows, const TrainingRequest& request,
                        const Objective& objective, TrainingSet& set) {
  TRY_ASSIGN(const Column* column, rows.require(request.label));
  for (std::size_t row = 0; row < column->size(); ++row) {
    if (column->is_null(row)) {
      return invalid_input(
          fmt::format("label `{}`, row {}: null; every row needs a label", request.label, row + 1));
    }
  }
  if (objective.rule == LabelRule::classes) return class_label(*column, set);
  TRY_ASSIGN(set.label, numeric_label(*column, objective));
  return {};
}

Result<void> take_weight(const Batch& rows, const TrainingRequest& request, TrainingSet& set) {
  if (request.weight.empty()) return {};
  TRY_ASSIGN(const Column* column, rows.require(request.weight));
  if (column->type() == ColumnType::string || column->type() == ColumnType::timestamp ||
      column->type() == ColumnType::date) {
    return invalid_input(fmt::format("weight `{}` is {}; it needs to be a number", request.weight,
                                     name_of(column->type())));
  }
  set.weight = to_floats(*column);
  for (std::size_t row = 0; row < set.weight.size(); ++row) {
    if (std::isfinite(set.weight[row]) && set.weight[row] >= 0) continue;
    return invalid_input(fmt::format("weight `{}`, row {}: {}; weights are finite and not negative",
                                     request.weight, row + 1, column->text_at(row)));
  }
  return {};
}

Result<void> take_features(const Batch& rows, const TrainingRequest& request, TrainingSet& set) {
  if (request.features.empty()) {
    return invalid_input(
        "there is no feature: every column is the label, the weight, a key "
        "or excluded");
  }
  std::set<std::string> seen;
  for (const std::string& name : request.features) {
    if (!seen.insert(name).second) {
      return invalid_input(fmt::format("feature `{}` is named twice", name));
    }
    if (name == request.label || name == request.weight) {
      return invalid_input(
          fmt::format("`{}` is label or weight and cannot be a feature too", name));
    }
    TRY_ASSIGN(const Column* column, rows.require(name));
    if (column->type() == ColumnType::string || column->type() == ColumnType::timestamp ||
        column->type() == ColumnType::date) {
      return invalid_input(fmt::format(
          "feature `{}` is {}, not a number: make one of it in the query, or put it under "
          "`exclude`",
          name, name_of(column->type())));
    }
    set.features.columns.push_back(
        {name, column->type(), column->null_count() > 0 ? Presence::nullable : Presence::required});
    set.columns.push_back(column);
  }
  const auto categorical = request.params.find("categorical");
  if (categorical == request.params.end()) return {};
  TRY_ASSIGN(set.categorical,
             require<std::vector<std::string>>(request.params, "categorical", "params"));
  for (const std::string& name : set.categorical) {
    if (seen.contains(name)) continue;
    return invalid_input(fmt::format("`params.categorical` names `{}`, which is no feature{}", name,
                                     did_you_mean(name, request.features)));
  }
  return {};
}

}  // namespace

int threads_for(std::size_t rows, int available) {
  constexpr std::size_t rows_per_thread = 20'000;
  const std::size_t busy = 1 + rows / rows_per_thread;
  return static_cast<int>(std::min(busy, static_cast<std::size_t>(std::max(1, available))));
}

Result<TrainingSet> make_training_set(const Batch& rows, const TrainingRequest& request,
                                      const Objective& objective, Infinities infinities,
                                      std::string_view engine) {
  if (rows.rows() == 0) return invalid_input("the training query returned no rows");
  if (rows.rows() > rows_max) {
    return invalid_input(
        fmt::format("{} rows are more than {} can train on at once", rows.rows(), engine));
  }
  if (request.rounds < 1) {
    return invalid_input(fmt::format("`rounds` is {}; it is at least 1", request.rounds));
  }
  TrainingSet set;
  TRY(take_features(rows, request, set));
  TRY(take_label(rows, request, objective, set));
  TRY(take_weight(rows, request, set));
  const auto bad = bad_rows_of(set.columns, set.categorical, infinities, engine);
  if (!bad.empty()) return std::unexpected(bad_row_error(bad.front()));
  TRY(split_rows(request, rows.rows(), set));
  return set;
}

}  // namespace gossamer::scoring
