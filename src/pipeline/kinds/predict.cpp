// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {

Kind predict_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::predict;
  kind.description = "Scores the rows of a query.";
  kind.output = OutputUse::by_default;
  kind.body = as_body(object<PredictStep>(
      "a predict step",
      {required("model", &PredictStep::model, text_with_references("a model version"),
                "The version to score with: `name@alias`, `name/7` or a reference."),
       required("data", &PredictStep::data, query(), "The rows to score."),
       optional("output_type", &PredictStep::output_type,
                choice<std::string>({{"prediction", "prediction"},
                                     {"margin", "margin"},
                                     {"contributions", "contributions"}}),
                "What is added to each row."),
       optional("on_error", &PredictStep::on_error,
                choice<std::string>({{"fail", "fail"}, {"quarantine", "quarantine"}}),
                "What happens to a row that cannot be scored: it fails the step, or goes with its "
                "reason "
                "to the table of the step's output with `_quarantine` at its end.")}));
  kind.queries = [](StepBody& body) {
    return std::vector<Query*>{&std::get<PredictStep>(body).data};
  };
  kind.texts = [](const StepBody& body) {
    return std::vector<const Text*>{&std::get<PredictStep>(body).model};
  };
  kind.models = kind.texts;
  return kind;
}

}  // namespace gossamer::pipeline
