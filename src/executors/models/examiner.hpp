// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "executors/tables/table_service.hpp"
#include "models/registry.hpp"
#include "models/services.hpp"

namespace gossamer::executors {

// Comparisons, explanations and scores, by jobs in worker processes that read the tables as they
// are now; and models from elsewhere, checked by such jobs. Both references must outlive it. Any
// thread may call.
class ModelExaminer final : public models::Examiner {
 public:
  // `state`: the workspace's `.gossamer`, which folders of versions are below.
  ModelExaminer(TableService& tables, const models::ModelStore& models, fs::path state)
      : tables_(tables), models_(models), state_(std::move(state)) {}

  Result<Json> compare(const models::CompareRequest& request) override;
  Result<Json> explain(const std::string& name) override;
  Result<Json> score(const models::ScoreRequest& request) override;
  Result<release::ModelRegistration> stage(const models::RegisterRequest& request) override;
  Result<void> discard(const release::ModelRegistration& registration) override;

 private:
  [[nodiscard]] Result<models::Version> resolved(const std::string& name) const;
  // What explain says of a model that is in no registry.
  Result<Json> explain_path(const std::string& path);

  TableService& tables_;
  const models::ModelStore& models_;
  fs::path state_;
};

}  // namespace gossamer::executors
