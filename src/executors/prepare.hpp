// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "executors/job.hpp"
#include "models/registry.hpp"
#include "warehouse/catalog.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::executors {

struct Places {
  fs::path workspace;
  fs::path state;      // `.gossamer`
  fs::path warehouse;  // `warehouse`
};

// Turns orders into jobs: every file, parameter, model and target by value, as of what the run has
// pinned. Reads the catalog and the registry, writes nothing. For one thread at a time.
class JobMaker {
 public:
  // Keeps the references.
  JobMaker(const warehouse::CatalogStore& catalog, const models::ModelStore& models, Places places,
           Limits limits)
      : catalog_(catalog), models_(models), places_(std::move(places)), limits_(limits) {}

  // not_found where a model's alias or a table does not exist, invalid_input where the declaration
  // cannot be met; both name what is missing.
  [[nodiscard]] Result<Job> make(const orchestration::AttemptOrder& order) const;

 private:
  const warehouse::CatalogStore& catalog_;
  const models::ModelStore& models_;
  Places places_;
  Limits limits_;
};

// Where the attempt's rows go; nothing for a step without `output`.
Result<std::optional<OutputTarget>> output_of(const orchestration::AttemptOrder& order,
                                              const warehouse::CatalogStore& catalog,
                                              const warehouse::Layout& layout);

// The versions that the step may load: each alias as its first attempt pinned it. An alias that
// does not exist is not_found, except what `evaluate` compares against: that is left out.
Result<std::vector<ModelBinding>> models_of(const orchestration::AttemptOrder& order,
                                            const models::ModelStore& models,
                                            const fs::path& state);

// {"window_start": {"type": "TIMESTAMPTZ", "value": "..."}, "partition": ..., each parameter of the
// pipeline, each category's key and that of `foreach`.
Result<Json> parameters_of(const orchestration::AttemptOrder& order);

}  // namespace gossamer::executors
