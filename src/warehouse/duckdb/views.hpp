// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "warehouse/duckdb/session.hpp"
#include "warehouse/table_view.hpp"

namespace gossamer::warehouse {

// The files that a session must be allowed to read for these views.
std::vector<fs::path> files_of(const std::vector<TableView>& views);

// Makes `view.name` readable in the session. invalid_input where its time column is missing or is
// neither a date nor a timestamp, where the table has neither files nor columns, or where the
// window ends before the table's first row.
Result<void> add_view(Session& session, const TableView& view);

}  // namespace gossamer::warehouse
