// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/kind.hpp"

namespace gossamer::pipeline {

Kind none_kind() {
  Kind kind;
  kind.kind = StepKind::none;
  kind.description = "Does nothing; joins branches.";
  kind.body = as_body(schema::object<NoneStep>("a none step", {}));
  return kind;
}

}  // namespace gossamer::pipeline
