// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "executors/tables/table_service.hpp"
#include "models/registry.hpp"
#include "models/services.hpp"

namespace gossamer::executors {

// Comparisons and explanations, by jobs in worker processes that read the tables as they are now.
// Both arguments must outlive it. Any thread may call.
class ModelExaminer final : public models::Examiner {
 public:
  ModelExaminer(TableService& tables, const models::ModelStore& models)
      : tables_(tables), models_(models) {}

  Result<Json> compare(const models::CompareRequest& request) override;
  Result<Json> explain(const std::string& name) override;

 private:
  [[nodiscard]] Result<models::Version> resolved(const std::string& name) const;

  TableService& tables_;
  const models::ModelStore& models_;
};

}  // namespace gossamer::executors
