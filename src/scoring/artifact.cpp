// SPDX-License-Identifier: Apache-2.0
#include "scoring/artifact.hpp"

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"

#include <fmt/format.h>

namespace gossamer::scoring {
namespace {

Result<Task> parse_task(std::string_view text) {
  for (const Task task : {Task::regression, Task::binary, Task::multiclass}) {
    if (text == name_of(task)) return task;
  }
  return invalid_input(fmt::format("task `{}` is unknown", text));
}

// What MLflow's flavour section says about where the model file is.
Result<std::string> model_file_of(const YamlNode& flavour, std::string_view name) {
  const YamlNode* file = flavour.find("data");
  if (file == nullptr || file->kind != YamlNode::Kind::string) {
    return invalid_input(fmt::format("flavour `{}` names no `data` file", name),
                         flavour.position());
  }
  // A path that leaves the folder would escape the digest of the version.
  const fs::path path(file->text);
  if (path.is_absolute() || path.lexically_normal().string().starts_with("..")) {
    return invalid_input(fmt::format("`data: {}` leaves the model's folder", file->text),
                         file->position());
  }
  return file->text;
}

}  // namespace

Json to_json(const Description& description) {
  return Json{{"schema", 1},
              {"flavour", description.flavour},
              {"model_file", description.model_file},
              {"objective", description.objective},
              {"task", name_of(description.task)},
              {"features", to_json(description.features)},
              {"classes", description.classes},
              {"class_type", name_of(description.class_type)},
              {"categorical", description.categorical}};
}

Result<Description> parse_description(const Json& json) {
  Description description;
  TRY_ASSIGN(const auto schema, require<std::int64_t>(json, "schema"));
  if (schema != 1) {
    return invalid_input(
        fmt::format("a model description of schema {} is newer than this "
                    "program, which reads schema 1",
                    schema));
  }
  TRY_ASSIGN(description.flavour, require<std::string>(json, "flavour"));
  TRY_ASSIGN(description.model_file, require<std::string>(json, "model_file"));
  TRY_ASSIGN(description.objective, require<std::string>(json, "objective"));
  TRY_ASSIGN(const auto task, require<std::string>(json, "task"));
  TRY_ASSIGN(description.task, parse_task(task));
  TRY_ASSIGN(const Json features, require<Json>(json, "features"));
  TRY_ASSIGN(description.features, parse_signature(features));
  TRY_ASSIGN(description.classes, require<std::vector<std::string>>(json, "classes"));
  TRY_ASSIGN(const auto class_type, require<std::string>(json, "class_type"));
  TRY_ASSIGN(description.class_type, parse_column_type(class_type));
  TRY_ASSIGN(description.categorical, require<std::vector<std::string>>(json, "categorical"));
  return description;
}

Result<Artifact> open_artifact(const std::filesystem::path& folder,
                               const std::vector<std::string>& flavours) {
  const fs::path index = folder / "MLmodel";
  TRY_ASSIGN(const std::string text, read_file(index));
  TRY_ASSIGN(const YamlNode root, parse_yaml(text, index.string()));
  const YamlNode* sections = root.find("flavors");
  if (sections == nullptr || sections->kind != YamlNode::Kind::mapping) {
    return invalid_input("`flavors` is missing", root.position());
  }
  Artifact artifact;
  artifact.folder = folder;
  for (const std::string& flavour : flavours) {
    const YamlNode* section = sections->find(flavour);
    if (section == nullptr) continue;
    artifact.flavour = flavour;
    TRY_ASSIGN(const std::string file, model_file_of(*section, flavour));
    artifact.model_path = folder / file;
    break;
  }
  if (artifact.flavour.empty()) {
    return invalid_input(
        fmt::format("none of the flavours {} is in this model", join(flavours, ", ")),
        sections->position());
  }
  TRY_ASSIGN(const bool present, path_exists(artifact.model_path));
  if (!present) return not_found(artifact.model_path.string() + " does not exist");

  const fs::path beside = folder / description_file;
  TRY_ASSIGN(const bool described, path_exists(beside));
  if (described) {
    TRY_ASSIGN(const std::string json_text, read_file(beside));
    TRY_ASSIGN(const Json json, parse_json(json_text, beside.string()));
    auto description = parse_description(json);
    if (!description) return std::unexpected(description.error().wrapped(beside.string()));
    artifact.description = *std::move(description);
  }
  return artifact;
}

Result<Artifact> open_model(const std::filesystem::path& path,
                            const std::vector<std::string>& flavours) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (!fs::exists(status)) return not_found(path.string() + " does not exist");
  if (fs::is_directory(status)) return open_artifact(path, flavours);
  const std::string extension = lower_case(path.extension().string());
  Artifact artifact{
      .folder = path.parent_path(), .flavour = "", .model_path = path, .description = std::nullopt};
  if (extension == ".json" || extension == ".ubj") artifact.flavour = "xgboost";
  if (extension == ".txt") artifact.flavour = "lightgbm";
  if (!artifact.flavour.empty()) return artifact;
  return invalid_input(fmt::format(
      "{}: {}; a model is XGBoost's .json or .ubj, LightGBM's .txt, or a folder of MLflow's form "
      "with one of them",
      path.string(),
      extension == ".onnx" ? "ONNX models are not in this version"
                           : "this is no form of a model that can be read"));
}

}  // namespace gossamer::scoring
