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

Json signature_json(const Signature& signature) {
  Json list = Json::array();
  for (const SignatureColumn& column : signature.columns)
    list.push_back({{"name", column.name}, {"type", name_of(column.type)}});
  return list;
}

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

Result<AttemptResult> run(const Job& job, const std::vector<scoring::Engine>& engines) {
  TRY_ASSIGN(const auto reference, require<std::string>(job.spec, "model", "explain_model"));
  const JobModels models(job.models, engines);
  TRY_ASSIGN(const LoadedModel model, models.load(reference));
  std::vector<std::string> flavours;
  for (const scoring::Engine& engine : engines)
    flavours.push_back(engine.name);
  TRY_ASSIGN(const auto artifact, scoring::open_artifact(models.find(reference)->folder, flavours));
  TRY_ASSIGN(const std::string bytes, read_file(artifact.model_path));
  const auto file = scoring::forest::read_model(bytes);
  const bool has_trees = file && !file->forest.trees.empty();
  AttemptResult result;
  result.attempt = job.attempt;
  result.result.report = {{"model", model.name()},
                          {"flavour", artifact.flavour},
                          {"objective", file ? Json(file->objective) : Json()},
                          {"task", name_of(model.scorer->task())},
                          {"classes", model.scorer->classes()},
                          {"features", signature_json(model.scorer->signature())},
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
