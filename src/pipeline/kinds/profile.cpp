// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/kind.hpp"
#include "pipeline/reference.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {
namespace {

struct ProfileReference {
  std::optional<int> last;
  std::optional<std::string> partition;
  std::optional<Duration> window;
};

schema::Type<Json> reference() {
  using namespace schema;
  Type<ProfileReference> type = object<ProfileReference>(
      "a reference",
      {optional("last", &ProfileReference::last, small_number(1, 10'000),
                "That many partitions before this one."),
       optional("partition", &ProfileReference::partition, text("a partition"), "One partition."),
       optional("window", &ProfileReference::window, duration(),
                "The partitions of that long before this one.")});
  type.schema["minProperties"] = 1;
  type.schema["maxProperties"] = 1;
  return refined<Json>(
      std::move(type),
      [](ProfileReference, const YamlNode& node, Problems& problems) -> std::optional<Json> {
        if (node.entries.size() == 1) return any_mapping().read(node, problems);
        problems.error(node, "a reference is one of `last`, `partition` and `window`");
        return std::nullopt;
      });
}

void check(const StepDraft& draft, const Surroundings& around, Problems& problems) {
  const Text& table = std::get<ProfileStep>(draft.step.body).table;
  if (table.pieces.empty()) return;
  const YamlNode& node = *draft.body->find("table");
  const std::optional<Reference> reference = sole_reference(table);
  if (reference && (reference->scope != Scope::steps || reference->path.back() != "output")) {
    problems.error(node, fmt::format("{} names no table; write a table's name or "
                                     "`${{steps.<step>.output}}`",
                                     table.literal()));
  } else if (!reference && !table.is_literal()) {
    problems.error(node, "a table's name cannot be put together from pieces");
  } else if (reference) {
    const StepDraft* writer = around.pipeline.find(reference->path.front());
    if (writer != nullptr && writer->has_body && !writer->step.output) {
      problems.error(node, fmt::format("step `{}` writes no table", reference->path.front()));
    }
  }
}

}  // namespace

Kind profile_kind() {
  using namespace schema;
  Kind kind;
  kind.kind = StepKind::profile;
  kind.description = "The distribution of each column of a table, and its drift.";
  kind.body = as_body(object<ProfileStep>(
      "a profile step", {required("table", &ProfileStep::table, text_with_references("a table"),
                                  "A table, or `${steps.<step>.output}`."),
                         optional("reference", &ProfileStep::reference, reference(),
                                  "What to measure drift against.")}));
  kind.texts = [](const StepBody& body) {
    return std::vector<const Text*>{&std::get<ProfileStep>(body).table};
  };
  kind.check = check;
  return kind;
}

}  // namespace gossamer::pipeline
