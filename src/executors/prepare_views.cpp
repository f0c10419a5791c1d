// SPDX-License-Identifier: Apache-2.0
#include "executors/prepare_views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/time.hpp"

namespace gossamer::executors {
namespace {

using orchestration::Partitions;
using orchestration::Window;
using release::PartitionContent;
using release::PartitionKey;

Result<void> add_files(InputView& view, const PartitionContent& content,
                       const warehouse::Layout& layout) {
  const fs::path folder = layout.partition_files(content.table, content.attempt, content.key);
  for (const release::DataFile& file : content.files) {
    view.files.push_back({(folder / file.name).string(), content.key.pairs});
  }
  return {};
}

std::optional<std::string> value_of(const PartitionKey& key, const std::string& name) {
  for (const auto& [column, value] : key.pairs) {
    if (column == name) return value;
  }
  return std::nullopt;
}

bool is_date(std::string_view value) { return parse_date(value).has_value(); }

// As the engine names an hour's partition: 2026-11-22T04.
bool is_hour(std::string_view value) {
  const auto split = value.find('T');
  if (split == std::string_view::npos || value.size() != split + 3) return false;
  return is_date(value.substr(0, split)) && parse_integer(value.substr(split + 1), 0, 23);
}

// Categories of the same name must agree; one that only one side has says nothing.
bool same_categories(const Partitions& scheme, const PartitionKey& left,
                     const PartitionKey& right) {
  return std::ranges::all_of(scheme.scheme().categories, [&](const auto& category) {
    const auto a = value_of(left, category.key);
    const auto b = value_of(right, category.key);
    return !a || !b || *a == *b;
  });
}

bool overlap(const std::optional<Window>& left, const std::optional<Window>& right) {
  return left && right && left->start < right->end && right->start < left->end;
}

}  // namespace

release::ColumnSchema key_column(const pipeline::Table* table, const std::string& column,
                                 const std::vector<PartitionKey>& keys) {
  if (table != nullptr) {
    for (const pipeline::TableColumn& one : table->columns) {
      if (one.name == column && !one.type.empty()) return {column, one.type};
    }
  }
  const auto all_are = [&](bool (*is_such)(std::string_view)) {
    return std::ranges::all_of(keys, [&](const PartitionKey& key) {
      const auto value = value_of(key, column);
      return !value || is_such(*value);
    });
  };
  if (column == "hour" && all_are(is_hour)) return {column, "TIMESTAMP WITH TIME ZONE"};
  const bool is_slice = column == "day" || column == "week" || column == "month";
  return {column, is_slice && all_are(is_date) ? "DATE" : "VARCHAR"};
}

const pipeline::Table* ViewFinder::declared(const std::string& table) const {
  const auto found = order_.definition->tables.find(table);
  return found == order_.definition->tables.end() ? nullptr : &found->second;
}

Result<InputView> ViewFinder::find(const std::string& name) const {
  if (order_.pipeline->find(name) != nullptr) {
    TRY_ASSIGN(auto view, of_step(name));
    if (view) return std::move(*view);
    return invalid_input(fmt::format("step '{}' reads '{}', which published nothing in this run",
                                     order_.declaration().name, name));
  }
  const auto input = order_.pipeline->inputs.find(name);
  if (input != order_.pipeline->inputs.end()) return of_input(input->second);
  return of_table(name);
}

Result<std::optional<InputView>> ViewFinder::of_step(const std::string& name) const {
  const auto upstream = order_.upstream.find(name);
  if (upstream == order_.upstream.end() || upstream->second->publications.empty()) {
    return std::nullopt;
  }
  // A step's output comes first, what it sets aside behind it.
  return written(name, upstream->second->publications.front().content.table);
}

Result<std::optional<InputView>> ViewFinder::written(const std::string& step,
                                                     const std::string& table) const {
  const auto upstream = order_.upstream.find(step);
  if (upstream == order_.upstream.end()) return std::nullopt;
  std::optional<InputView> view;
  for (const release::Publication& publication : upstream->second->publications) {
    if (publication.content.table != table) continue;
    if (!view) view.emplace().name = step;
    TRY(add_files(*view, publication.content, layout_));
    view->columns = publication.content.schema;
  }
  return view;
}

Result<InputView> ViewFinder::of_input(const pipeline::Input& input) const {
  TRY_ASSIGN(Contents all, contents(input.table));
  const pipeline::Table* table = declared(input.table);
  const bool is_ours = table != nullptr && !table->writer_pipeline.empty();
  if (is_ours) {
    TRY_ASSIGN(all, mapped(input, *table, std::move(all)));
  }
  TRY_ASSIGN(InputView found, view(input.name, input.table, all));
  if (!is_ours) TRY(cut(input, found));
  return found;
}

Result<InputView> ViewFinder::of_table(const std::string& table) const {
  TRY_ASSIGN(const Contents all, contents(table));
  return view(table, table, all);
}

Result<InputView> ViewFinder::slice_of(const std::string& table) const {
  TRY_ASSIGN(const Contents all, contents(table));
  Contents own = all;
  std::erase_if(own, [&](const auto& content) { return content.key != order_.partition; });
  return view(table, table, own.empty() ? all : own);
}

Result<InputView> ViewFinder::reference(const std::string& table, const Json& declared) const {
  TRY_ASSIGN(warehouse::Snapshot snapshot, catalog_.snapshot(table, order_.pins.catalog));
  Contents& before = snapshot.contents;
  std::ranges::sort(before, std::ranges::greater{}, &PartitionContent::key);
  TRY_ASSIGN(const auto partition, optional<std::string>(declared, "partition", "reference"));
  if (partition) {
    TRY_ASSIGN(const auto ours, Partitions::make(order_.pipeline->partitions));
    TRY_ASSIGN(const PartitionKey key, ours.parse(*partition));
    std::erase_if(before, [&](const auto& content) { return content.key != key; });
    if (before.empty()) {
      return not_found(fmt::format("table '{}' has no partition {}", table, key.text()));
    }
    return view("reference", table, before);
  }
  std::erase_if(before, [&](const auto& content) { return content.key >= order_.partition; });
  TRY_ASSIGN(const auto last, optional<std::int64_t>(declared, "last", "reference"));
  if (last && std::cmp_greater(before.size(), *last)) {
    before.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, *last)));
  }
  TRY_ASSIGN(const auto window, optional<std::string>(declared, "window", "reference"));
  Contents chosen;
  for (PartitionContent& content : before) {
    if (window) {
      TRY_ASSIGN(const bool is_in, is_in_window(content.key, *window));
      if (!is_in) continue;
    }
    chosen.push_back(std::move(content));
  }
  return view("reference", table, chosen);
}

// Whether the partition begins within so long before the run's own.
Result<bool> ViewFinder::is_in_window(const PartitionKey& key, const std::string& window) const {
  TRY_ASSIGN(const Duration length, parse_duration(window));
  TRY_ASSIGN(const auto ours, Partitions::make(order_.pipeline->partitions));
  TRY_ASSIGN(const auto own, ours.slice(order_.partition));
  TRY_ASSIGN(const auto other, ours.slice(key));
  if (!own || !other) {
    return invalid_input("`reference: { window: ... }` needs a pipeline with a calendar");
  }
  return other->start >= own->start - length;
}

// The pinned snapshot, with what earlier steps of this run made current in place of what it had.
Result<ViewFinder::Contents> ViewFinder::contents(const std::string& table) const {
  Contents all;
  auto snapshot = catalog_.snapshot(table, order_.pins.catalog);
  if (!snapshot && snapshot.error().kind != ErrorKind::not_found) {
    return std::unexpected(snapshot.error());
  }
  if (snapshot) all = std::move(snapshot->contents);
  for (const auto& [step, result] : order_.upstream) {
    for (const release::Publication& publication : result->publications) {
      const PartitionContent& content = publication.content;
      const bool is_visible = publication.visibility == release::Visibility::current;
      if (content.table != table || !is_visible) continue;
      std::erase_if(all, [&](const auto& old) { return old.key == content.key; });
      all.push_back(content);
    }
  }
  return all;
}

// The partitions of one of our own tables that this run's partition maps to. Where the writer's
// slices have another length, it is those that share time with ours.
Result<ViewFinder::Contents> ViewFinder::mapped(const pipeline::Input& input,
                                                const pipeline::Table& table, Contents all) const {
  TRY_ASSIGN(const auto ours, Partitions::make(order_.pipeline->partitions));
  const auto writer = order_.definition->pipelines.find(table.writer_pipeline);
  if (writer == order_.definition->pipelines.end()) return all;
  TRY_ASSIGN(const auto theirs, Partitions::make(writer->second.partitions));
  if (std::holds_alternative<pipeline::AllPartitions>(input.partition)) return all;
  if (!ours.has_calendar() && !theirs.has_calendar() && theirs.scheme().categories.empty()) {
    return all;
  }
  std::vector<std::pair<PartitionKey, std::optional<Window>>> wanted;
  for (PartitionKey& key : ours.read_by(order_.partition, input.partition)) {
    TRY_ASSIGN(auto slice, ours.slice(key));
    wanted.emplace_back(std::move(key), slice);
  }
  Contents chosen;
  for (PartitionContent& content : all) {
    // A table may carry a key of `foreach` beside the writer's own.
    PartitionKey key;
    for (const auto& pair : content.key.pairs) {
      const bool is_category = std::ranges::any_of(
          theirs.scheme().categories, [&](const auto& one) { return one.key == pair.first; });
      const bool is_time =
          theirs.has_calendar() && pair.first == pipeline::name_of(theirs.scheme().calendar->every);
      if (is_category || is_time) key.pairs.push_back(pair);
    }
    std::optional<Window> slice;
    if (theirs.has_calendar()) {
      TRY_ASSIGN(slice, theirs.slice(key));
    }
    const bool is_wanted = std::ranges::any_of(wanted, [&](const auto& one) {
      const bool in_time = !one.second || !slice || overlap(one.second, slice);
      return in_time && same_categories(theirs, one.first, key);
    });
    if (is_wanted) chosen.push_back(std::move(content));
  }
  return chosen;
}

Result<InputView> ViewFinder::view(const std::string& name, const std::string& table,
                                   const Contents& contents) const {
  InputView view;
  view.name = name;
  std::set<std::string> keys;
  for (const PartitionContent& content : contents) {
    TRY(add_files(view, content, layout_));
    for (const auto& [column, value] : content.key.pairs)
      keys.insert(column);
    view.columns = content.schema;
  }
  const pipeline::Table* declaration = declared(table);
  if (contents.empty()) {
    const auto entry = catalog_.find_table(table);
    if (entry) {
      view.columns = entry->schema;
      keys.insert(entry->key_columns.begin(), entry->key_columns.end());
    } else if (declaration != nullptr) {
      for (const pipeline::TableColumn& column : declaration->columns) {
        view.columns.push_back({column.name, column.type});
      }
      keys.insert(declaration->partition_by.begin(), declaration->partition_by.end());
    }
    if (view.columns.empty()) {
      return not_found(fmt::format(
          "table '{}' has no content yet and declares no columns: import or build it first",
          table));
    }
  }
  std::vector<PartitionKey> present;
  for (const PartitionContent& content : contents)
    present.push_back(content.key);
  for (const std::string& key : keys)
    view.key_columns.push_back(key_column(declaration, key, present));
  return view;
}

Result<void> ViewFinder::cut(const pipeline::Input& input, InputView& view) const {
  if (input.time_column.empty()) return {};
  view.time_column = input.time_column;
  std::optional<Window> window = order_.window;
  if (input.lag && order_.slice) {
    TRY_ASSIGN(const auto partitions, Partitions::make(order_.pipeline->partitions));
    window = orchestration::window_of(*order_.slice, *input.lag, partitions.zone());
  }
  if (!window || input.rows == pipeline::InputRows::all) return {};
  view.until = window->end;
  if (input.rows == pipeline::InputRows::window) view.from = window->start;
  return {};
}

}  // namespace gossamer::executors
