// SPDX-License-Identifier: Apache-2.0
#include "models/mlflow.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/files.hpp"
#include "base/json.hpp"
#include "base/yaml.hpp"
#include "models/folder.hpp"

namespace gossamer::models {
namespace {

// The newest at the time of writing; MLflow warns, and still loads, where another one is installed.
constexpr std::string_view mlflow_version = "3.18.0";
constexpr std::string_view python_version = "3.12.1";

// MLflow's word for the type. It refuses float64 where it expects "long", and an integer column
// with nulls is float64 in pandas: such a column is "double" from the start.
std::string_view mlflow_type(const SignatureColumn& column) {
  switch (column.type) {
    case ColumnType::boolean:
      return column.presence == Presence::required ? "boolean" : "double";
    case ColumnType::int64:
      return column.presence == Presence::required ? "long" : "double";
    case ColumnType::float32:
      return "float";
    case ColumnType::float64:
      return "double";
    case ColumnType::string:
      return "string";
    case ColumnType::timestamp:
    case ColumnType::date:
      return "datetime";
  }
  return "double";
}

std::optional<ColumnType> column_type_of(std::string_view mlflow) {
  if (mlflow == "boolean") return ColumnType::boolean;
  if (mlflow == "integer" || mlflow == "long") return ColumnType::int64;
  if (mlflow == "float") return ColumnType::float32;
  if (mlflow == "double") return ColumnType::float64;
  if (mlflow == "string") return ColumnType::string;
  if (mlflow == "datetime") return ColumnType::timestamp;
  return std::nullopt;
}

// In single quotes nothing but the quote itself has a meaning.
std::string yaml_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text)
    quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

Json inputs_of(const Signature& signature) {
  Json columns = Json::array();
  for (const SignatureColumn& column : signature.columns) {
    columns.push_back({{"name", column.name}, {"required", true}, {"type", mlflow_type(column)}});
  }
  return columns;
}

Json outputs_of(const MlflowContent& content) {
  Json shape = Json::array({-1});
  if (content.outputs > 1) shape.push_back(content.outputs);
  const std::string_view type = content.flavour == "xgboost" ? "float32" : "float64";
  return Json::array({{{"type", "tensor"}, {"tensor-spec", {{"dtype", type}, {"shape", shape}}}}});
}

std::string flavour_section(const MlflowContent& content) {
  if (content.flavour == "xgboost") {
    return fmt::format(
        "  xgboost:\n    code: null\n    data: {}\n    model_class: xgboost.core.Booster\n"
        "    model_format: {}\n    xgb_version: {}\n",
        content.model_file, content.model_file.ends_with(".json") ? "json" : "ubj",
        content.library_version);
  }
  return fmt::format(
      "  lightgbm:\n    code: null\n    data: {}\n    lgb_version: {}\n"
      "    model_class: lightgbm.basic.Booster\n",
      content.model_file, content.library_version);
}

Result<std::string> index_of(const MlflowContent& content) {
  TRY_ASSIGN(const std::string inputs, canonical(inputs_of(content.inputs)));
  TRY_ASSIGN(const std::string outputs, canonical(outputs_of(content)));
  return fmt::format(
      "flavors:\n{}"
      "  python_function:\n    data: {}\n    env:\n      conda: conda.yaml\n"
      "      virtualenv: python_env.yaml\n    loader_module: mlflow.{}\n    python_version: {}\n"
      "mlflow_version: {}\n"
      "signature:\n  inputs: {}\n  outputs: {}\n  params: null\n",
      flavour_section(content), content.model_file, content.flavour, python_version, mlflow_version,
      yaml_quoted(inputs), yaml_quoted(outputs));
}

std::string package_of(const MlflowContent& content) {
  // Its small build: a server that scores has no graphics card.
  const std::string name = content.flavour == "xgboost" ? "xgboost-cpu" : content.flavour;
  return fmt::format("{}=={}", name, content.library_version);
}

// Nothing where the inputs are tensors or types that columns do not have.
Result<std::optional<Signature>> signature_of_inputs(const YamlNode& inputs,
                                                     std::string_view source) {
  Signature signature;
  TRY_ASSIGN(const Json columns, parse_json(inputs.text, source));
  if (!columns.is_array()) return std::optional<Signature>();
  for (const Json& column : columns) {
    TRY_ASSIGN(const auto type, require<std::string>(column, "type", "signature.inputs"));
    const auto known = column_type_of(type);
    const auto name = optional<std::string>(column, "name");
    if (!known || !name || !name->has_value()) return std::optional<Signature>();
    TRY_ASSIGN(const auto required, optional<bool>(column, "required"));
    signature.columns.push_back(
        {**name, *known, required.value_or(true) ? Presence::required : Presence::nullable});
  }
  return std::optional<Signature>(std::move(signature));
}

}  // namespace

Result<Digest> write_mlflow_folder(const std::filesystem::path& folder,
                                   const MlflowContent& content) {
  if (content.flavour != "xgboost" && content.flavour != "lightgbm") {
    return bug(fmt::format("flavour `{}` cannot be written in MLflow's form", content.flavour));
  }
  TRY(make_folders(folder));
  TRY_ASSIGN(const std::string index, index_of(content));
  TRY_ASSIGN(const std::string description, canonical(content.description));
  const std::string requirements =
      fmt::format("mlflow=={}\n{}\n", mlflow_version, package_of(content));
  const std::string conda = fmt::format(
      "channels:\n- conda-forge\ndependencies:\n- python={}\n- pip\n- pip:\n  - mlflow=={}\n  - "
      "{}\n"
      "name: mlflow-env\n",
      python_version, mlflow_version, package_of(content));
  const std::string python_env = fmt::format(
      "python: {}\nbuild_dependencies:\n- pip\n- setuptools\n- wheel\ndependencies:\n"
      "- -r requirements.txt\n",
      python_version);
  TRY(write_file_durably(folder / content.model_file, content.model_bytes));
  TRY(write_file_durably(folder / "MLmodel", index));
  if (!content.description.is_null()) {
    TRY(write_file_durably(folder / "gossamer.json", description + "\n"));
  }
  TRY(write_file_durably(folder / "requirements.txt", requirements));
  TRY(write_file_durably(folder / "conda.yaml", conda));
  TRY(write_file_durably(folder / "python_env.yaml", python_env));
  return seal_model_folder(folder);
}

Result<MlflowModel> read_mlflow_folder(const std::filesystem::path& folder) {
  const fs::path index = folder / "MLmodel";
  TRY_ASSIGN(const std::string text, read_file(index));
  TRY_ASSIGN(const YamlNode root, parse_yaml(text, index.string()));
  const YamlNode* flavours = root.find("flavors");
  if (flavours == nullptr || flavours->kind != YamlNode::Kind::mapping ||
      flavours->entries.empty()) {
    return invalid_input("`flavors` is missing: this is no MLflow model", root.position());
  }
  MlflowModel model;
  for (const YamlEntry& entry : flavours->entries)
    model.flavours.push_back(entry.key.text);
  std::ranges::sort(model.flavours);
  const YamlNode* signature = root.find("signature");
  const YamlNode* inputs = signature == nullptr ? nullptr : signature->find("inputs");
  if (inputs == nullptr || inputs->kind != YamlNode::Kind::string) return model;
  TRY_ASSIGN(model.inputs, signature_of_inputs(*inputs, index.string()));
  return model;
}

}  // namespace gossamer::models
