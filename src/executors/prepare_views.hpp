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

  // The run's own partition of a table; all of the table where it has no such partition.
  [[nodiscard]] Result<InputView> slice_of(const std::string& table) const;

  // What `reference` of a profile step names among the table's partitions before the run's own:
  // {"last": n}, {"partition": key} or {"window": duration}. Empty where there are none yet;
  // not_found where a named partition has no content.
  [[nodiscard]] Result<InputView> reference(const std::string& table, const Json& declared) const;

  // What a finished step of this run published as its output; nothing where it published nothing.
  [[nodiscard]] Result<std::optional<InputView>> of_step(const std::string& name) const;

  // As of_step, of one table alone: a step may write rows that it sets aside into a second one.
  [[nodiscard]] Result<std::optional<InputView>> written(const std::string& step,
                                                         const std::string& table) const;

  [[nodiscard]] Result<InputView> of_input(const pipeline::Input& input) const;

 private:
  using Contents = std::vector<release::PartitionContent>;

  [[nodiscard]] Result<InputView> of_table(const std::string& table) const;
  [[nodiscard]] Result<Contents> contents(const std::string& table) const;
  [[nodiscard]] Result<Contents> mapped(const pipeline::Input& input, const pipeline::Table& table,
                                        Contents all) const;
  [[nodiscard]] Result<bool> is_in_window(const release::PartitionKey& key,
                                          const std::string& window) const;
  [[nodiscard]] Result<InputView> view(const std::string& name, const std::string& table,
                                       const Contents& contents) const;
  [[nodiscard]] Result<void> cut(const pipeline::Input& input, InputView& view) const;
  [[nodiscard]] const pipeline::Table* declared(const std::string& table) const;

  const orchestration::AttemptOrder& order_;
  const warehouse::CatalogStore& catalog_;
  const warehouse::Layout& layout_;
};

}  // namespace gossamer::executors
