// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace gossamer::pipeline {

// workspace: gossamer.yaml and what is laid over it; the others: a document of pipelines/, tables/
// or calendars/.
enum class FileKind { workspace, pipeline, table, calendar };
std::string_view name_of(FileKind kind);
const std::vector<FileKind>& all_file_kinds();

// The JSON Schema (2020-12) of a document of that kind, for editors and for `gossamer schema`. Made
// of the same grammar that reads the file.
Json json_schema(FileKind kind);

}  // namespace gossamer::pipeline
