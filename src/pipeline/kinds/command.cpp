// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {

Kind command_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::command;
  kind.description = "Any program.";
  kind.output = OutputUse::possible;
  kind.body = as_body(object<CommandStep>(
      "a command step",
      {required("argv", &CommandStep::argv,
                list_of("a list: the program and its arguments", text_with_references(),
                        {.least = 1, .most = 1000}),
                "The program and its arguments; no shell is between."),
       optional("env", &CommandStep::env,
                map_of("a mapping of variables", variable_name(), text_with_references()),
                "Environment variables beside the few that every step has."),
       optional("workdir", &CommandStep::workdir, relative_path("a folder"),
                "The folder to start in, below the copied code."),
       optional("code", &CommandStep::code,
                one_or_many("a folder or a list", relative_path("a folder")),
                "Folders of the workspace that are copied by digest; the program sees the copy."),
       optional("image", &CommandStep::image, text("an image's name"),
                "The container image to run in."),
       optional("model", &CommandStep::model, name(identifier("a model's name")),
                "The name under which what it leaves in GOSSAMER_OUTPUT_MODEL is registered.")}));
  kind.texts = [](const StepBody& body) {
    const auto& step = std::get<CommandStep>(body);
    std::vector<const Text*> texts;
    for (const Text& text : step.argv)
      texts.push_back(&text);
    for (const auto& [variable, text] : step.env)
      texts.push_back(&text);
    return texts;
  };
  return kind;
}

}  // namespace gossamer::pipeline
