// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/model_folder.hpp"

#include "base/files.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gossamer::scoring::formats {
namespace {

struct Format {
  std::string_view flavour;
  Result<Shape> (*check)(std::string_view bytes) = nullptr;
};
constexpr auto known =
    std::to_array<Format>({{"xgboost", check_xgboost_model}, {"lightgbm", check_lightgbm_model}});

}  // namespace

std::unexpected<Error> unsound(const Artifact& artifact, const Error& error) {
  return std::unexpected(error.wrapped(artifact.model_path.string() + " is no sound model file"));
}

Result<ModelFile> read_model_file(const Artifact& artifact) {
  const auto format = std::ranges::find(known, artifact.flavour, &Format::flavour);
  if (format == known.end()) return bug("a model of flavour " + artifact.flavour + " is not read");
  ModelFile file;
  TRY_ASSIGN(file.bytes, read_file(artifact.model_path));
  const auto shape = format->check(file.bytes);
  if (!shape) return unsound(artifact, shape.error());
  file.shape = *shape;
  return file;
}

Result<void> check_model_folder(const std::filesystem::path& folder, const std::string& flavour) {
  if (std::ranges::find(known, flavour, &Format::flavour) == known.end()) return {};
  TRY_ASSIGN(const Artifact artifact, open_artifact(folder, {flavour}));
  TRY_ASSIGN(const ModelFile file, read_model_file(artifact));
  if (!artifact.description) return {};
  const auto fits = check_description(file.shape, *artifact.description);
  return fits ? Result<void>() : unsound(artifact, fits.error());
}

}  // namespace gossamer::scoring::formats
