// SPDX-License-Identifier: Apache-2.0
#include "pipeline/draft.hpp"

#include <algorithm>

namespace gossamer::pipeline {

const StepDraft* PipelineDraft::find(std::string_view step) const {
  const auto found = std::ranges::find(
      steps, step, [](const StepDraft& draft) -> const std::string& { return draft.step.name; });
  return found == steps.end() ? nullptr : &*found;
}

std::vector<std::string> PipelineDraft::step_names() const {
  std::vector<std::string> names;
  for (const StepDraft& draft : steps)
    names.push_back(draft.step.name);
  return names;
}

bool PipelineDraft::is_unreadable(std::string_view step) const {
  return std::ranges::find(unreadable_steps, step) != unreadable_steps.end();
}

const PipelineDraft* WorkspaceDraft::find(std::string_view pipeline) const {
  const auto found = std::ranges::find(
      pipelines, pipeline,
      [](const PipelineDraft& draft) -> const std::string& { return draft.pipeline.name; });
  return found == pipelines.end() ? nullptr : &*found;
}

}  // namespace gossamer::pipeline
