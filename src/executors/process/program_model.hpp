// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/files.hpp"
#include "base/json_fwd.hpp"
#include "release/publication.hpp"

namespace gossamer::executors {

// What a program left under GOSSAMER_OUTPUT_MODEL, sealed; nothing where it left nothing. The
// model's name is the text `model` among its outputs, else `fallback_name`; `metrics` among them
// are figures. invalid_input where the folder is no MLflow model.
Result<std::optional<release::ModelRegistration>> model_left_in(const fs::path& folder,
                                                                const Json& outputs,
                                                                const std::string& fallback_name);

}  // namespace gossamer::executors
