// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "release/publication.hpp"

namespace gossamer::warehouse {

struct ViewFile {
  std::string path;  // absolute
  std::vector<std::pair<std::string, std::string>> keys;
};

// A name that SQL may read: exactly these files of a pinned snapshot.
struct TableView {
  std::string name;  // `features`, `raw.rentals`
  std::vector<ViewFile> files;
  std::vector<release::ColumnSchema> columns;      // of the rows; needed where there are no files
  std::vector<release::ColumnSchema> key_columns;  // shown where the rows do not carry them
  std::string time_column;                         // cut to [from, until) when not empty
  std::optional<Instant> from;
  std::optional<Instant> until;
};

}  // namespace gossamer::warehouse
