// SPDX-License-Identifier: Apache-2.0
#include "pipeline/load.hpp"

namespace gossamer::pipeline {

Json to_json(const ParsedQuery& parsed) {
  return {{"tables", parsed.tables},
          {"parameters", parsed.parameters},
          {"functions", parsed.functions},
          {"is_volatile", parsed.is_volatile},
          {"predict_models", parsed.predict_models}};
}

Result<ParsedQuery> parsed_query_from_json(const Json& json) {
  using Names = std::vector<std::string>;
  ParsedQuery parsed;
  TRY_ASSIGN(parsed.tables, require<Names>(json, "tables"));
  TRY_ASSIGN(parsed.parameters, require<Names>(json, "parameters"));
  TRY_ASSIGN(parsed.functions, require<Names>(json, "functions"));
  TRY_ASSIGN(parsed.is_volatile, require<bool>(json, "is_volatile"));
  TRY_ASSIGN(parsed.predict_models, require<Names>(json, "predict_models"));
  return parsed;
}

}  // namespace gossamer::pipeline
