// SPDX-License-Identifier: Apache-2.0
// A model that another program left becomes a folder as versions have it.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "executors/models/examiner.hpp"
#include "models/folder.hpp"
#include "models/mlflow.hpp"

namespace gossamer::executors {

namespace {

std::string names_in(const Signature& signature) {
  std::vector<std::string> names;
  for (const auto& column : signature.columns)
    names.push_back(column.name);
  return join(names, ", ");
}

// Names that a library gives where the file has none: f0, f1; Column_0, Column_1.
bool are_made_up(const Signature& features) {
  for (std::size_t i = 0; i < features.columns.size(); ++i) {
    const std::string& name = features.columns[i].name;
    if (name != fmt::format("f{}", i) && name != fmt::format("Column_{}", i)) return false;
  }
  return true;
}

// What the given signature may change: names where the file has none, and types.
Result<void> check_signature(const Signature& given, const Signature& features) {
  if (given.columns.size() != features.columns.size()) {
    return invalid_input(fmt::format("the signature has {} columns, the model {} features: {}",
                                     given.columns.size(), features.columns.size(),
                                     names_in(features)));
  }
  for (const auto& column : given.columns) {
    const auto same = std::ranges::count(given.columns, column.name, &SignatureColumn::name);
    if (same > 1) {
      return invalid_input(fmt::format("the signature names `{}` {} times", column.name, same));
    }
    const bool is_number = column.type != ColumnType::string && column.type != ColumnType::date &&
                           column.type != ColumnType::timestamp;
    if (is_number) continue;
    return invalid_input(
        fmt::format("feature `{}` is {}: a feature is a number (boolean, int64, "
                    "float32, float64)",
                    column.name, name_of(column.type)));
  }
  if (are_made_up(features)) return {};
  for (std::size_t i = 0; i < features.columns.size(); ++i) {
    if (given.columns[i].name == features.columns[i].name) continue;
    return invalid_input(
        fmt::format("the signature's feature {} is `{}`, the model's is `{}`; in the model's order "
                    "they are {}",
                    i + 1, given.columns[i].name, features.columns[i].name, names_in(features)));
  }
  return {};
}

// What stands beside the file where a signature was given: scoring::Description.
Json description_of(const Json& explained, const std::string& file, const Signature& signature) {
  return {{"schema", 1},
          {"flavour", explained.at("flavour")},
          {"model_file", file},
          {"objective", explained.at("objective")},
          {"task", explained.at("task")},
          {"features", to_json(signature)},
          {"classes", explained.at("classes")},
          {"class_type", "int64"},
          {"categorical", explained.at("categorical")}};
}

Result<void> copy_folder(const fs::path& from, const fs::path& to) {
  TRY(make_folders(to.parent_path()));
  std::error_code failed;
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks, failed);
  if (failed) return std::unexpected(system_error(failed.value(), "copy", from));
  // The list of another registry's sums would count as a file of the model.
  return remove_tree(to / models::sums_file);
}

Result<Digest> write_file_folder(const fs::path& from, const fs::path& to, const Json& explained,
                                 const Json& description, const Signature& features) {
  models::MlflowContent content;
  TRY_ASSIGN(content.flavour, require<std::string>(explained, "flavour"));
  TRY_ASSIGN(content.library_version, require<std::string>(explained, "library"));
  content.model_file = "model" + lower_case(from.extension().string());
  TRY_ASSIGN(content.model_bytes, read_file(from));
  content.description = description;
  content.inputs = features;
  content.outputs = static_cast<int>(std::max<std::size_t>(1, explained.at("classes").size()));
  return models::write_mlflow_folder(to, content);
}

Result<Digest> write_folder(const models::RegisterRequest& request, const fs::path& to,
                            const Json& explained, const Signature& features) {
  const fs::path from = request.path;
  const auto describe = [&](const std::string& file) {
    return request.signature ? description_of(explained, file, features) : Json();
  };
  if (!fs::is_directory(from)) {
    const std::string file = "model" + lower_case(from.extension().string());
    return write_file_folder(from, to, explained, describe(file), features);
  }
  TRY(copy_folder(from, to));
  if (request.signature) {
    TRY_ASSIGN(const auto file, require<std::string>(explained, "file"));
    TRY_ASSIGN(const std::string text, canonical(describe(file)));
    TRY(write_file_durably(to / "gossamer.json", text + "\n"));
  }
  return models::seal_model_folder(to);
}

}  // namespace

Result<release::ModelRegistration> ModelExaminer::stage(const models::RegisterRequest& request) {
  TRY_ASSIGN(const auto name, models::Name::parse(request.model));
  if (name.version || !name.alias.empty()) {
    return invalid_input(fmt::format(
        "`{}` names a version: give the model's name alone, `{}`; the number is the next one",
        request.model, name.model));
  }
  TRY_ASSIGN(const Json explained, explain_path(request.path));
  TRY_ASSIGN(Signature features, parse_signature(explained.at("features")));
  if (request.signature) {
    TRY(check_signature(*request.signature, features));
    if (explained.at("objective").is_null()) {
      return invalid_input("this model's file does not say its objective: leave the signature out");
    }
    features = *request.signature;
  }
  TRY_ASSIGN(const auto job, tables_.reading_job("explain_model", Json::object(), {}));
  release::ModelRegistration registration;
  registration.model = name.model;
  registration.folder = fmt::format("models/{}/{}", name.model, job.attempt.value());
  const fs::path folder = state_ / registration.folder;
  auto digest = write_folder(request, folder, explained, features);
  if (!digest) {
    static_cast<void>(remove_tree(folder));
    return std::unexpected(digest.error());
  }
  registration.digest = *digest;
  registration.flavour = explained.at("flavour").get<std::string>();
  registration.signature = to_json(features);
  registration.metrics = request.metrics;
  registration.facts = {{"registered_from", fs::path(request.path).filename().string()},
                        {"engine", registration.flavour},
                        {"objective", explained.at("objective")},
                        {"task", explained.at("task")}};
  return registration;
}

Result<void> ModelExaminer::discard(const release::ModelRegistration& registration) {
  const fs::path folder = fs::path(registration.folder).lexically_normal();
  const bool is_below = !folder.empty() && folder.is_relative() && *folder.begin() != "..";
  if (!is_below) return bug("the version's folder is not below the workspace's state");
  return remove_tree(state_ / folder);
}

}  // namespace gossamer::executors
