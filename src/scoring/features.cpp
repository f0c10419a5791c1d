// SPDX-License-Identifier: Apache-2.0
#include "scoring/features.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace gossamer::scoring {
namespace {

bool is_numeric(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
    case ColumnType::int64:
    case ColumnType::float64:
    case ColumnType::float32:
      return true;
    case ColumnType::string:
    case ColumnType::timestamp:
    case ColumnType::date:
      return false;
  }
  return false;
}

template <class T>
void copy(const Column& column, std::size_t begin, std::span<T> into) {
  const auto take = [&](const auto values) {
    for (std::size_t i = 0; i < into.size(); ++i)
      into[i] = static_cast<T>(values[begin + i]);
  };
  switch (column.type()) {
    case ColumnType::boolean:
      take(column.booleans());
      break;
    case ColumnType::int64:
      take(column.int64s());
      break;
    case ColumnType::float64:
      take(column.float64s());
      break;
    case ColumnType::float32:
      take(column.float32s());
      break;
    case ColumnType::string:
    case ColumnType::timestamp:
    case ColumnType::date:
      std::ranges::fill(into, std::numeric_limits<T>::quiet_NaN());
      return;
  }
  if (column.null_count() == 0) return;
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (column.is_null(begin + i)) into[i] = std::numeric_limits<T>::quiet_NaN();
  }
}

bool can_be_infinite(ColumnType type) {
  return type == ColumnType::float64 || type == ColumnType::float32;
}

// Why the entry cannot be scored; empty: it can. `is_code`: a category's number is expected.
std::string reason_against(double value, bool is_code, Infinities infinities,
                           std::string_view engine) {
  if (std::isnan(value)) return {};
  if (infinities == Infinities::refused) {
    if (std::isinf(value)) {
      return fmt::format("is infinite; {} takes finite numbers and nulls", engine);
    }
    if (std::isinf(static_cast<float>(value))) {
      return fmt::format("{} is too large for {}, which works in float32", value, engine);
    }
  }
  // XGBoost and LightGBM keep codes as integers that a float32 holds exactly.
  if (is_code && (value < 0 || value >= (1 << 24) || value != std::floor(value))) {
    return fmt::format("{} is no category code; codes are integers from 0 to 16777215", value);
  }
  return {};
}

}  // namespace

Result<std::vector<const Column*>> numeric_columns(const Batch& rows, const Signature& features) {
  std::vector<const Column*> columns;
  std::vector<std::string> problems;
  const std::vector<std::string> names = rows.names();
  for (const SignatureColumn& feature : features.columns) {
    const Column* column = rows.find(feature.name);
    if (column == nullptr) {
      problems.push_back(fmt::format("column `{}` ({}) is missing{}", feature.name,
                                     name_of(feature.type), did_you_mean(feature.name, names)));
    } else if (!is_numeric(column->type())) {
      problems.push_back(fmt::format("column `{}` is {}; the model needs a number ({})",
                                     feature.name, name_of(column->type()), name_of(feature.type)));
    }
    columns.push_back(column);
  }
  if (!problems.empty()) return invalid_input(join(problems, "; "));
  return columns;
}

std::vector<BadRow> bad_rows_of(std::span<const Column* const> columns,
                                const std::vector<std::string>& categorical, Infinities infinities,
                                std::string_view engine) {
  std::vector<BadRow> bad;
  for (const Column* column : columns) {
    const bool is_code = std::ranges::find(categorical, column->name()) != categorical.end();
    const bool may_be_infinite =
        infinities == Infinities::refused && can_be_infinite(column->type());
    if (!is_code && !may_be_infinite) continue;
    const std::vector<double> values = to_doubles(*column);
    for (std::size_t row = 0; row < values.size(); ++row) {
      std::string reason = reason_against(values[row], is_code, infinities, engine);
      if (!reason.empty()) bad.push_back({row, column->name(), std::move(reason)});
    }
  }
  std::ranges::sort(bad, {}, [](const BadRow& entry) { return std::tie(entry.row, entry.column); });
  return bad;
}

Error bad_row_error(const BadRow& bad) {
  return Error{
      .kind = ErrorKind::invalid_input,
      .message = fmt::format("column `{}`, row {}: {}", bad.column, bad.row + 1, bad.reason)};
}

void copy_numbers(const Column& column, std::size_t begin, std::span<double> into) {
  copy(column, begin, into);
}
void copy_numbers(const Column& column, std::size_t begin, std::span<float> into) {
  copy(column, begin, into);
}

std::vector<double> to_doubles(const Column& column) {
  std::vector<double> numbers(column.size());
  copy<double>(column, 0, numbers);
  return numbers;
}
std::vector<float> to_floats(const Column& column) {
  std::vector<float> numbers(column.size());
  copy<float>(column, 0, numbers);
  return numbers;
}

}  // namespace gossamer::scoring
