// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.hpp"
#include "scoring/artifact.hpp"
#include "scoring/formats/shape.hpp"

#include <filesystem>
#include <string>

namespace gossamer::scoring::formats {

// An artifact's model file that has passed the check of its flavour's format.
struct ModelFile {
  std::string bytes;
  Shape shape;
};
// invalid_input names the file and what is wrong in it.
Result<ModelFile> read_model_file(const Artifact& artifact);

// The file of a folder in MLflow's form, read and let go; nothing to do for a flavour whose files
// are not read here.
Result<void> check_model_folder(const std::filesystem::path& folder, const std::string& flavour);

// An error about the artifact's file: "<file> is no sound model file: ...".
std::unexpected<Error> unsound(const Artifact& artifact, const Error& error);

}  // namespace gossamer::scoring::formats
