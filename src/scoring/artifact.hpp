// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json_fwd.hpp"
#include "base/result.hpp"
#include "scoring/scorer.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer::scoring {

// What must be known of a model beside its file. Written as `gossamer.json` into the artifact's
// folder; for a folder that another program wrote, derived from the model file itself.
struct Description {
  std::string flavour;     // xgboost | lightgbm
  std::string model_file;  // relative to the folder
  std::string objective;
  Task task = Task::regression;
  Signature features;  // in the model's order, typed as they were at training
  // Of a multiclass model, in the order of its scores. Empty class names in a foreign model are
  // "0", "1", ...
  std::vector<std::string> classes;
  ColumnType class_type = ColumnType::int64;  // int64 | string | boolean: type of the label
  std::vector<std::string> categorical;       // features that hold category codes

  bool operator==(const Description&) const = default;
};

inline constexpr std::string_view description_file = "gossamer.json";

Json to_json(const Description& description);
Result<Description> parse_description(const Json& json);

// A model folder: what its `MLmodel` and, where there is one, its `gossamer.json` say.
struct Artifact {
  std::filesystem::path folder;
  std::string flavour;
  std::filesystem::path model_path;  // absolute or relative as `folder` is
  std::optional<Description> description;
};

// not_found where the folder or a file that it names is missing; invalid_input where `MLmodel` has
// none of `flavours` or a file cannot be read as what it should be.
Result<Artifact> open_artifact(const std::filesystem::path& folder,
                               const std::vector<std::string>& flavours);

// A model as it lies anywhere: such a folder, or a bare file that XGBoost (.json .ubj) or LightGBM
// (.txt) wrote. invalid_input names the forms that can be read.
Result<Artifact> open_model(const std::filesystem::path& path,
                            const std::vector<std::string>& flavours);

}  // namespace gossamer::scoring
