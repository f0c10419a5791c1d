// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/explain.hpp"

#include <algorithm>

#include "base/files.hpp"
#include "base/json.hpp"
#include "executors/predict/models.hpp"
#include "scoring/artifact.hpp"
#include "scoring/forest/forest.hpp"
#include "scoring/forest/plan.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptResult;

// How large the trees are, and which shapes decide how fast they are.
Json trees_json(const scoring::forest::Forest& forest) {
  std::uint32_t most = 0;
  std::size_t beyond = 0;
  std::size_t constant = 0;
  for (const auto& tree : forest.trees) {
    const std::uint32_t leaves = tree.splits + 1;
    most = std::max(most, leaves);
    beyond += leaves > scoring::forest::leaves_max ? 1U : 0U;
    constant += leaves == 1 ? 1U : 0U;
  }
  const auto categorical = std::ranges::count_if(
      forest.splits, [](const auto& split) { return split.set != scoring::forest::no_set; });
  return Json{{"trees", forest.trees.size()},
              {"splits", forest.splits.size()},
              {"categorical_splits", categorical},
              {"leaves", forest.leaves.size()},
              {"leaves_most", most},
              {"trees_beyond_256_leaves", beyond},
              {"constant_trees", constant},
              {"outputs", forest.outputs}};
}

// Features whose values are codes, as XGBoost's file says.
Json categorical_of(const scoring::forest::Model& file, const scoring::Scorer& scorer) {
  Json names = Json::array();
  const auto& features = scorer.signature().columns;
  for (std::size_t i = 0; i < std::min(features.size(), file.feature_types.size()); ++i) {
    if (file.feature_types[i] == "c") names.push_back(features[i].name);
  }
  return names;
}

struct Explained {
  std::string name;
  scoring::Artifact artifact;
  std::shared_ptr<const scoring::Scorer> scorer;
};

Result<Explained> of_version(const Job& job, const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const auto reference, require<std::string>(job.spec, "model", "explain_model"));
  const JobModels models(job.models, engines);
  TRY_ASSIGN(LoadedModel model, models.load(reference));
  Explained explained{.name = model.name(), .artifact = {}, .scorer = std::move(model.scorer)};
  TRY_ASSIGN(explained.artifact,
             scoring::open_artifact(models.find(reference)->folder, scoring::names_of(engines)));
  return explained;
}

Result<Explained> of_path(const fs::path& path, const std::vector<scoring::Engine>& engines) {
  Explained explained{.name = path.string(), .artifact = {}, .scorer = nullptr};
  TRY_ASSIGN(explained.artifact, scoring::open_model(path, scoring::names_of(engines)));
  TRY_ASSIGN(explained.scorer, scoring::load_scorer(engines, explained.artifact));
  return explained;
}

Result<AttemptResult> run(const Job& job, const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const auto path, optional<std::string>(job.spec, "path", "explain_model"));
  TRY_ASSIGN(const Explained model, path ? of_path(*path, engines) : of_version(job, engines));
  TRY_ASSIGN(const std::string bytes, read_file(model.artifact.model_path));
  const auto file = scoring::forest::read_model(bytes);
  const bool has_trees = file && !file->forest.trees.empty();
  TRY_ASSIGN(const scoring::Engine* engine, scoring::find_engine(engines, model.artifact.flavour));
  AttemptResult result;
  result.attempt = job.attempt;
  result.result.report = {
      {"model", model.name},
      {"flavour", model.artifact.flavour},
      {"library", engine->version},
      {"objective", file ? Json(file->objective) : Json()},
      {"task", name_of(model.scorer->task())},
      {"classes", model.scorer->classes()},
      {"file", model.artifact.model_path.filename().string()},
      {"features", to_json(model.scorer->signature())},
      {"categorical", file ? categorical_of(*file, *model.scorer) : Json::array()},
      {"kernel", model.scorer->kernel()},
      {"file_bytes", bytes.size()},
      {"memory_bytes", model.scorer->memory_bytes()},
      {"shape", has_trees ? trees_json(file->forest) : Json()}};
  return result;
}

}  // namespace

JobHandler explain_model_handler(std::vector<scoring::Engine> engines) {
  return [engines = std::move(engines)](const Job& job, JobChannel&) { return run(job, engines); };
}

}  // namespace gossamer::executors
