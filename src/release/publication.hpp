// SPDX-License-Identifier: Apache-2.0
// release: what a decision changes. Pure values and rules: partitions that become visible, model
// versions, aliases, settings, and the switches that move them together. Never does I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"

namespace gossamer::release {

// Where one partition lies: `day=2026-11-22/country=jp`, `hour=2026-11-22T04`; no pair: `all`.
struct PartitionKey {
  std::vector<std::pair<std::string, std::string>> pairs;
  // `key=value/...` or `all`: the path below the table's folder, as Hive writes it. What is
  // neither a letter, a digit, one of `-_.~+@,` nor beyond ASCII is percent-encoded.
  std::string text() const;
  // Reads text() back. Also takes a value that a person typed without encoding, where `/` and
  // `%` do not occur in it. Refused: empty keys and values, keys given twice, Hive's word for
  // NULL, what is not UTF-8, and a pair that no file system takes as a name (255 bytes).
  static Result<PartitionKey> parse(std::string_view text);
  bool operator==(const PartitionKey&) const = default;
  auto operator<=>(const PartitionKey&) const = default;
};

struct ColumnSchema {
  std::string name;
  std::string type;  // DuckDB's name of the type
  bool operator==(const ColumnSchema&) const = default;
};

struct DataFile {
  std::string name;  // part-<attempt>-<n>.parquet
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
  Digest digest;
};

// Out of Parquet footers, at no cost: what a commit knows of a column.
struct ColumnFacts {
  std::string name;
  std::uint64_t nulls = 0;
  Json minimum;
  Json maximum;
};

// The immutable content of one partition, written by one attempt.
struct PartitionContent {
  std::string table;
  PartitionKey key;
  AttemptId attempt;
  std::vector<DataFile> files;  // at least one, also without rows
  std::vector<ColumnSchema> schema;
  std::vector<ColumnFacts> facts;
  std::uint64_t rows = 0;
  Json checks;    // results of the declared checks, as shown beside the snapshot
  Digest digest;  // over table, key, schema and file digests
};

enum class Visibility : std::uint8_t { current, candidate };

// Makes a content current, or keeps it as a candidate until a switch publishes it.
struct Publication {
  PartitionContent content;
  Visibility visibility = Visibility::current;
  std::string candidate;  // the candidate's name; empty when it becomes current
};

// A trained or imported artifact that becomes a version when its attempt is committed.
struct ModelRegistration {
  std::string model;
  int version = 0;      // assigned by the engine, in the commit's order
  std::string folder;   // where the attempt left the artifact, relative to `.gossamer/`
  Digest digest;        // over every file of the folder
  std::string flavour;  // xgboost | lightgbm | onnx | python_function
  Json signature;       // names, types, missing rule
  Json facts;           // parameters, data snapshot, training rows, importance
  Json metrics;         // name to figure
};

// Over table, key, schema and the files' digests, so that equal rows written by two attempts have
// equal digests.
Digest content_digest(const PartitionContent& content);

std::string_view name_of(Visibility visibility);

Json to_json(const PartitionContent& content);
Result<PartitionContent> partition_content_from_json(const Json& json);
Json to_json(const Publication& publication);
Result<Publication> publication_from_json(const Json& json);
Json to_json(const ModelRegistration& registration);
Result<ModelRegistration> model_registration_from_json(const Json& json);

}  // namespace gossamer::release
