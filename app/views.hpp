// SPDX-License-Identifier: Apache-2.0
// Which columns each list has: one place, so that commands agree.
#pragma once

#include "app/console.hpp"

namespace gossamer::app {

Listing runs_listing(Json rows);
Listing steps_listing(Json rows);
Listing history_listing(Json rows);
Listing gates_listing(Json rows);
Listing backfills_listing(Json rows);
Listing backfill_rows_listing(Json rows);
Listing tables_listing(Json rows);
Listing partitions_listing(Json rows);
Listing table_history_listing(Json rows);
Listing comparison_listing(Json rows);
Listing models_listing(Json rows);
Listing schedules_listing(Json rows);
Listing starts_listing(Json rows);
Listing switches_listing(Json rows);
Listing settings_listing(Json rows);
Listing audit_listing(Json rows);
Listing users_listing(Json rows);
Listing tokens_listing(Json rows);
// Rows that were asked for, {columns, rows}; or the file that they went to, {file, rows}.
Listing answer_listing(const Json& answer);
Listing written_listing(const Json& answer);

}  // namespace gossamer::app
