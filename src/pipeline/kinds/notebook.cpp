// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {

Kind notebook_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::notebook;
  kind.description = "A Jupyter notebook, executed with parameters.";
  kind.output = OutputUse::possible;
  kind.body = as_body(object<NotebookStep>(
      "a notebook step",
      {required("file", &NotebookStep::file, relative_path("a notebook", ".ipynb"),
                "The notebook below the workspace."),
       optional("params", &NotebookStep::params,
                map_of("a mapping of parameters", variable_name(), text_with_references()),
                "Values that replace those of its parameters cell.")}));
  kind.texts = [](const StepBody& body) {
    std::vector<const Text*> texts;
    for (const auto& [param, text] : std::get<NotebookStep>(body).params)
      texts.push_back(&text);
    return texts;
  };
  return kind;
}

}  // namespace gossamer::pipeline
