// SPDX-License-Identifier: Apache-2.0
#include "orchestration/backfill.hpp"

#include "base/numbers.hpp"
#include "orchestration/naming.hpp"

namespace gossamer::orchestration {
namespace {

constexpr Names<4> reprocess_names{"missing", "failed", "stale", "all"};
constexpr Names<6> backfill_names{"planned",   "running", "paused",
                                  "succeeded", "failed",  "cancelled"};
constexpr Names<6> partition_names{"pending", "running",   "succeeded",
                                   "failed",  "cancelled", "skipped"};
constexpr Names<2> order_names{"oldest", "newest"};
constexpr std::string_view pause_after = "pause-after:";
constexpr std::int64_t failures_max = 1'000'000;

}  // namespace

std::string_view name_of(Reprocess reason) { return name_in(reprocess_names, reason); }
std::string_view name_of(BackfillStatus status) { return name_in(backfill_names, status); }
std::string_view name_of(PartitionStatus status) { return name_in(partition_names, status); }
std::string_view name_of(BackfillOrder order) { return name_in(order_names, order); }
Result<Reprocess> parse_reprocess(std::string_view text) {
  return parse_name<Reprocess>(reprocess_names, text, "reason to reprocess");
}
Result<BackfillStatus> parse_backfill_status(std::string_view text) {
  return parse_name<BackfillStatus>(backfill_names, text, "backfill state");
}
Result<PartitionStatus> parse_partition_status(std::string_view text) {
  return parse_name<PartitionStatus>(partition_names, text, "state of a partition");
}
Result<BackfillOrder> parse_backfill_order(std::string_view text) {
  return parse_name<BackfillOrder>(order_names, text, "order");
}

bool is_final(BackfillStatus status) {
  return status == BackfillStatus::succeeded || status == BackfillStatus::failed ||
         status == BackfillStatus::cancelled;
}

std::string text_of(const FailureRule& rule) {
  switch (rule.rule) {
    case OnFailure::stop:
      return "stop";
    case OnFailure::go_on:
      return "continue";
    case OnFailure::pause_after:
      return fmt::format("{}{}", pause_after, rule.failures);
  }
  return "stop";
}

Result<FailureRule> parse_failure_rule(std::string_view text) {
  if (text == "stop") return FailureRule{OnFailure::stop, 1};
  if (text == "continue") return FailureRule{OnFailure::go_on, 1};
  if (text.starts_with(pause_after)) {
    const auto failures = parse_integer(text.substr(pause_after.size()), 1, failures_max);
    if (failures) return FailureRule{OnFailure::pause_after, static_cast<int>(*failures)};
  }
  return invalid_input(
      fmt::format("'{}' is no rule for failures: write stop, continue, or pause-after:3", text));
}

std::int64_t& count_of(BackfillCounts& counts, PartitionStatus status) {
  switch (status) {
    case PartitionStatus::pending:
      return counts.pending;
    case PartitionStatus::running:
      return counts.running;
    case PartitionStatus::succeeded:
      return counts.succeeded;
    case PartitionStatus::failed:
      return counts.failed;
    case PartitionStatus::cancelled:
      return counts.cancelled;
    case PartitionStatus::skipped:
      return counts.skipped;
  }
  return counts.pending;
}

}  // namespace gossamer::orchestration
