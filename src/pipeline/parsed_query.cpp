// SPDX-License-Identifier: Apache-2.0
#include "pipeline/load.hpp"

namespace gossamer::pipeline {

Json to_json(const Result<ParsedQuery>& answer) {
  if (!answer) {
    const Position place = answer.error().position.value_or(Position{});
    return {{"refused", answer.error().message}, {"line", place.line}, {"column", place.column}};
  }
  return {{"tables", answer->tables},
          {"parameters", answer->parameters},
          {"functions", answer->functions},
          {"is_volatile", answer->is_volatile},
          {"predict_models", answer->predict_models}};
}

Result<ParsedQuery> parsed_query_from_json(const Json& json) {
  using Names = std::vector<std::string>;
  if (json.is_object() && json.contains("refused")) {
    TRY_ASSIGN(std::string message, require<std::string>(json, "refused"));
    TRY_ASSIGN(const std::int64_t line, require<std::int64_t>(json, "line"));
    TRY_ASSIGN(const std::int64_t column, require<std::int64_t>(json, "column"));
    return invalid_input(std::move(message),
                         Position{"", static_cast<int>(line), static_cast<int>(column)});
  }
  ParsedQuery parsed;
  TRY_ASSIGN(parsed.tables, require<Names>(json, "tables"));
  TRY_ASSIGN(parsed.parameters, require<Names>(json, "parameters"));
  TRY_ASSIGN(parsed.functions, require<Names>(json, "functions"));
  TRY_ASSIGN(parsed.is_volatile, require<bool>(json, "is_volatile"));
  TRY_ASSIGN(parsed.predict_models, require<Names>(json, "predict_models"));
  return parsed;
}

}  // namespace gossamer::pipeline
