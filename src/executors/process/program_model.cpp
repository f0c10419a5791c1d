// SPDX-License-Identifier: Apache-2.0
#include "executors/process/program_model.hpp"

#include <algorithm>

#include "base/columns/signature.hpp"
#include "base/json.hpp"
#include "executors/state_folder.hpp"
#include "models/folder.hpp"
#include "models/mlflow.hpp"
#include "scoring/formats/model_folder.hpp"

namespace gossamer::executors {
namespace {

// The engine that can score it best; python_function is what every MLflow model has.
std::string best_of(const std::vector<std::string>& flavours) {
  for (const char* flavour : {"xgboost", "lightgbm", "onnx"}) {
    if (std::ranges::find(flavours, flavour) != flavours.end()) return flavour;
  }
  return "python_function";
}

}  // namespace

Result<std::optional<release::ModelRegistration>> model_left_in(const fs::path& folder,
                                                                const Json& outputs,
                                                                const std::string& fallback_name) {
  TRY_ASSIGN(const bool is_there, path_exists(folder));
  if (!is_there) return std::nullopt;
  TRY_ASSIGN(const auto names, list_folder(folder));
  if (names.empty()) return std::nullopt;
  const auto model = models::read_mlflow_folder(folder);
  if (!model) {
    return std::unexpected(model.error().wrapped("the folder GOSSAMER_OUTPUT_MODEL"));
  }
  release::ModelRegistration registration;
  TRY_ASSIGN(const auto name, optional<std::string>(outputs, "model", "GOSSAMER_RESULT"));
  registration.model = name.value_or(fallback_name);
  registration.folder = relative_to_state(folder);
  registration.flavour = best_of(model->flavours);
  const auto sound = scoring::formats::check_model_folder(folder, registration.flavour);
  if (!sound) return std::unexpected(sound.error().wrapped("the folder GOSSAMER_OUTPUT_MODEL"));
  registration.signature = model->inputs ? to_json(*model->inputs) : Json();
  TRY_ASSIGN(const auto metrics, optional<Json>(outputs, "metrics", "GOSSAMER_RESULT"));
  registration.metrics = metrics.value_or(Json::object());
  registration.facts = Json::object();
  TRY_ASSIGN(registration.digest, models::seal_model_folder(folder));
  return registration;
}

}  // namespace gossamer::executors
