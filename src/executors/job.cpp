// SPDX-License-Identifier: Apache-2.0
#include "executors/job.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/json.hpp"

namespace gossamer::executors {
namespace {

using release::ColumnSchema;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// --- Small parts ----------------------------------------------------------------------------

// Reads each element of the list under `key`; a missing key is an empty list.
template <class T, class Read>
Result<std::vector<T>> list_of(const Json& object, std::string_view key, std::string_view where,
                               Read read) {
  std::vector<T> out;
  TRY_ASSIGN(const auto list, optional<Json>(object, key, where));
  if (!list) return out;
  if (!list->is_array()) {
    return invalid_input(fmt::format("{}: '{}' is not a list", where, key));
  }
  for (const Json& element : *list) {
    TRY_ASSIGN(T value, read(element, fmt::format("{}.{}[{}]", where, key, out.size())));
    out.push_back(std::move(value));
  }
  return out;
}

Json pairs_json(const Pairs& pairs) {
  Json out = Json::array();
  for (const auto& [name, value] : pairs)
    out.push_back(Json::array({name, value}));
  return out;
}

Result<std::pair<std::string, std::string>> read_pair(const Json& json, std::string_view where) {
  if (!json.is_array() || json.size() != 2 || !json[0].is_string() || !json[1].is_string()) {
    return invalid_input(fmt::format("{}: expected a pair of texts", where));
  }
  return std::pair{json[0].get<std::string>(), json[1].get<std::string>()};
}

Json columns_json(const std::vector<ColumnSchema>& columns) {
  Json out = Json::array();
  for (const ColumnSchema& column : columns) {
    out.push_back({{"name", column.name}, {"type", column.type}});
  }
  return out;
}

Result<ColumnSchema> read_column(const Json& json, std::string_view where) {
  ColumnSchema column;
  TRY_ASSIGN(column.name, require<std::string>(json, "name", where));
  TRY_ASSIGN(column.type, require<std::string>(json, "type", where));
  return column;
}

Result<std::vector<ColumnSchema>> read_columns(const Json& json, std::string_view key,
                                               std::string_view where) {
  return list_of<ColumnSchema>(json, key, where, read_column);
}

Json instant_json(const std::optional<Instant>& instant) {
  return instant ? Json(format_instant(*instant)) : Json();
}

Result<std::optional<Instant>> read_instant(const Json& json, std::string_view key,
                                            std::string_view where) {
  TRY_ASSIGN(const auto text, optional<std::string>(json, key, where));
  if (!text) return std::nullopt;
  TRY_ASSIGN(const Instant instant, parse_instant(*text));
  return instant;
}

Json check_json(const pipeline::Check& check) {
  return {{"kind", check.kind},
          {"arguments", check.arguments},
          {"severity", check.severity == pipeline::Severity::error ? "error" : "warn"},
          {"file", check.position.file},
          {"line", check.position.line},
          {"column", check.position.column}};
}

Result<pipeline::Check> read_check(const Json& json, std::string_view where) {
  pipeline::Check check;
  TRY_ASSIGN(check.kind, require<std::string>(json, "kind", where));
  TRY_ASSIGN(check.arguments, require<Json>(json, "arguments", where));
  TRY_ASSIGN(const auto severity, require<std::string>(json, "severity", where));
  if (severity != "error" && severity != "warn") {
    return invalid_input(
        fmt::format("{}: severity '{}' is neither error nor warn", where, severity));
  }
  check.severity = severity == "warn" ? pipeline::Severity::warn : pipeline::Severity::error;
  TRY_ASSIGN(check.position.file, require<std::string>(json, "file", where));
  TRY_ASSIGN(const auto line, require<std::int64_t>(json, "line", where));
  TRY_ASSIGN(const auto column, require<std::int64_t>(json, "column", where));
  check.position.line = static_cast<int>(line);
  check.position.column = static_cast<int>(column);
  return check;
}

// --- Views, output, models --------------------------------------------------------------------

Json view_json(const InputView& view) {
  Json files = Json::array();
  for (const InputFile& file : view.files) {
    files.push_back({{"path", file.path}, {"keys", pairs_json(file.keys)}});
  }
  return {{"name", view.name},
          {"files", std::move(files)},
          {"columns", columns_json(view.columns)},
          {"key_columns", columns_json(view.key_columns)},
          {"time_column", view.time_column},
          {"from", instant_json(view.from)},
          {"until", instant_json(view.until)}};
}

Result<InputFile> read_file_entry(const Json& json, std::string_view where) {
  using Pair = std::pair<std::string, std::string>;
  InputFile file;
  TRY_ASSIGN(file.path, require<std::string>(json, "path", where));
  TRY_ASSIGN(file.keys, list_of<Pair>(json, "keys", where, read_pair));
  return file;
}

Result<InputView> read_view(const Json& json, std::string_view where) {
  InputView view;
  TRY_ASSIGN(view.name, require<std::string>(json, "name", where));
  TRY_ASSIGN(view.files, list_of<InputFile>(json, "files", where, read_file_entry));
  TRY_ASSIGN(view.columns, read_columns(json, "columns", where));
  TRY_ASSIGN(view.key_columns, read_columns(json, "key_columns", where));
  TRY_ASSIGN(view.time_column, require<std::string>(json, "time_column", where));
  TRY_ASSIGN(view.from, read_instant(json, "from", where));
  TRY_ASSIGN(view.until, read_instant(json, "until", where));
  return view;
}

Json output_json(const OutputTarget& output) {
  Json checks = Json::array();
  for (const pipeline::Check& check : output.checks)
    checks.push_back(check_json(check));
  const bool current = output.visibility == release::Visibility::current;
  return {{"table", output.table},
          {"key", pairs_json(output.key.pairs)},
          {"key_columns", columns_json(output.key_columns)},
          {"folder", output.folder},
          {"checks", std::move(checks)},
          {"unique", output.unique},
          {"previous_schema", columns_json(output.previous_schema)},
          {"schema_may_change", output.schema_may_change},
          {"visibility", current ? "current" : "candidate"},
          {"candidate", output.candidate}};
}

Result<OutputTarget> read_output(const Json& json, std::string_view where) {
  using Pair = std::pair<std::string, std::string>;
  OutputTarget output;
  TRY_ASSIGN(output.table, require<std::string>(json, "table", where));
  TRY_ASSIGN(output.key.pairs, list_of<Pair>(json, "key", where, read_pair));
  TRY_ASSIGN(output.key_columns, read_columns(json, "key_columns", where));
  TRY_ASSIGN(output.folder, require<std::string>(json, "folder", where));
  TRY_ASSIGN(output.checks, list_of<pipeline::Check>(json, "checks", where, read_check));
  TRY_ASSIGN(output.unique, require<std::vector<std::string>>(json, "unique", where));
  TRY_ASSIGN(output.previous_schema, read_columns(json, "previous_schema", where));
  TRY_ASSIGN(output.schema_may_change, require<bool>(json, "schema_may_change", where));
  TRY_ASSIGN(const auto visibility, require<std::string>(json, "visibility", where));
  if (visibility != "current" && visibility != "candidate") {
    return invalid_input(
        fmt::format("{}: visibility '{}' is neither current nor candidate", where, visibility));
  }
  if (visibility == "candidate") output.visibility = release::Visibility::candidate;
  TRY_ASSIGN(output.candidate, require<std::string>(json, "candidate", where));
  return output;
}

Json model_json(const ModelBinding& model) {
  return {{"reference", model.reference},
          {"model", model.model},
          {"version", model.version},
          {"folder", model.folder},
          {"digest", model.digest.text()}};
}

Result<ModelBinding> read_model(const Json& json, std::string_view where) {
  ModelBinding model;
  TRY_ASSIGN(model.reference, require<std::string>(json, "reference", where));
  TRY_ASSIGN(model.model, require<std::string>(json, "model", where));
  TRY_ASSIGN(const auto version, require<std::int64_t>(json, "version", where));
  model.version = static_cast<int>(version);
  TRY_ASSIGN(model.folder, require<std::string>(json, "folder", where));
  TRY_ASSIGN(const auto digest, require<std::string>(json, "digest", where));
  if (!digest.empty()) {
    TRY_ASSIGN(model.digest, Digest::parse(digest));
  }
  return model;
}

template <class T, class Write>
Json array_of(const std::vector<T>& values, Write write) {
  Json out = Json::array();
  for (const T& value : values)
    out.push_back(write(value));
  return out;
}

// A call that is no attempt has neither id.
template <class Id>
Result<Id> read_id(const Json& json, std::string_view key) {
  TRY_ASSIGN(const auto text, require<std::string>(json, key, "job"));
  if (text.empty()) return Id{};
  return Id::parse(text);
}

}  // namespace

Json to_json(const Job& job) {
  return {{"schema", 1},
          {"attempt", job.attempt.value()},
          {"run", job.run.value()},
          {"pipeline", job.pipeline},
          {"step", job.step},
          {"kind", job.kind},
          {"folder", job.folder},
          {"timezone", job.timezone},
          {"spec", job.spec},
          {"views", array_of(job.views, view_json)},
          {"parameters", job.parameters},
          {"output", job.output ? output_json(*job.output) : Json()},
          {"quarantine", job.quarantine ? output_json(*job.quarantine) : Json()},
          {"models", array_of(job.models, model_json)},
          {"upstream", job.upstream},
          {"facts", job.facts},
          {"limits", {{"memory_bytes", job.limits.memory_bytes}, {"threads", job.limits.threads}}}};
}

Result<Job> job_from_json(const Json& json) {
  Job job;
  TRY_ASSIGN(const auto schema, require<std::int64_t>(json, "schema", "job"));
  if (schema != 1) {
    return invalid_input(fmt::format("job: schema {} is not known, only 1 is", schema));
  }
  TRY_ASSIGN(job.attempt, read_id<AttemptId>(json, "attempt"));
  TRY_ASSIGN(job.run, read_id<RunId>(json, "run"));
  TRY_ASSIGN(job.pipeline, require<std::string>(json, "pipeline", "job"));
  TRY_ASSIGN(job.step, require<std::string>(json, "step", "job"));
  TRY_ASSIGN(job.kind, require<std::string>(json, "kind", "job"));
  TRY_ASSIGN(job.folder, require<std::string>(json, "folder", "job"));
  TRY_ASSIGN(job.timezone, require<std::string>(json, "timezone", "job"));
  TRY_ASSIGN(job.views, list_of<InputView>(json, "views", "job", read_view));
  TRY_ASSIGN(job.models, list_of<ModelBinding>(json, "models", "job", read_model));
  TRY_ASSIGN(job.parameters, require<Json>(json, "parameters", "job"));
  TRY_ASSIGN(job.upstream, require<Json>(json, "upstream", "job"));
  TRY_ASSIGN(job.facts, require<Json>(json, "facts", "job"));
  job.spec = json.contains("spec") ? json["spec"] : Json();
  TRY_ASSIGN(const auto output, optional<Json>(json, "output", "job"));
  if (output) {
    TRY_ASSIGN(job.output, read_output(*output, "job.output"));
  }
  TRY_ASSIGN(const auto quarantine, optional<Json>(json, "quarantine", "job"));
  if (quarantine) {
    TRY_ASSIGN(job.quarantine, read_output(*quarantine, "job.quarantine"));
  }
  TRY_ASSIGN(const auto limits, require<Json>(json, "limits", "job"));
  TRY_ASSIGN(const auto memory, require<std::int64_t>(limits, "memory_bytes", "job.limits"));
  TRY_ASSIGN(const auto threads, require<std::int64_t>(limits, "threads", "job.limits"));
  job.limits.memory_bytes = static_cast<std::uint64_t>(memory);
  job.limits.threads = static_cast<int>(threads);
  return job;
}

}  // namespace gossamer::executors
