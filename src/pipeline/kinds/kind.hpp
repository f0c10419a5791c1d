// SPDX-License-Identifier: Apache-2.0
// A step kind as the files see it. A new kind is one file beside this one and one line in
// kinds.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "pipeline/definition.hpp"
#include "pipeline/draft.hpp"
#include "pipeline/problems.hpp"
#include "pipeline/schema.hpp"

namespace gossamer::pipeline {

enum class OutputUse {
  by_default,  // writes rows: without `output` into `<pipeline>.<step>`
  possible,
  refused
};

// What a kind's own rules may look at: everything is read, names are not resolved yet.
struct Surroundings {
  const WorkspaceDraft& workspace;
  const PipelineDraft& pipeline;
};

struct Kind {
  StepKind kind = StepKind::none;
  std::string description;
  schema::Type<StepBody> body;
  OutputUse output = OutputUse::refused;
  // Parts of the body that rules for all kinds work on.
  std::function<std::vector<Query*>(StepBody&)> queries = [](StepBody&) {
    return std::vector<Query*>{};
  };
  std::function<std::vector<const Text*>(const StepBody&)> texts = [](const StepBody&) {
    return std::vector<const Text*>{};
  };
  // Those of the texts that name a model version.
  std::function<std::vector<const Text*>(const StepBody&)> models = [](const StepBody&) {
    return std::vector<const Text*>{};
  };
  // What only this kind asks for.
  std::function<void(const StepDraft&, const Surroundings&, Problems&)> check =
      [](const StepDraft&, const Surroundings&, Problems&) {};
};

// In the order of the documentation.
const std::vector<Kind>& all_kinds();
const Kind& kind_of(StepKind kind);
std::vector<std::string> kind_names();

// Widens a kind's own declaration to any body.
template <class T>
schema::Type<StepBody> as_body(schema::Type<T> type) {
  return schema::refined<StepBody>(
      std::move(type), [](T value, const YamlNode&, Problems&) -> std::optional<StepBody> {
        return StepBody(std::move(value));
      });
}

Kind sql_kind();
Kind command_kind();
Kind notebook_kind();
Kind train_kind();
Kind evaluate_kind();
Kind predict_kind();
Kind profile_kind();
Kind approval_kind();
Kind trigger_kind();
Kind none_kind();

}  // namespace gossamer::pipeline
