// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/models.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.hpp"
#include "base/suggest.hpp"
#include "models/folder.hpp"
#include "models/registry.hpp"

namespace gossamer::executors {

JobModels::JobModels(std::vector<ModelBinding> bindings, std::vector<scoring::Engine> engines)
    : bindings_(std::move(bindings)), engines_(std::move(engines)) {}

const ModelBinding* JobModels::find(std::string_view reference) const {
  const auto found = std::ranges::find_if(bindings_, [&](const ModelBinding& binding) {
    return binding.reference == reference ||
           fmt::format("{}/{}", binding.model, binding.version) == reference;
  });
  return found == bindings_.end() ? nullptr : &*found;
}

Result<LoadedModel> JobModels::load(std::string_view reference) const {
  TRY(models::Name::parse(reference));
  const ModelBinding* binding = find(reference);
  if (binding == nullptr) {
    std::vector<std::string> known;
    for (const ModelBinding& entry : bindings_)
      known.push_back(entry.reference);
    return not_found(
        fmt::format("model `{}` does not exist{}", reference, did_you_mean(reference, known)));
  }
  // Loaded under the lock: the second asker waits instead of loading the same model again.
  return loaded_.with([&](auto& loaded) -> Result<LoadedModel> {
    LoadedModel model{.model = binding->model, .version = binding->version, .scorer = nullptr};
    const auto present = loaded.find(model.name());
    if (present != loaded.end()) return present->second;
    const fs::path folder = binding->folder;
    TRY(models::verify_model_folder(folder, binding->digest));
    TRY_ASSIGN(model.scorer, scoring::load_scorer(engines_, folder, {.threads = 1}));
    loaded.emplace(model.name(), model);
    return model;
  });
}

}  // namespace gossamer::executors
