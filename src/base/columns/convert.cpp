// SPDX-License-Identifier: Apache-2.0
// convert of batch.hpp.
#include <cmath>
#include <limits>
#include <utility>

#include "base/columns/batch.hpp"
#include "base/numbers.hpp"

namespace gossamer {
namespace {

constexpr std::int64_t day_us = std::int64_t{86'400} * 1'000'000;
// 2^63, the first double that is too large.
constexpr double int64_end = 9'223'372'036'854'775'808.0;

template <class T>
std::optional<T> value_or_nothing(Result<T> result) {
  if (!result) return std::nullopt;
  return *result;
}

std::optional<std::int64_t> whole(double number) {
  const bool fits = std::trunc(number) == number && number >= -int64_end && number < int64_end;
  if (!fits) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<double> exact(std::int64_t number) {
  const double real = static_cast<double>(number);
  if (real >= int64_end || static_cast<std::int64_t>(real) != number) return std::nullopt;
  return real;
}

std::optional<std::int64_t> to_int64(const Column& column, std::size_t row) {
  switch (column.type()) {
    case ColumnType::boolean:
      return column.booleans()[row];
    case ColumnType::float64:
      return whole(column.float64s()[row]);
    case ColumnType::float32:
      return whole(column.float32s()[row]);
    case ColumnType::string:
      return value_or_nothing(parse_integer(column.string(row)));
    default:
      return std::nullopt;
  }
}

std::optional<double> to_float64(const Column& column, std::size_t row) {
  switch (column.type()) {
    case ColumnType::boolean:
      return column.booleans()[row];
    case ColumnType::int64:
      return exact(column.int64s()[row]);
    case ColumnType::float32:
      return column.float32s()[row];
    case ColumnType::float64:
      return column.float64s()[row];
    case ColumnType::string:
      return value_or_nothing(parse_number(column.string(row)));
    default:
      return std::nullopt;
  }
}

std::optional<float> to_float32(const Column& column, std::size_t row) {
  const auto real = to_float64(column, row);
  if (!real) return std::nullopt;
  // Rounding is what one asks for with float32; becoming infinite is not.
  if (std::isfinite(*real) && std::fabs(*real) > std::numeric_limits<float>::max()) {
    return std::nullopt;
  }
  return static_cast<float>(*real);
}

std::optional<std::uint8_t> to_boolean(const Column& column, std::size_t row) {
  if (column.type() == ColumnType::string) {
    const std::string_view text = column.string(row);
    if (text == "true") return std::uint8_t{1};
    if (text == "false") return std::uint8_t{0};
    return std::nullopt;
  }
  const auto number = to_float64(column, row);
  if (!number || (*number != 0 && *number != 1)) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

std::optional<std::int64_t> to_timestamp(const Column& column, std::size_t row) {
  if (column.type() == ColumnType::date) return column.dates()[row] * day_us;
  if (column.type() != ColumnType::string) return std::nullopt;
  const auto instant = parse_instant(column.string(row));
  if (!instant) return std::nullopt;
  return instant->time_since_epoch().count();
}

std::optional<std::int32_t> to_date(const Column& column, std::size_t row) {
  if (column.type() == ColumnType::timestamp) {
    const std::int64_t moment = column.int64s()[row];
    const std::int64_t days = moment / day_us;
    if (moment % day_us != 0 || !std::in_range<std::int32_t>(days)) return std::nullopt;
    return static_cast<std::int32_t>(days);
  }
  if (column.type() != ColumnType::string) return std::nullopt;
  const auto date = parse_date(column.string(row));
  if (!date) return std::nullopt;
  return static_cast<std::int32_t>(std::chrono::sys_days(*date).time_since_epoch().count());
}

bool is_calendar(ColumnType type) {
  return type == ColumnType::timestamp || type == ColumnType::date;
}

// Whether any value at all could pass.
bool can_convert(ColumnType from, ColumnType to) {
  if (from == to || from == ColumnType::string || to == ColumnType::string) return true;
  return is_calendar(from) == is_calendar(to);
}

std::vector<bool> presence_of(const Column& column) {
  std::vector<bool> present;
  if (column.null_count() == 0) return present;
  for (std::size_t i = 0; i < column.size(); ++i)
    present.push_back(!column.is_null(i));
  return present;
}

template <class T>
Result<std::vector<T>> each(const Column& column, ColumnType type,
                            std::optional<T> (*value)(const Column&, std::size_t)) {
  std::vector<T> values(column.size());
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (column.is_null(row)) continue;
    const std::optional<T> converted = value(column, row);
    if (!converted) {
      return invalid_input("column `" + column.name() + "`, row " + std::to_string(row + 1) +
                           ": `" + column.text_at(row) + "` does not fit " +
                           std::string(name_of(type)));
    }
    values[row] = *converted;
  }
  return values;
}

std::vector<std::string> texts_of(const Column& column) {
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < column.size(); ++row)
    texts.push_back(column.is_null(row) ? std::string{} : column.text_at(row));
  return texts;
}

}  // namespace

Result<Column> convert(const Column& column, ColumnType type) {
  if (column.type() == type) return column;
  if (!can_convert(column.type(), type)) {
    return invalid_input("column `" + column.name() + "` is " +
                         std::string(name_of(column.type())) + " and cannot become " +
                         std::string(name_of(type)));
  }
  const std::string& name = column.name();
  const auto present = presence_of(column);
  switch (type) {
    case ColumnType::boolean: {
      TRY_ASSIGN(auto values, each(column, type, to_boolean));
      return Column::of_booleans(name, std::move(values), present);
    }
    case ColumnType::int64: {
      TRY_ASSIGN(auto values, each(column, type, to_int64));
      return Column::of_int64(name, std::move(values), present);
    }
    case ColumnType::float64: {
      TRY_ASSIGN(auto values, each(column, type, to_float64));
      return Column::of_float64(name, std::move(values), present);
    }
    case ColumnType::float32: {
      TRY_ASSIGN(auto values, each(column, type, to_float32));
      return Column::of_float32(name, std::move(values), present);
    }
    case ColumnType::timestamp: {
      TRY_ASSIGN(auto values, each(column, type, to_timestamp));
      return Column::of_timestamps(name, std::move(values), present);
    }
    case ColumnType::date: {
      TRY_ASSIGN(auto values, each(column, type, to_date));
      return Column::of_dates(name, std::move(values), present);
    }
    case ColumnType::string:
      break;
  }
  return Column::of_strings(name, texts_of(column), present);
}

}  // namespace gossamer
