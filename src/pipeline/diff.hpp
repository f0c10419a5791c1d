// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "pipeline/definition.hpp"

namespace gossamer::pipeline {

// One difference between two definitions, for people. `subject` names what differs, such as
// "pipeline bike_training step train"; `lines` say how, such as "rounds: 300 -> 400", and are empty
// for what was added or removed as a whole.
struct Change {
  enum class Kind { added, removed, changed };
  Kind kind = Kind::changed;
  std::string subject;
  std::vector<std::string> lines;
  bool operator==(const Change&) const = default;
};

std::string_view name_of(Change::Kind kind);

// What `apply` would change, in the order workspace, calendars, tables, pipelines; nothing where
// both mean the same. `before` is null for the first definition.
std::vector<Change> diff(const Definition* before, const Definition& after);

// "+ pipeline p", "- table raw.x", "~ pipeline p step train" with its lines indented below.
std::vector<std::string> describe(const std::vector<Change>& changes);

}  // namespace gossamer::pipeline
