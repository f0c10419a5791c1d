// SPDX-License-Identifier: Apache-2.0
// MLflow's model folder: `MLmodel` with flavours and signature, and the files that say which Python
// packages load it. mlflow.org, "MLflow Models", storage format.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/columns/signature.hpp"
#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace gossamer::models {

// A model file and what is known of it, to be written in MLflow's form.
struct MlflowContent {
  std::string flavour;  // xgboost | lightgbm
  std::string library_version;
  std::string model_file;  // its name in the folder
  std::string model_bytes;
  // Written as gossamer.json: what MLflow's form cannot say. Null: the model file says it all.
  Json description;
  Signature inputs;  // the features in the model's order
  int outputs = 1;   // per row
};

// Writes the folder (created if missing; files in it are replaced), seals it and gives its digest.
// The same content gives the same digest: there is no time and no random id in it.
Result<Digest> write_mlflow_folder(const std::filesystem::path& folder,
                                   const MlflowContent& content);

// What any program's `MLmodel` says.
struct MlflowModel {
  std::vector<std::string> flavours;  // sorted, python_function included
  // Nothing where the model declares none, or one of tensors.
  std::optional<Signature> inputs;
};

// not_found where there is no `MLmodel`; invalid_input with its line where it cannot be understood.
Result<MlflowModel> read_mlflow_folder(const std::filesystem::path& folder);

}  // namespace gossamer::models
