// SPDX-License-Identifier: Apache-2.0
// Included by sources of this folder only.
#pragma once

#include <memory>

#include "warehouse/duckdb/handles.hpp"
#include "warehouse/scalar_function.hpp"

namespace gossamer::warehouse {

// Makes `function` callable in statements of this connection.
Result<void> register_function(duckdb_connection connection,
                               std::shared_ptr<const ScalarFunction> function);

}  // namespace gossamer::warehouse
