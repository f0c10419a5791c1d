// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "orchestration/run.hpp"

namespace gossamer::orchestration::fakes {

// The definition in pipeline files of this content (a workspace file is added). What is not valid
// is thrown: a test that needs one cannot go on.
std::shared_ptr<const pipeline::Definition> definition_of(
    const std::vector<std::string>& pipelines);

// A run of the only pipeline of `definition`, made at `now` and not yet started.
RunState run_of(const std::shared_ptr<const pipeline::Definition>& definition, IdSource& ids,
                Instant now);

}  // namespace gossamer::orchestration::fakes
