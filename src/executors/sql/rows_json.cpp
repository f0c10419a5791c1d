// SPDX-License-Identifier: Apache-2.0
#include "executors/sql/rows_json.hpp"

#include <cmath>

namespace gossamer::executors {

Json value_json(const Column& column, std::size_t row) {
  if (column.is_null(row)) return nullptr;
  switch (column.type()) {
    case ColumnType::boolean:
      return column.booleans()[row] != 0;
    case ColumnType::int64:
      return column.int64s()[row];
    case ColumnType::float64:
      if (std::isfinite(column.float64s()[row])) return column.float64s()[row];
      break;
    case ColumnType::float32:
      if (std::isfinite(column.float32s()[row])) return column.float32s()[row];
      break;
    case ColumnType::string:
      return std::string(column.string(row));
    case ColumnType::timestamp:
    case ColumnType::date:
      break;
  }
  return column.text_at(row);
}

void append_rows(Json& list, const Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    Json object = Json::object();
    for (const auto& column : batch.columns())
      object[column.name()] = value_json(column, row);
    list.push_back(std::move(object));
  }
}

}  // namespace gossamer::executors
