// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "executors/tables/table_service.hpp"
#include "pipeline/load.hpp"

namespace gossamer::executors {

namespace {

constexpr Duration import_patience = std::chrono::hours(24);

struct KeyRule {
  std::string column;        // the table's key; empty: one partition
  std::string derived_from;  // the column that it is cut from; empty: the key itself
  std::string every;
};

Result<KeyRule> key_rule(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return KeyRule{text, "", ""};
  KeyRule rule{text.substr(0, colon), text.substr(colon + 1), text.substr(0, colon)};
  static constexpr std::array<std::string_view, 4> slices{"hour", "day", "week", "month"};
  if (std::ranges::find(slices, rule.every) == slices.end() || rule.derived_from.empty()) {
    return invalid_input(
        fmt::format("--partition-by {}: write a key column, or hour, day, week or month, a colon, "
                    "and the column "
                    "that it is cut from, e.g. day:created_at",
                    text));
  }
  return rule;
}

Result<std::string> format_of(const warehouse::ImportRequest& request) {
  auto format = request.format;
  if (format.empty() && !request.files.empty()) {
    auto extension = lower_case(fs::path(request.files.front()).extension().string());
    format = extension.empty() ? "" : extension.substr(1);
  }
  if (format == "ndjson" || format == "jsonl") format = "json";
  if (format == "tsv" || format == "txt") format = "csv";
  if (format == "csv" || format == "parquet" || format == "json") return format;
  return invalid_input(
      fmt::format("{}: say --format csv, parquet or json (Arrow files are not in this version; "
                  "write Parquet instead)",
                  request.files.empty() ? "nothing" : request.files.front()));
}

Result<void> check_files(const std::vector<std::string>& files) {
  if (files.empty()) return invalid_input("no file to import was named");
  for (const auto& file : files) {
    TRY_ASSIGN(const bool exists, path_exists(file));
    if (!exists) return not_found(fmt::format("there is no file {}", file));
  }
  return {};
}

// Data comes first: what the files say of the zone and of tables holds before pipelines that read
// them can be applied. Files with mistakes say nothing yet.
std::shared_ptr<const pipeline::Definition> declared_before_apply(const fs::path& workspace) {
  std::map<std::string, std::string> files;
  std::vector<std::string> names{"gossamer.yaml"};
  if (const auto tables = list_folder(workspace / "tables")) {
    for (const auto& name : *tables)
      names.push_back("tables/" + name);
  }
  for (const auto& name : names) {
    if (!name.ends_with(".yaml")) continue;
    if (auto text = read_file(workspace / name)) files.emplace(name, *std::move(text));
  }
  const auto no_queries = [](std::string_view) -> Result<pipeline::ParsedQuery> {
    return bug("tables have no queries");
  };
  return pipeline::load_files(std::move(files), no_queries, {}).definition;
}

}  // namespace

fs::path TableService::job_folder(const AttemptId& attempt) const {
  return places_.state / "imports" / attempt.value();
}

std::shared_ptr<const pipeline::Definition> TableService::definition() const {
  const auto active = ports_.definitions.active();
  return active ? active->definition : declared_before_apply(places_.workspace);
}

std::string TableService::timezone() const {
  const auto active = definition();
  return active ? active->workspace.timezone : "UTC";
}

Result<OutputTarget> TableService::target_of(const std::string& table,
                                             const AttemptId& attempt) const {
  OutputTarget target;
  target.table = table;
  target.folder = warehouse::Layout(places_.warehouse).attempt_files(table, attempt).string();
  const auto known = ports_.catalog.find_table(table);
  if (known) {
    target.previous_schema = known->schema;
  } else if (known.error().kind != ErrorKind::not_found) {
    return std::unexpected(known.error());
  }
  const auto active = definition();
  if (!active) return target;
  const auto declared = active->tables.find(table);
  if (declared == active->tables.end()) return target;
  if (!declared->second.writer_pipeline.empty()) {
    return conflict(
        fmt::format("{} is written by the step {} of {}: one step writes a table, so "
                    "nothing can be imported into it",
                    table, declared->second.writer_step, declared->second.writer_pipeline));
  }
  target.unique = declared->second.unique;
  target.schema_may_change = declared->second.schema_may_change;
  return target;
}

Result<Job> TableService::import_job(const warehouse::ImportRequest& request) const {
  TRY(warehouse::check_table_name(request.table));
  TRY(check_files(request.files));
  TRY_ASSIGN(const auto format, format_of(request));
  TRY_ASSIGN(const auto rule, key_rule(request.partition_by));
  Job job;
  job.attempt = AttemptId::make(ports_.ids);
  job.kind = "import";
  job.step = "import";
  job.folder = job_folder(job.attempt).string();
  job.timezone = timezone();
  job.limits = limits_;
  TRY_ASSIGN(job.output, target_of(request.table, job.attempt));
  const auto known = ports_.catalog.find_table(request.table);
  const auto keys =
      rule.column.empty() ? std::vector<std::string>() : std::vector<std::string>{rule.column};
  if (known && known->partitions > 0 && known->key_columns != keys) {
    return conflict(fmt::format("{} is partitioned by ({}), not by ({})", request.table,
                                join(known->key_columns, ", "), join(keys, ", ")));
  }
  job.spec = {{"table", request.table},
              {"files", request.files},
              {"format", format},
              {"select", request.select},
              {"key_column", rule.column},
              {"derived_from", rule.derived_from},
              {"every", rule.every},
              {"max_rejects", request.max_rejects},
              {"reject_file",
               (places_.state / "rejects" / (request.table + "-" + job.attempt.value() + ".jsonl"))
                   .string()}};
  return job;
}

Result<void> TableService::publish(const warehouse::ImportRequest& request,
                                   const AttemptId& attempt,
                                   const std::vector<release::Publication>& publications) {
  std::vector<release::PartitionKey> keys;
  for (const auto& publication : publications)
    keys.push_back(publication.content.key);
  const Instant now = ports_.clock.now();
  TRY(ports_.locks->lock(request.table, keys, attempt, request.actor, now));
  const auto publish_locked = [&]() -> Result<void> {
    TRY_ASSIGN(const auto version, ports_.catalog.version());
    TRY_ASSIGN(const auto before, ports_.catalog.snapshot(request.table, version));
    std::map<release::PartitionKey, AttemptId> current;
    for (const auto& content : before.contents)
      current[content.key] = content.attempt;
    std::vector<std::optional<AttemptId>> expected;
    for (const auto& key : keys) {
      const auto found = current.find(key);
      expected.push_back(found == current.end() ? std::nullopt : std::optional(found->second));
    }
    TRY(ports_.catalog.publish(publications, expected, request.actor, now));
    return {};
  };
  const auto published = publish_locked();
  // A lock that could not be given back is freed by the next engine; what is committed stands.
  static_cast<void>(ports_.locks->unlock(attempt));
  return published;
}

Result<warehouse::ImportReport> TableService::import_table(
    const warehouse::ImportRequest& request) {
  if (ports_.locks == nullptr) return unavailable("this process only reads the workspace");
  TRY_ASSIGN(const auto job, import_job(request));
  const AttemptId attempt = job.attempt;
  const fs::path written = job.output->folder;
  importing_.with([&](auto& importing) { importing.insert(attempt); });
  const auto clean_up = [&](bool keep_files) {
    static_cast<void>(remove_tree(job_folder(attempt)));
    if (!keep_files) static_cast<void>(remove_tree(written));
    importing_.with([&](auto& importing) { importing.erase(attempt); });
  };
  const auto write = [&]() -> Result<orchestration::StepResult> {
    TRY_ASSIGN(auto* const workers, ports_.workers());
    return workers->call(job, import_patience);
  };
  const auto done = write();
  if (!done) {
    clean_up(false);
    return std::unexpected(done.error());
  }
  const auto published = publish(request, attempt, done->publications);
  // After any other error the commit may still have taken place (an EIO can follow it): the files
  // stay, and what no commit names is collected later.
  const bool refused = !published && published.error().kind == ErrorKind::conflict;
  clean_up(!refused);
  TRY(published);
  // What is committed stands, whatever becomes of its projection: that is made up for later.
  TRY(project(request.table));
  warehouse::ImportReport report;
  report.table = request.table;
  report.rows = done->rows;
  report.partitions = done->publications.size();
  report.rejected = done->outputs.value("rejected", std::uint64_t{0});
  const auto rejects = done->outputs.value("reject_file", Json());
  if (rejects.is_string()) report.reject_file = rejects.get<std::string>();
  return report;
}

}  // namespace gossamer::executors
