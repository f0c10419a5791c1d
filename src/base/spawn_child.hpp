// SPDX-License-Identifier: Apache-2.0
// What subprocess.cpp does between clone and exec. Not for others.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "base/subprocess.hpp"

namespace gossamer {

enum class ChildStep : std::uint8_t { none, group, parent, folder, descriptors, program };

// All the child needs, prepared before it exists: there it may neither allocate nor lock.
struct ChildPlan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* folder = nullptr;
  PassedDescriptor* descriptors = nullptr;  // the child writes into it
  std::size_t descriptor_count = 0;
  ProcessGroup group = ProcessGroup::same;
  ParentDeath parent_death = ParentDeath::ignore;
  pid_t parent = -1;

  // Written by the child where it cannot go on.
  ChildStep failed_at = ChildStep::none;
  int error = 0;
};

// The child's first and only function; `plan` is a ChildPlan.
int run_child(void* plan);

}  // namespace gossamer
