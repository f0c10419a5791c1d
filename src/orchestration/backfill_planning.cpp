// SPDX-License-Identifier: Apache-2.0
// Which partitions a plan has.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "orchestration/backfill.hpp"

namespace gossamer::orchestration {
namespace {

using release::PartitionKey;

struct Range {
  std::string first;
  std::string last;
  std::vector<PartitionKey> keys;  // the oldest first; categories in declared order
};

// Every combination of categories behind this key.
void add_with_categories(std::vector<PartitionKey>& keys, const PartitionKey& calendar,
                         const std::vector<pipeline::CategoryDimension>& categories) {
  std::vector<PartitionKey> made{calendar};
  for (const auto& category : categories) {
    std::vector<PartitionKey> longer;
    for (const auto& key : made) {
      for (const auto& value : category.values) {
        longer.push_back(key);
        longer.back().pairs.emplace_back(category.key, value);
      }
    }
    made = std::move(longer);
  }
  std::ranges::move(made, std::back_inserter(keys));
}

std::string value_in(const PartitionKey& key) { return key.pairs.front().second; }

// rule: slices from one to the other, of those that the pipeline has and that are complete.
Result<std::vector<PartitionKey>> slices_between(const Partitions& calendar,
                                                 const BackfillRequest& request, Instant now) {
  const auto complete = calendar.last_complete(now);
  if (complete.empty()) {
    return invalid_input(fmt::format("{} has no complete {} yet: the first begins {}",
                                     request.pipeline, name_of(calendar.scheme().calendar->every),
                                     calendar.scheme().calendar->start));
  }
  PartitionKey last = complete.front();
  if (!request.to.empty()) {
    TRY_ASSIGN(last, calendar.parse(request.to));
    if (last > complete.front()) {
      return invalid_input(
          fmt::format("--to {}: it is not complete yet; the last {} that is, is {}", request.to,
                      name_of(calendar.scheme().calendar->every), value_in(complete.front())));
    }
  }
  std::optional<PartitionKey> first;
  if (!request.from.empty()) {
    TRY_ASSIGN(first, calendar.parse(request.from));
    if (*first > last) {
      return invalid_input(
          fmt::format("--from {} is after --to {}", value_in(*first), value_in(last)));
    }
  } else if (calendar.scheme().calendar->start.empty()) {
    return invalid_input(
        fmt::format("{} has no start in its partitions: say with --from where the backfill begins",
                    request.pipeline));
  }
  std::vector<PartitionKey> keys;
  for (std::optional<PartitionKey> key = last; key && (!first || *key >= *first);
       key = calendar.previous(*key)) {
    keys.push_back(*key);
  }
  std::ranges::reverse(keys);
  return keys;
}

Result<Range> range_of(const BackfillRequest& request, const PlanningView& view) {
  const auto& scheme = view.pipeline.partitions;
  Range range;
  if (!scheme.calendar) {
    if (scheme.categories.empty()) {
      return invalid_input(fmt::format("{} has one partition, all: use gossamer run {}",
                                       view.pipeline.name, view.pipeline.name));
    }
    if (!request.from.empty() || !request.to.empty()) {
      return invalid_input(fmt::format("{} has no partitions in time: leave out --from and --to",
                                       view.pipeline.name));
    }
    add_with_categories(range.keys, PartitionKey{}, scheme.categories);
    return range;
  }
  TRY_ASSIGN(const Partitions calendar,
             Partitions::make(pipeline::PartitionScheme{scheme.calendar, {}}));
  TRY_ASSIGN(const auto slices, slices_between(calendar, request, view.now));
  for (const auto& slice : slices)
    add_with_categories(range.keys, slice, scheme.categories);
  range.first = value_in(slices.front());
  range.last = value_in(slices.back());
  return range;
}

// Tables have their keys in an order of their own.
PartitionKey sorted(PartitionKey key) {
  std::ranges::sort(key.pairs);
  return key;
}

// What is known of the partitions, to be asked for each.
class Known {
 public:
  explicit Known(const PlanningView& view) : view_(view) {
    for (const auto& facts : view.facts)
      facts_.emplace(facts.partition, &facts);
    for (const auto& pinned : view.versions)
      versions_.emplace(pinned.partition, &pinned.pins);
    for (const auto& table : view.written) {
      auto& keys = written_.emplace_back();
      for (const auto& key : table)
        keys.insert(sorted(key));
    }
  }

  [[nodiscard]] bool is_made(const PartitionKey& key) const {
    const auto* facts = facts_of(key);
    return facts != nullptr && facts->made_by &&
           std::ranges::all_of(written_,
                               [&](const auto& table) { return table.contains(sorted(key)); });
  }
  [[nodiscard]] bool has_succeeded(const PartitionKey& key) const {
    const auto* facts = facts_of(key);
    return facts != nullptr && facts->made_by.has_value();
  }
  [[nodiscard]] bool has_failed(const PartitionKey& key) const {
    const auto* facts = facts_of(key);
    return facts != nullptr &&
           (facts->newest == RunStatus::failed || facts->newest == RunStatus::cancelled);
  }
  // rule: what of it is older than today's code and models; empty: nothing, or not made.
  [[nodiscard]] std::string staleness(const PartitionKey& key) const {
    const auto* facts = facts_of(key);
    if (facts == nullptr || !facts->definition) return {};
    if (std::ranges::find(view_.same_code, *facts->definition) == view_.same_code.end()) {
      return "made by other code";
    }
    const auto pins = versions_.find(key);
    if (pins == versions_.end()) return {};
    for (const auto& [alias, version] : pins->second->items()) {
      if (!view_.aliases.contains(alias) || view_.aliases.at(alias) == version) continue;
      return fmt::format("made with {} of {}, which is {} now",
                         version.is_null() ? "no version" : "version " + version.dump(), alias,
                         view_.aliases.at(alias).dump());
    }
    return {};
  }

 private:
  [[nodiscard]] const PartitionFacts* facts_of(const PartitionKey& key) const {
    const auto found = facts_.find(key);
    return found == facts_.end() ? nullptr : found->second;
  }

  const PlanningView& view_;
  std::map<PartitionKey, const PartitionFacts*> facts_;
  std::map<PartitionKey, const Json*> versions_;
  std::vector<std::set<PartitionKey>> written_;
};

// rule: why the partition is to be done; nothing where it is good.
std::optional<BackfillRow> row_for(const PartitionKey& key, const std::set<Reprocess>& asked,
                                   const Known& known) {
  const auto row = [&](Reprocess reason, std::string detail) {
    BackfillRow made;
    made.partition = key;
    made.reason = reason;
    made.detail = std::move(detail);
    return made;
  };
  if (asked.contains(Reprocess::failed) && known.has_failed(key)) {
    return row(Reprocess::failed, {});
  }
  if (asked.contains(Reprocess::missing) && !known.is_made(key)) {
    return row(Reprocess::missing, {});
  }
  if (asked.contains(Reprocess::stale)) {
    if (auto why = known.staleness(key); !why.empty()) {
      return row(Reprocess::stale, std::move(why));
    }
  }
  if (asked.contains(Reprocess::all)) return row(Reprocess::all, {});
  return std::nullopt;
}

// rule: a partition whose past is neither made nor planned could never begin.
Result<void> check_past(const PlanningView& view, const std::vector<BackfillRow>& rows,
                        const Known& known) {
  if (!view.pipeline.depends_on_past) return {};
  TRY_ASSIGN(const Partitions partitions, Partitions::make(view.pipeline.partitions));
  std::set<PartitionKey> planned;
  for (const auto& row : rows) {
    const auto past = partitions.previous(row.partition);
    if (past && !planned.contains(*past) && !known.has_succeeded(*past)) {
      return invalid_input(fmt::format(
          "{} depends on its past, and {} comes after {}, which no run has made and this plan "
          "does not have: begin with --from {}",
          view.pipeline.name, partitions.short_name(row.partition), partitions.short_name(*past),
          value_in(*past)));
    }
    planned.insert(row.partition);
  }
  return {};
}

}  // namespace

Result<PlannedPartitions> planned_partitions(const BackfillRequest& request,
                                             const PlanningView& view) {
  TRY_ASSIGN(Range range, range_of(request, view));
  const Known known(view);
  PlannedPartitions planned{std::move(range.first), std::move(range.last), {}};
  for (const auto& key : range.keys) {
    auto row = row_for(key, request.reprocess, known);
    if (!row) continue;
    row->ordinal = static_cast<std::int64_t>(planned.rows.size()) + 1;
    planned.rows.push_back(*std::move(row));
  }
  TRY(check_past(view, planned.rows, known));
  return planned;
}

bool is_same_code(const pipeline::Pipeline& left, const pipeline::Pipeline& right) {
  return std::ranges::equal(left.steps, right.steps, [](const auto& one, const auto& other) {
    return one.name == other.name && one.digest == other.digest;
  });
}

std::vector<std::string> tables_written(const pipeline::Pipeline& pipeline) {
  std::vector<std::string> tables;
  // What is done only in some case may rightly be missing, and so what comes behind it.
  std::vector<bool> is_conditional;
  for (const auto& step : pipeline.steps) {
    is_conditional.push_back(
        std::ranges::any_of(step.dependencies, [&](const pipeline::Dependency& dependency) {
          const bool is_plain = dependency.condition == pipeline::Condition::succeeded ||
                                dependency.condition == pipeline::Condition::any;
          return !is_plain || is_conditional[dependency.step];
        }));
    const bool is_sure = step.output && !step.foreach && !is_conditional.back() &&
                         step.output->release == pipeline::ReleaseMode::automatic;
    if (is_sure) tables.push_back(step.output->table);
  }
  return tables;
}

std::string difference_between(std::span<const BackfillRow> before,
                               std::span<const BackfillRow> now) {
  std::map<release::PartitionKey, Reprocess> planned;
  for (const auto& row : before)
    planned.emplace(row.partition, row.reason);
  std::vector<std::string> more;
  std::vector<std::string> other;
  for (const auto& row : now) {
    const auto found = planned.find(row.partition);
    if (found == planned.end()) {
      more.push_back(row.partition.text());
      continue;
    }
    if (found->second != row.reason) other.push_back(row.partition.text());
    planned.erase(found);
  }
  std::vector<std::string> parts;
  const auto tell = [&](std::size_t count, const std::string& example, std::string_view what) {
    if (count == 0) return;
    parts.push_back(fmt::format("{} partition{} (such as {}) need{} it {}", count,
                                count == 1 ? "" : "s", example, count == 1 ? "s" : "", what));
  };
  tell(planned.size(), planned.empty() ? "" : planned.begin()->first.text(), "no longer");
  tell(more.size(), more.empty() ? "" : more.front(), "now without being in the plan");
  tell(other.size(), other.empty() ? "" : other.front(), "for another reason");
  return join(parts, ", ");
}

}  // namespace gossamer::orchestration
