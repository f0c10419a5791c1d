// SPDX-License-Identifier: Apache-2.0
#include "pipeline/json_schema.hpp"

#include "pipeline/grammar.hpp"

namespace gossamer::pipeline {

std::string_view name_of(FileKind kind) {
  switch (kind) {
    case FileKind::workspace:
      return "workspace";
    case FileKind::pipeline:
      return "pipeline";
    case FileKind::table:
      return "table";
    case FileKind::calendar:
      return "calendar";
  }
  return "";
}

const std::vector<FileKind>& all_file_kinds() {
  static const std::vector<FileKind> kinds{FileKind::workspace, FileKind::pipeline, FileKind::table,
                                           FileKind::calendar};
  return kinds;
}

Json json_schema(FileKind kind) {
  Json schema;
  switch (kind) {
    case FileKind::workspace:
      schema = schema::workspace_grammar().schema;
      break;
    case FileKind::pipeline:
      schema = schema::pipeline_grammar().schema;
      break;
    case FileKind::table:
      schema = schema::table_grammar().schema;
      break;
    case FileKind::calendar:
      schema = schema::calendar_grammar().schema;
      break;
  }
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Gossamer " + std::string(name_of(kind));
  return schema;
}

}  // namespace gossamer::pipeline
