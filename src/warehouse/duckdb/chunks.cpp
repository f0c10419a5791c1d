// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/chunks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace gossamer::warehouse {
namespace {

// A hugeint as the nearest double.
double to_double(duckdb_hugeint value) { return duckdb_hugeint_to_double(value); }
double to_double(std::int64_t value) { return static_cast<double>(value); }
double to_double(std::int32_t value) { return static_cast<double>(value); }
double to_double(std::int16_t value) { return static_cast<double>(value); }

// Reads one vector; `present` is empty where all entries are there.
class VectorReader {
 public:
  VectorReader(std::string name, duckdb_vector vector, std::size_t rows,
               std::shared_ptr<const void> owner)
      : name_(std::move(name)),
        rows_(rows),
        data_(duckdb_vector_get_data(vector)),
        validity_(duckdb_vector_get_validity(vector)),
        owner_(std::move(owner)) {}

  Column shared(ColumnType type) {
    Column::Shared memory;
    memory.type = type;
    memory.size = rows_;
    memory.values = data_;
    memory.owner = owner_;
    if (validity_ != nullptr) {
      // The mask's words are little-endian with the lowest bit first: Arrow's order of bits.
      memory.validity.bits = {reinterpret_cast<const std::uint8_t*>(validity_),
                              (rows_ + 63) / 64 * 8};
    }
    return Column(std::move(name_), std::move(memory));
  }

  template <class T>
  Column as_int64() {
    std::vector<std::int64_t> values(rows_);
    const T* source = static_cast<const T*>(data_);
    std::transform(source, source + rows_, values.begin(),
                   [](T value) { return static_cast<std::int64_t>(value); });
    return Column::of_int64(std::move(name_), std::move(values), present());
  }

  template <class T>
  Column as_timestamp(std::int64_t numerator, std::int64_t denominator) {
    std::vector<std::int64_t> values(rows_);
    const T* source = static_cast<const T*>(data_);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (is_there(row)) values[row] = scaled(raw(source[row]), numerator, denominator);
    }
    return Column::of_timestamps(std::move(name_), std::move(values), present());
  }

  template <class T>
  Column as_float64(double divisor) {
    std::vector<double> values(rows_);
    const T* source = static_cast<const T*>(data_);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (is_there(row)) values[row] = to_double(source[row]) / divisor;
    }
    return Column::of_float64(std::move(name_), std::move(values), present());
  }

  Column unsigned_as_float64() {
    std::vector<double> values(rows_);
    const auto* source = static_cast<const std::uint64_t*>(data_);
    std::transform(source, source + rows_, values.begin(),
                   [](std::uint64_t value) { return static_cast<double>(value); });
    return Column::of_float64(std::move(name_), std::move(values), present());
  }

  Column strings() {
    std::vector<std::string> values(rows_);
    auto* source = static_cast<duckdb_string_t*>(data_);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (!is_there(row)) continue;
      values[row].assign(duckdb_string_t_data(&source[row]), duckdb_string_t_length(source[row]));
    }
    return Column::of_strings(std::move(name_), values, present());
  }

  Column enums(duckdb_logical_type type) {
    std::vector<std::string> words(duckdb_enum_dictionary_size(type));
    for (std::size_t index = 0; index < words.size(); ++index) {
      words[index] = taken(duckdb_enum_dictionary_value(type, index));
    }
    std::vector<std::string> values(rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      if (is_there(row)) values[row] = words.at(enum_code(type, row));
    }
    return Column::of_strings(std::move(name_), values, present());
  }

 private:
  bool is_there(std::size_t row) const {
    return validity_ == nullptr || ((validity_[row / 64] >> (row % 64)) & 1U) != 0;
  }

  std::vector<bool> present() const {
    if (validity_ == nullptr) return {};
    std::vector<bool> there(rows_);
    for (std::size_t row = 0; row < rows_; ++row)
      there[row] = is_there(row);
    return there;
  }

  static std::int64_t raw(duckdb_timestamp_s value) { return value.seconds; }
  static std::int64_t raw(duckdb_timestamp_ms value) { return value.millis; }
  static std::int64_t raw(duckdb_timestamp_ns value) { return value.nanos; }
  static std::int64_t scaled(std::int64_t value, std::int64_t numerator, std::int64_t denominator) {
    const std::int64_t whole = value * numerator;
    // Towards the past, also before 1970.
    return whole >= 0 ? whole / denominator : -((-whole + denominator - 1) / denominator);
  }

  std::size_t enum_code(duckdb_logical_type type, std::size_t row) const {
    switch (duckdb_enum_internal_type(type)) {
      case DUCKDB_TYPE_UTINYINT:
        return static_cast<const std::uint8_t*>(data_)[row];
      case DUCKDB_TYPE_USMALLINT:
        return static_cast<const std::uint16_t*>(data_)[row];
      default:
        return static_cast<const std::uint32_t*>(data_)[row];
    }
  }

  std::string name_;
  std::size_t rows_;
  void* data_;
  const std::uint64_t* validity_;
  std::shared_ptr<const void> owner_;
};

Column decimal_column(VectorReader reader, duckdb_logical_type type) {
  const double divisor = std::pow(10.0, duckdb_decimal_scale(type));
  switch (duckdb_decimal_internal_type(type)) {
    case DUCKDB_TYPE_SMALLINT:
      return reader.as_float64<std::int16_t>(divisor);
    case DUCKDB_TYPE_INTEGER:
      return reader.as_float64<std::int32_t>(divisor);
    case DUCKDB_TYPE_BIGINT:
      return reader.as_float64<std::int64_t>(divisor);
    default:
      return reader.as_float64<duckdb_hugeint>(divisor);
  }
}

}  // namespace

std::optional<ColumnType> column_type_of(duckdb_logical_type type) {
  switch (duckdb_get_type_id(type)) {
    case DUCKDB_TYPE_BOOLEAN:
      return ColumnType::boolean;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
      return ColumnType::int64;
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_DECIMAL:
    case DUCKDB_TYPE_DOUBLE:
      return ColumnType::float64;
    case DUCKDB_TYPE_FLOAT:
      return ColumnType::float32;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return ColumnType::timestamp;
    case DUCKDB_TYPE_DATE:
      return ColumnType::date;
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_ENUM:
      return ColumnType::string;
    default:
      return std::nullopt;
  }
}

Result<Column> column_of_vector(std::string name, duckdb_vector vector, std::size_t rows,
                                std::shared_ptr<const void> owner) {
  const LogicalType type(duckdb_vector_get_column_type(vector));
  VectorReader reader(name, vector, rows, std::move(owner));
  switch (duckdb_get_type_id(type.get())) {
    case DUCKDB_TYPE_BOOLEAN:
      return reader.shared(ColumnType::boolean);
    case DUCKDB_TYPE_BIGINT:
      return reader.shared(ColumnType::int64);
    case DUCKDB_TYPE_TINYINT:
      return reader.as_int64<std::int8_t>();
    case DUCKDB_TYPE_SMALLINT:
      return reader.as_int64<std::int16_t>();
    case DUCKDB_TYPE_INTEGER:
      return reader.as_int64<std::int32_t>();
    case DUCKDB_TYPE_UTINYINT:
      return reader.as_int64<std::uint8_t>();
    case DUCKDB_TYPE_USMALLINT:
      return reader.as_int64<std::uint16_t>();
    case DUCKDB_TYPE_UINTEGER:
      return reader.as_int64<std::uint32_t>();
    case DUCKDB_TYPE_UBIGINT:
      return reader.unsigned_as_float64();
    case DUCKDB_TYPE_HUGEINT:
      return reader.as_float64<duckdb_hugeint>(1.0);
    case DUCKDB_TYPE_DECIMAL:
      return decimal_column(std::move(reader), type.get());
    case DUCKDB_TYPE_DOUBLE:
      return reader.shared(ColumnType::float64);
    case DUCKDB_TYPE_FLOAT:
      return reader.shared(ColumnType::float32);
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return reader.shared(ColumnType::timestamp);
    case DUCKDB_TYPE_TIMESTAMP_S:
      return reader.as_timestamp<duckdb_timestamp_s>(1'000'000, 1);
    case DUCKDB_TYPE_TIMESTAMP_MS:
      return reader.as_timestamp<duckdb_timestamp_ms>(1'000, 1);
    case DUCKDB_TYPE_TIMESTAMP_NS:
      return reader.as_timestamp<duckdb_timestamp_ns>(1, 1'000);
    case DUCKDB_TYPE_DATE:
      return reader.shared(ColumnType::date);
    case DUCKDB_TYPE_VARCHAR:
      return reader.strings();
    case DUCKDB_TYPE_ENUM:
      return reader.enums(type.get());
    default:
      return invalid_input(
          fmt::format("column '{}' has type {}, which cannot be used here: cast it", name,
                      type_text(type.get())));
  }
}

Result<Batch> batch_of_chunk(Chunk chunk, std::span<const std::string> names) {
  const auto owner = std::make_shared<Chunk>(std::move(chunk));
  const std::size_t rows = duckdb_data_chunk_get_size(owner->get());
  std::vector<Column> columns;
  columns.reserve(names.size());
  for (std::size_t index = 0; index < names.size(); ++index) {
    TRY_ASSIGN(Column column,
               column_of_vector(names[index], duckdb_data_chunk_get_vector(owner->get(), index),
                                rows, owner));
    columns.push_back(std::move(column));
  }
  return Batch::make(std::move(columns));
}

Column empty_column(std::string name, duckdb_logical_type type) {
  Column::Shared memory;
  memory.type = column_type_of(type).value_or(ColumnType::string);
  // One offset, of an end that is also the beginning.
  static constexpr std::array<std::int64_t, 1> offsets{0};
  memory.values = offsets.data();
  memory.offsets = offsets;
  return Column(std::move(name), std::move(memory));
}

duckdb_type type_for(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return DUCKDB_TYPE_BOOLEAN;
    case ColumnType::int64:
      return DUCKDB_TYPE_BIGINT;
    case ColumnType::float64:
      return DUCKDB_TYPE_DOUBLE;
    case ColumnType::float32:
      return DUCKDB_TYPE_FLOAT;
    case ColumnType::string:
      return DUCKDB_TYPE_VARCHAR;
    case ColumnType::timestamp:
      return DUCKDB_TYPE_TIMESTAMP_TZ;
    case ColumnType::date:
      return DUCKDB_TYPE_DATE;
  }
  return DUCKDB_TYPE_INVALID;
}

Result<void> write_vector(const Column& column, duckdb_vector vector) {
  const std::size_t rows = column.size();
  if (column.null_count() > 0) {
    duckdb_vector_ensure_validity_writable(vector);
    std::uint64_t* validity = duckdb_vector_get_validity(vector);
    for (std::size_t row = 0; row < rows; ++row) {
      duckdb_validity_set_row_validity(validity, row, !column.is_null(row));
    }
  }
  void* data = duckdb_vector_get_data(vector);
  switch (column.type()) {
    case ColumnType::boolean:
      std::ranges::copy(column.booleans(), static_cast<bool*>(data));
      break;
    case ColumnType::int64:
    case ColumnType::timestamp:
      std::ranges::copy(column.int64s(), static_cast<std::int64_t*>(data));
      break;
    case ColumnType::float64:
      std::ranges::copy(column.float64s(), static_cast<double*>(data));
      break;
    case ColumnType::float32:
      std::ranges::copy(column.float32s(), static_cast<float*>(data));
      break;
    case ColumnType::date:
      std::ranges::copy(column.dates(), static_cast<std::int32_t*>(data));
      break;
    case ColumnType::string:
      for (std::size_t row = 0; row < rows; ++row) {
        if (column.is_null(row)) continue;
        const std::string_view text = column.string(row);
        duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size());
      }
      break;
  }
  return {};
}

}  // namespace gossamer::warehouse
