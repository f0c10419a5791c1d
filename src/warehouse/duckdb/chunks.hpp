// SPDX-License-Identifier: Apache-2.0
// The engine's vectors as columns. Included by sources of this folder only.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/columns/batch.hpp"
#include "warehouse/duckdb/handles.hpp"

namespace gossamer::warehouse {

// What a vector of this type becomes; nothing where it has to be cast to VARCHAR before.
std::optional<ColumnType> column_type_of(duckdb_logical_type type);

// Shares the vector's memory where the storage is the same (`owner` must keep it alive), converts
// otherwise: narrow integers to int64, UBIGINT, HUGEINT and decimals to float64, enums to text.
Result<Column> column_of_vector(std::string name, duckdb_vector vector, std::size_t rows,
                                std::shared_ptr<const void> owner);

Result<Batch> batch_of_chunk(Chunk chunk, std::span<const std::string> names);

Column empty_column(std::string name, duckdb_logical_type type);

// Writes a column's entries into a vector of the type that `type_for` gives.
Result<void> write_vector(const Column& column, duckdb_vector vector);
duckdb_type type_for(ColumnType type);

}  // namespace gossamer::warehouse
