// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/planned.hpp"

#include <fmt/format.h>

#include <string>

namespace gossamer::executors {

RowCounts counts_for(const PredictPlan& plan) {
  RowCounts counts;
  for (std::size_t i = 0; i < plan.models.size(); ++i)
    counts.push_back(std::make_shared<RowCount>());
  return counts;
}

warehouse::ScalarFunctions functions_of(const PredictPlan& plan, const RowCounts& counts) {
  warehouse::ScalarFunctions functions{packed_part_function(std::string(part_function))};
  for (std::size_t i = 0; i < plan.models.size(); ++i) {
    const PlannedModel& planned = plan.models[i];
    const auto form = is_direct(plan, planned) ? ScoreForm::number : ScoreForm::packed;
    const auto aside = plan.sets_aside ? counts[i] : std::make_shared<RowCount>();
    functions.push_back(score_function_of(fmt::format("{}{}", score_function, i), planned.model,
                                          plan.type, form, counts[i]));
    functions.push_back(score_function_of(fmt::format("{}{}", mark_function, i), planned.model,
                                          plan.type, ScoreForm::packed_or_reason, aside));
  }
  return functions;
}

Error located(warehouse::Session& session, const PredictPlan& plan,
              const warehouse::Parameters& parameters, Error error) {
  // Only the scoring itself has a row to blame.
  if (error.message.find(score_function) == std::string::npos) return error;
  const auto found = session.fetch(select_first_bad_row(plan), parameters);
  if (!found || found->rows() == 0) return error;
  const std::string who =
      plan.models.size() == 1 ? " by model " + plan.models.front().model.name() : "";
  error.kind = ErrorKind::invalid_input;
  error.message = fmt::format("row {} of the query cannot be scored{}: {}",
                              found->columns()[0].text_at(0), who, found->columns()[1].text_at(0));
  return error;
}

}  // namespace gossamer::executors
