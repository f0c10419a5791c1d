// SPDX-License-Identifier: Apache-2.0
#include "executors/tables/candidates.hpp"

#include <fmt/format.h>

#include <set>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::executors {

Result<std::vector<release::PartitionContent>> candidate_of(
    const std::vector<warehouse::ContentEntry>& entries, const std::string& table,
    const std::string& candidate) {
  std::vector<release::PartitionContent> contents;
  std::set<release::PartitionKey> seen;
  std::set<std::string> known;
  for (const auto& entry : entries) {
    // What a gate holds bears the name of its run, and is the gate's to publish.
    const bool is_held = RunId::parse(entry.candidate).has_value();
    if (entry.candidate == candidate && is_held && !entry.from) {
      return conflict(fmt::format("{} of {} is held for a decision: see `gossamer gates list`",
                                  candidate, table));
    }
    if (!entry.candidate.empty() && !is_held) known.insert(entry.candidate);
    if (entry.candidate != candidate || !seen.insert(entry.content.key).second) continue;
    contents.push_back(entry.content);
  }
  if (!contents.empty()) return contents;
  const std::vector<std::string> names(known.begin(), known.end());
  const auto hint = did_you_mean(candidate, names);
  return not_found(fmt::format(
      "{} has no candidate '{}'{}", table, candidate,
      !hint.empty()   ? hint
      : names.empty() ? "; another version of a model makes one: gossamer run P --model MODEL/N"
                      : "; there are " + join(names, ", ")));
}

}  // namespace gossamer::executors
