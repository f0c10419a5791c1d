// SPDX-License-Identifier: Apache-2.0
#include "executors/tables/table_service.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/numbers.hpp"
#include "executors/kept_files.hpp"
#include "executors/prepare_views.hpp"

namespace gossamer::executors {

namespace {

std::uint64_t size_of(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_regular_file(failed)) bytes += at->file_size(failed);
  }
  return bytes;
}

Result<std::vector<std::string>> names_in(const fs::path& folder) {
  TRY_ASSIGN(const bool exists, path_exists(folder));
  if (!exists) return std::vector<std::string>();
  return list_folder(folder);
}

// The statement ends itself at its time limit, with a message that says so; a worker that does not
// is stopped this much later.
constexpr Duration stop_patience = std::chrono::seconds(5);

// What somebody may be writing at this moment is not known to the catalog yet: it is left alone for
// an hour after its last change.
constexpr Duration untouched_time = std::chrono::hours(1);

bool is_settled(const fs::path& folder, Instant now) {
  std::error_code failed;
  const auto changed = fs::last_write_time(folder, failed);
  if (failed) return false;
  const auto at = std::chrono::time_point_cast<Duration>(std::chrono::file_clock::to_sys(changed));
  return now - at >= untouched_time;
}

}  // namespace

Result<std::uint64_t> TableService::version_of(const std::string& as_of) const {
  if (as_of.empty()) return ports_.catalog.version();
  if (const auto number = parse_integer(as_of, 0)) {
    TRY_ASSIGN(const auto newest, ports_.catalog.version());
    if (static_cast<std::uint64_t>(*number) > newest) {
      return not_found(fmt::format("the newest version of the catalog is {}", newest));
    }
    return static_cast<std::uint64_t>(*number);
  }
  const auto at = parse_instant(as_of);
  if (!at) {
    return invalid_input(fmt::format(
        "--as-of {}: write a version of the catalog, or a time such as 2026-11-22T04:30:00Z",
        as_of));
  }
  return ports_.catalog.version_at(*at);
}

InputView TableService::view_of(const std::string& name, const warehouse::TableEntry& table,
                                const std::vector<release::PartitionContent>& contents) const {
  const warehouse::Layout layout(places_.warehouse);
  const auto known = definition();
  const pipeline::Table* declared = nullptr;
  if (known) {
    const auto found = known->tables.find(table.name);
    if (found != known->tables.end()) declared = &found->second;
  }
  InputView view;
  view.name = name;
  view.columns = table.schema;
  std::vector<release::PartitionKey> keys;
  for (const auto& content : contents) {
    keys.push_back(content.key);
    const auto folder = layout.partition_files(table.name, content.attempt, content.key);
    for (const auto& file : content.files)
      view.files.push_back({(folder / file.name).string(), content.key.pairs});
  }
  for (const auto& key : table.key_columns)
    view.key_columns.push_back(key_column(declared, key, keys));
  return view;
}

Result<std::vector<InputView>> TableService::views_at(std::uint64_t version) const {
  std::vector<InputView> views;
  TRY_ASSIGN(const auto tables, ports_.catalog.tables());
  for (const auto& table : tables) {
    TRY_ASSIGN(const auto snapshot, ports_.catalog.snapshot(table.name, version));
    views.push_back(view_of(table.name, table, snapshot.contents));
  }
  return views;
}

Result<std::vector<ModelBinding>> TableService::bindings() const {
  std::vector<ModelBinding> all;
  TRY_ASSIGN(const auto versions, ports_.models.list(""));
  for (const auto& version : versions) {
    const auto& registration = version.registration;
    ModelBinding binding;
    binding.model = registration.model;
    binding.version = registration.version;
    binding.folder = (places_.state / registration.folder).string();
    binding.digest = registration.digest;
    binding.reference = fmt::format("{}/{}", registration.model, registration.version);
    all.push_back(binding);
    for (const auto& alias : version.aliases) {
      binding.reference = fmt::format("{}@{}", registration.model, alias);
      all.push_back(binding);
    }
  }
  return all;
}

Result<Job> TableService::bare_job(const std::string& kind, Json spec, Duration patience) const {
  Job job;
  job.attempt = AttemptId::make(ports_.ids);
  job.kind = kind;
  job.step = kind;
  job.timezone = timezone();
  job.limits = limits_;
  job.spec = std::move(spec);
  job.spec["seconds"] = std::chrono::ceil<std::chrono::seconds>(patience).count();
  TRY_ASSIGN(job.models, bindings());
  return job;
}

Result<Job> TableService::query_job(const std::string& sql, std::int64_t limit,
                                    Duration patience) const {
  return bare_job("query", {{"sql", sql}, {"limit", limit}}, patience);
}

Result<Job> TableService::reading_job(const std::string& kind, Json spec, Duration patience) const {
  TRY_ASSIGN(const auto version, ports_.catalog.version());
  TRY_ASSIGN(auto job, bare_job(kind, std::move(spec), patience));
  TRY_ASSIGN(job.views, views_at(version));
  return job;
}

Result<Json> TableService::answer_of(Job job, Duration patience) {
  TRY_ASSIGN(auto done, run_job(std::move(job), patience));
  return std::move(done.outputs);
}

Result<orchestration::StepResult> TableService::run_job(Job job, Duration patience) {
  // Where the state folder cannot be written, a query that fits in memory still runs.
  const auto folder = places_.state / "queries-running" / job.attempt.value();
  if (make_folders(folder)) job.folder = folder.string();
  TRY_ASSIGN(auto* const workers, ports_.workers());
  auto done = workers->call(job, patience + stop_patience);
  if (!job.folder.empty()) static_cast<void>(remove_tree(folder));
  return done;
}

Result<Json> TableService::query(const warehouse::QueryRequest& request) {
  TRY_ASSIGN(const auto version, version_of(request.as_of));
  TRY_ASSIGN(auto job, query_job(request.sql, request.limit, request.patience));
  if (!request.file.empty()) job.spec["file"] = request.file;
  TRY_ASSIGN(job.views, views_at(version));
  return answer_of(std::move(job), request.patience);
}

warehouse::KeepRules TableService::keep_rules() const {
  warehouse::KeepRules rules;
  if (const auto active = definition()) {
    for (const auto& [name, table] : active->tables) {
      rules.tables[name] = {table.keep_versions, table.keep_for};
    }
    if (active->workspace.evidence_keep) rules.evidence = *active->workspace.evidence_keep;
  }
  return rules;
}

Result<std::vector<warehouse::GarbageItem>> TableService::collect(warehouse::CollectMode mode) {
  const warehouse::Layout layout(places_.warehouse);
  const Instant now = ports_.clock.now();
  std::optional<FileLock> lock;
  if (mode == warehouse::CollectMode::remove) {
    TRY_ASSIGN(lock, lock_kept_files(places_.state));
  }
  TRY_ASSIGN(const auto needed, ports_.catalog.needed(now, keep_rules()));
  std::vector<warehouse::GarbageItem> garbage;
  std::vector<AttemptId> gone;
  // By folders, not by the catalog: a table whose first publish never came has files too.
  TRY_ASSIGN(const auto tables, names_in(layout.root() / ".data"));
  for (const auto& table : tables) {
    if (!warehouse::check_table_name(table)) continue;
    TRY_ASSIGN(const auto names, list_folder(layout.table_files(table)));
    for (const auto& name : names) {
      // What is not an attempt's folder is not ours to remove.
      const auto attempt = AttemptId::parse(name);
      if (!attempt || std::ranges::binary_search(needed, *attempt)) continue;
      const bool is_busy =
          importing_.with([&](const auto& importing) { return importing.contains(*attempt); });
      const auto folder = layout.attempt_files(table, *attempt);
      if (is_busy || !is_settled(folder, now)) continue;
      garbage.push_back({table, *attempt, size_of(folder)});
      gone.push_back(*attempt);
    }
  }
  if (mode == warehouse::CollectMode::list) return garbage;
  // In this order a catalog never names files that are gone; what a crash leaves behind are folders
  // that nobody knows, and the next collection takes them.
  TRY(ports_.catalog.forget(gone));
  for (const auto& item : garbage) {
    TRY(remove_tree(layout.attempt_files(item.table, item.attempt)));
  }
  return garbage;
}

}  // namespace gossamer::executors
