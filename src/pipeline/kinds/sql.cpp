// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {

Kind sql_kind() {
  Kind kind;
  kind.kind = StepKind::sql;
  kind.description = "A query; its rows become this run's partition of the output.";
  kind.output = OutputUse::by_default;
  kind.body = schema::refined<StepBody>(
      schema::query(), [](Query query, const YamlNode&, Problems&) -> std::optional<StepBody> {
        return StepBody(SqlStep{std::move(query)});
      });
  kind.queries = [](StepBody& body) { return std::vector<Query*>{&std::get<SqlStep>(body).query}; };
  return kind;
}

}  // namespace gossamer::pipeline
