// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.hpp"
#include "executors/job.hpp"
#include "scoring/engine.hpp"

namespace gossamer::executors {

// A version in memory, verified against its digest.
struct LoadedModel {
  std::string model;
  int version = 0;
  std::shared_ptr<const scoring::Scorer> scorer;

  [[nodiscard]] std::string name() const { return model + "/" + std::to_string(version); }
};

// The versions that a job was given, each loaded when first asked for. Threads may share it.
class JobModels {
 public:
  JobModels(std::vector<ModelBinding> bindings, std::vector<scoring::Engine> engines);

  // By the words of the declaration or the query: `credit@champion`, `credit/7`. not_found says
  // which models the job has; a version whose files do not match its digest is invalid_input.
  Result<LoadedModel> load(std::string_view reference) const;
  // Whether load() would find a version; an alias that does not exist yet has none.
  [[nodiscard]] const ModelBinding* find(std::string_view reference) const;

 private:
  std::vector<ModelBinding> bindings_;
  std::vector<scoring::Engine> engines_;
  mutable Guarded<std::map<std::string, LoadedModel>> loaded_;  // by name()
};

}  // namespace gossamer::executors
