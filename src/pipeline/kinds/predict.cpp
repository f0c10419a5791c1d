// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {
namespace {

std::vector<const Text*> models_in(const StepBody& body) {
  const auto& step = std::get<PredictStep>(body);
  std::vector<const Text*> texts;
  if (!step.model.pieces.empty()) texts.push_back(&step.model);
  for (const auto& [name, model] : step.models)
    texts.push_back(&model);
  return texts;
}

void check_models_named(const StepDraft& draft, const Surroundings& /*around*/,
                        Problems& problems) {
  const YamlNode* several = draft.body->find("models");
  if ((draft.body->find("model") == nullptr) != (several == nullptr)) {
    if (several == nullptr || !several->entries.empty()) return;
    problems.error(*several,
                   "`models` is empty: name at least one, such as `{ current: m@champion }`");
    return;
  }
  // A misspelled key has been told of.
  if (schema::has_unknown_key(*draft.body, {"model", "models", "data", "output_type", "on_error"}))
    return;
  problems.error(*draft.body,
                 "a predict step has either `model`, or `models` with a name for each, such as "
                 "`models: { current: credit@champion, next: credit@challenger }`");
}

}  // namespace

Kind predict_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::predict;
  kind.description = "Scores the rows of a query.";
  kind.output = OutputUse::by_default;
  kind.body = as_body(object<PredictStep>(
      "a predict step",
      {optional("model", &PredictStep::model, text_with_references("a model version"),
                "The version to score with: `name@alias`, `name/7` or a reference."),
       optional("models", &PredictStep::models,
                map_of("a mapping from names to model versions", identifier("a model's name"),
                       text_with_references("a model version")),
                "Several versions that score each row in one pass over the data: a name for each, "
                "which stands at the end of the columns that it adds (`prediction_next`)."),
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
  kind.texts = models_in;
  kind.models = models_in;
  kind.check = check_models_named;
  return kind;
}

}  // namespace gossamer::pipeline
