// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "warehouse/duckdb/session.hpp"

namespace gossamer::executors {

enum class LinesFound : std::uint8_t { no, yes };

// For files with an object a line that cannot be read as a whole: makes the view `input` of the
// lines that can be read, with the columns and types that the first lines tell, and the table
// `json_rejects` (file, line, column_name, kind, reason, text) of the others. `no` where the files
// are something else, such as one long array: then neither is made. A file is held in memory.
Result<LinesFound> read_json_lines(warehouse::Session& session,
                                   const std::vector<std::string>& files);

}  // namespace gossamer::executors
