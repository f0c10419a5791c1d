// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "executors/job.hpp"
#include "orchestration/calendar.hpp"
#include "warehouse/catalog.hpp"
#include "warehouse/layout.hpp"

namespace gossamer::executors {

// A key column with its SQL type: as the table declares it; else, where all `keys` are such, DATE
// for a day, week or month and TIMESTAMPTZ for an hour (a wall time of the session's zone); else
// VARCHAR.
release::ColumnSchema key_column(const pipeline::Table* table, const std::string& column,
                                 const std::vector<release::PartitionKey>& keys);

// Finds the files behind the names that one attempt reads: the catalog as of the run's version,
// with what this run has published so far laid over it.
class ViewFinder {
 public:
  // Keeps references: all must outlive it.
  ViewFinder(const orchestration::AttemptOrder& order, const warehouse::CatalogStore& catalog,
             const warehouse::Layout& layout)
      : order_(order), catalog_(catalog), layout_(layout) {}

  // `name` is a step of this run (exactly what it published), else an input (cut as it says), else
  // a table (all of it). not_found names what is missing; a table without content has no files, and
  // the columns that are declared or were published before.
  [[nodiscard]] Result<InputView> find(const std::string& name) const;

  // The newest `count` partitions of a table, without those that this run wrote.
  [[nodiscard]] Result<InputView> reference(const std::string& table, std::size_t count) const;

  // What a finished step of this run published; nothing where it published nothing.
  [[nodiscard]] Result<std::optional<InputView>> of_step(const std::string& name) const;

  [[nodiscard]] Result<InputView> of_input(const pipeline::Input& input) const;

 private:
  using Contents = std::vector<release::PartitionContent>;

  [[nodiscard]] Result<InputView> of_table(const std::string& table) const;
  [[nodiscard]] Result<Contents> contents(const std::string& table) const;
  [[nodiscard]] Result<Contents> mapped(const pipeline::Input& input, const pipeline::Table& table,
                                        Contents all) const;
  [[nodiscard]] Result<InputView> view(const std::string& name, const std::string& table,
                                       const Contents& contents) const;
  [[nodiscard]] Result<void> cut(const pipeline::Input& input, InputView& view) const;
  [[nodiscard]] const pipeline::Table* declared(const std::string& table) const;

  const orchestration::AttemptOrder& order_;
  const warehouse::CatalogStore& catalog_;
  const warehouse::Layout& layout_;
};

}  // namespace gossamer::executors
