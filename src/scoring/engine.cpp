// SPDX-License-Identifier: Apache-2.0
#include "scoring/engine.hpp"

#include "base/suggest.hpp"

namespace gossamer::scoring {

Engine make_engine(std::string name, std::string version, int threads, TrainFunction train,
                   LoadFunction load) {
  return {.name = std::move(name),
          .version = std::move(version),
          .train =
              [threads, train](const Batch& rows, const TrainingRequest& request,
                               const RoundObserver& observer) {
                return train(rows, request, observer, threads);
              },
          .load = load};
}

Result<const Engine*> find_engine(std::span<const Engine> engines, std::string_view name) {
  std::vector<std::string> names;
  for (const Engine& engine : engines) {
    if (engine.name == name) return &engine;
    names.push_back(engine.name);
  }
  return not_found("there is no engine `" + std::string(name) + "`" + did_you_mean(name, names));
}

std::vector<std::string> names_of(std::span<const Engine> engines) {
  std::vector<std::string> names;
  for (const Engine& engine : engines)
    names.push_back(engine.name);
  return names;
}

Result<std::shared_ptr<const Scorer>> load_scorer(std::span<const Engine> engines,
                                                  const Artifact& artifact,
                                                  const LoadOptions& options) {
  TRY_ASSIGN(const Engine* engine, find_engine(engines, artifact.flavour));
  return engine->load(artifact, options);
}

Result<std::shared_ptr<const Scorer>> load_scorer(std::span<const Engine> engines,
                                                  const std::filesystem::path& folder,
                                                  const LoadOptions& options) {
  TRY_ASSIGN(const Artifact artifact, open_artifact(folder, names_of(engines)));
  return load_scorer(engines, artifact, options);
}

}  // namespace gossamer::scoring
