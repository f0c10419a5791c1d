// SPDX-License-Identifier: Apache-2.0
// concatenate of batch.hpp.
#include "base/columns/batch.hpp"

namespace gossamer {
namespace {

std::vector<bool> presence_of(std::span<const Column> parts) {
  std::vector<bool> present;
  for (const Column& part : parts) {
    for (std::size_t i = 0; i < part.size(); ++i)
      present.push_back(!part.is_null(i));
  }
  return present;
}

template <class T>
std::vector<T> joined(std::span<const Column> parts, std::span<const T> (Column::*values)() const) {
  std::vector<T> all;
  for (const Column& part : parts) {
    const auto some = (part.*values)();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::vector<std::string> joined_strings(std::span<const Column> parts) {
  std::vector<std::string> all;
  for (const Column& part : parts) {
    for (std::size_t i = 0; i < part.size(); ++i)
      all.emplace_back(part.string(i));
  }
  return all;
}

Column join_columns(std::span<const Column> parts) {
  const std::string& name = parts.front().name();
  bool has_nulls = false;
  for (const Column& part : parts)
    has_nulls = has_nulls || part.null_count() > 0;
  const auto present = has_nulls ? presence_of(parts) : std::vector<bool>{};
  switch (parts.front().type()) {
    case ColumnType::boolean:
      return Column::of_booleans(name, joined(parts, &Column::booleans), present);
    case ColumnType::int64:
      return Column::of_int64(name, joined(parts, &Column::int64s), present);
    case ColumnType::float64:
      return Column::of_float64(name, joined(parts, &Column::float64s), present);
    case ColumnType::float32:
      return Column::of_float32(name, joined(parts, &Column::float32s), present);
    case ColumnType::string:
      return Column::of_strings(name, joined_strings(parts), present);
    case ColumnType::timestamp:
      return Column::of_timestamps(name, joined(parts, &Column::int64s), present);
    case ColumnType::date:
      return Column::of_dates(name, joined(parts, &Column::dates), present);
  }
  return parts.front();
}

}  // namespace

Result<Batch> concatenate(std::span<const Batch> parts) {
  if (parts.empty()) return Batch();
  if (parts.size() == 1) return parts.front();
  std::vector<Column> columns;
  for (const Column& first : parts.front().columns()) {
    std::vector<Column> pieces;
    for (const Batch& part : parts) {
      TRY_ASSIGN(const Column* piece, part.require(first.name()));
      if (piece->type() != first.type()) {
        return invalid_input("the column `" + first.name() + "` changes its type from " +
                             std::string(name_of(first.type())) + " to " +
                             std::string(name_of(piece->type())));
      }
      if (part.columns().size() != parts.front().columns().size()) {
        return invalid_input("the parts have different numbers of columns");
      }
      pieces.push_back(*piece);
    }
    columns.push_back(join_columns(pieces));
  }
  return Batch::make(std::move(columns));
}

}  // namespace gossamer
