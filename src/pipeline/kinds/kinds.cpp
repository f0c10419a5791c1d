// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "pipeline/kinds/kind.hpp"

namespace gossamer::pipeline {

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kinds{
      sql_kind(),     command_kind(), notebook_kind(), train_kind(),   evaluate_kind(),
      predict_kind(), profile_kind(), approval_kind(), trigger_kind(), none_kind()};
  return kinds;
}

const Kind& kind_of(StepKind kind) { return *std::ranges::find(all_kinds(), kind, &Kind::kind); }

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const Kind& kind : all_kinds())
    names.emplace_back(name_of(kind.kind));
  return names;
}

}  // namespace gossamer::pipeline
