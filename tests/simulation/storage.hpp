// SPDX-License-Identifier: Apache-2.0
// The control database of a simulated world: in memory, or the real one in a file.
#pragma once

#include <memory>

#include "base/files.hpp"
#include "orchestration/backfill.hpp"
#include "orchestration/ports.hpp"

namespace gossamer::simulation {

class Storage {
 public:
  virtual ~Storage() = default;
  virtual orchestration::RunStore& runs() = 0;
  virtual orchestration::RunViews& views() = 0;
  virtual orchestration::ReleaseStore& releases() = 0;
  virtual approval::GateStore& gates() = 0;
  virtual orchestration::ScheduleStore& schedules() = 0;
  virtual orchestration::Definitions& definitions() = 0;
  virtual orchestration::BackfillStore& backfills() = 0;
  virtual orchestration::PartitionHistory& partition_history() = 0;
};

using Files = std::map<std::string, std::string>;

// These files are what is applied, by olga. Files that are not valid are thrown as an error.
std::unique_ptr<Storage> in_memory(const Files& files);
std::unique_ptr<Storage> in_file(const fs::path& file, const Files& files);

}  // namespace gossamer::simulation
