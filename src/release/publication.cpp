// SPDX-License-Identifier: Apache-2.0
#include "release/publication.hpp"

#include <fmt/core.h>

#include "base/json_fields.hpp"

namespace gossamer::release {

namespace {

Json to_json(const DataFile& file) {
  return {{"name", file.name},
          {"bytes", file.bytes},
          {"rows", file.rows},
          {"digest", file.digest.text()}};
}

Result<DataFile> data_file_from_json(const Json& json, const std::string& where) {
  DataFile file;
  TRY_ASSIGN(file.name, require<std::string>(json, "name", where));
  TRY_ASSIGN(file.bytes, require_integer<std::uint64_t>(json, "bytes", where));
  TRY_ASSIGN(file.rows, require_integer<std::uint64_t>(json, "rows", where));
  TRY_ASSIGN(file.digest, require_parsed<Digest>(json, "digest", where));
  return file;
}

Result<ColumnSchema> column_schema_from_json(const Json& json, const std::string& where) {
  ColumnSchema column;
  TRY_ASSIGN(column.name, require<std::string>(json, "name", where));
  TRY_ASSIGN(column.type, require<std::string>(json, "type", where));
  return column;
}

Result<ColumnFacts> column_facts_from_json(const Json& json, const std::string& where) {
  ColumnFacts facts;
  TRY_ASSIGN(facts.name, require<std::string>(json, "name", where));
  TRY_ASSIGN(facts.nulls, require_integer<std::uint64_t>(json, "nulls", where));
  facts.minimum = member_or_null(json, "minimum");
  facts.maximum = member_or_null(json, "maximum");
  return facts;
}

}  // namespace

std::string_view name_of(Visibility visibility) {
  switch (visibility) {
    case Visibility::current:
      return "current";
    case Visibility::candidate:
      return "candidate";
  }
  return "unknown";
}

Digest content_digest(const PartitionContent& content) {
  Sha256 hash;
  // Each text goes in behind its length: no two lists of texts give the same bytes.
  const auto feed = [&hash](std::string_view text) {
    hash.update(fmt::format("{}:", text.size()));
    hash.update(text);
  };
  feed(content.table);
  feed(content.key.text());
  feed(std::to_string(content.schema.size()));
  for (const ColumnSchema& column : content.schema) {
    feed(column.name);
    feed(column.type);
  }
  feed(std::to_string(content.files.size()));
  for (const DataFile& file : content.files)
    feed(file.digest.text());
  return hash.finish();
}

Json to_json(const PartitionContent& content) {
  Json files = Json::array();
  for (const DataFile& file : content.files)
    files.push_back(to_json(file));
  Json schema = Json::array();
  for (const ColumnSchema& column : content.schema) {
    schema.push_back({{"name", column.name}, {"type", column.type}});
  }
  Json facts = Json::array();
  for (const ColumnFacts& column : content.facts) {
    facts.push_back({{"name", column.name},
                     {"nulls", column.nulls},
                     {"minimum", column.minimum},
                     {"maximum", column.maximum}});
  }
  return {{"table", content.table},
          {"partition", content.key.text()},
          {"attempt", content.attempt.value()},
          {"files", std::move(files)},
          {"schema", std::move(schema)},
          {"facts", std::move(facts)},
          {"rows", content.rows},
          {"checks", content.checks},
          {"digest", content.digest.text()}};
}

Result<PartitionContent> partition_content_from_json(const Json& json) {
  PartitionContent content;
  TRY_ASSIGN(content.table, require<std::string>(json, "table"));
  TRY_ASSIGN(content.key, require_parsed<PartitionKey>(json, "partition"));
  TRY_ASSIGN(content.attempt, require_parsed<AttemptId>(json, "attempt"));
  TRY_ASSIGN(content.files, require_list<DataFile>(json, "files", "", data_file_from_json));
  TRY_ASSIGN(content.schema,
             require_list<ColumnSchema>(json, "schema", "", column_schema_from_json));
  TRY_ASSIGN(content.facts, require_list<ColumnFacts>(json, "facts", "", column_facts_from_json));
  TRY_ASSIGN(content.rows, require_integer<std::uint64_t>(json, "rows"));
  content.checks = member_or_null(json, "checks");
  TRY_ASSIGN(content.digest, require_parsed<Digest>(json, "digest"));
  if (content.table.empty()) return invalid_input("table: the content names no table");
  if (content.files.empty()) {
    return invalid_input(fmt::format("files: the content of {} {} lists no file", content.table,
                                     content.key.text()));
  }
  return content;
}

Json to_json(const Publication& publication) {
  return {{"content", to_json(publication.content)},
          {"visibility", name_of(publication.visibility)},
          {"candidate", publication.candidate}};
}

Result<Publication> publication_from_json(const Json& json) {
  Publication publication;
  TRY_ASSIGN(const Json content, require<Json>(json, "content"));
  TRY_ASSIGN(publication.content, partition_content_from_json(content));
  TRY_ASSIGN(const std::string visibility, require<std::string>(json, "visibility"));
  TRY_ASSIGN(publication.candidate, require<std::string>(json, "candidate"));
  if (visibility == name_of(Visibility::candidate)) {
    publication.visibility = Visibility::candidate;
  } else if (visibility != name_of(Visibility::current)) {
    return invalid_input(
        fmt::format("visibility: `{}` is neither `current` nor `candidate`", visibility));
  }
  const bool is_named = !publication.candidate.empty();
  if (is_named != (publication.visibility == Visibility::candidate)) {
    return invalid_input("candidate: a candidate has a name, and nothing else has one");
  }
  return publication;
}

Json to_json(const ModelRegistration& registration) {
  return {{"model", registration.model},     {"version", registration.version},
          {"folder", registration.folder},   {"digest", registration.digest.text()},
          {"flavour", registration.flavour}, {"signature", registration.signature},
          {"facts", registration.facts},     {"metrics", registration.metrics}};
}

Result<ModelRegistration> model_registration_from_json(const Json& json) {
  ModelRegistration registration;
  TRY_ASSIGN(registration.model, require<std::string>(json, "model"));
  TRY_ASSIGN(registration.version, require_integer<int>(json, "version"));
  TRY_ASSIGN(registration.folder, require<std::string>(json, "folder"));
  TRY_ASSIGN(registration.digest, require_parsed<Digest>(json, "digest"));
  TRY_ASSIGN(registration.flavour, require<std::string>(json, "flavour"));
  registration.signature = member_or_null(json, "signature");
  registration.facts = member_or_null(json, "facts");
  registration.metrics = member_or_null(json, "metrics");
  if (registration.model.empty()) return invalid_input("model: the registration names no model");
  if (registration.version < 0) {
    return invalid_input(fmt::format("version: {} is negative", registration.version));
  }
  return registration;
}

}  // namespace gossamer::release
