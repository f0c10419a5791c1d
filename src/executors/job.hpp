// SPDX-License-Identifier: Apache-2.0
// One job as a worker process sees it: everything by value, so that a worker needs no database and
// can finish after its engine has died. Written to `job.json` in the attempt's folder.
#pragma once

#include "orchestration/run.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gossamer::executors {

// One immutable file of a pinned snapshot, with the key values of its partition.
struct InputFile {
  std::string path;  // absolute
  std::vector<std::pair<std::string, std::string>> keys;
};

// A name that SQL may read: a view over exactly these files.
struct InputView {
  std::string name;
  std::vector<InputFile> files;
  std::vector<release::ColumnSchema> columns;      // for a table without files
  std::vector<release::ColumnSchema> key_columns;  // added where the rows do not carry them
  std::string time_column;                         // cut by the bounds below when not empty
  std::optional<Instant> from;
  std::optional<Instant> until;
};

// Where rows go: files under `folder`, for one partition of one table.
struct OutputTarget {
  std::string table;
  release::PartitionKey key;
  std::vector<release::ColumnSchema> key_columns;
  std::string folder;  // absolute; warehouse/.data/<table>/<attempt>/<partition>
  std::vector<pipeline::Check> checks;
  std::vector<std::string> unique;
  std::vector<release::ColumnSchema> previous_schema;  // empty: the first publish
  bool schema_may_change = false;
  release::Visibility visibility = release::Visibility::current;
  std::string candidate;
};

// A model version that the job may load, under the name that the declaration used.
struct ModelBinding {
  std::string reference;  // e.g. bike_demand@champion
  std::string model;
  int version = 0;
  std::string folder;  // absolute
  Digest digest;
};

struct Limits {
  std::uint64_t memory_bytes = 0;
  int threads = 1;
};

struct Job {
  AttemptId attempt;
  RunId run;
  std::string pipeline;
  std::string step;
  std::string kind;    // a step kind's name, or: import query parse_sql
  std::string folder;  // the attempt's own, absolute
  std::string timezone;
  Json spec;  // the declaration with references resolved
  std::vector<InputView> views;
  Json parameters = Json::object();  // name -> {"type": "DATE", "value": "2026-11-22"}
  std::optional<OutputTarget> output;
  std::optional<OutputTarget> quarantine;  // rows that `predict` could not score
  std::vector<ModelBinding> models;
  // Finished steps that this one depends on, by name: {"kind", "outcome", "rows", "report",
  // "outputs", "publications": [release::Publication as JSON]}.
  Json upstream = Json::object();
  // Kind `profile`: {"private": [columns to mask]}.
  // Kind `approval`, what a gate's evidence says beside the results: {"partition": "day=...",
  // "starter": "ana", "params": {}, "aliases": {"m@champion": 3 | null}, "settings": {name: value},
  // "private": [columns to mask], "history": [{"version": "m/2", "metrics": {}}]}.
  Json facts = Json::object();
  Limits limits;
};

Json to_json(const Job& job);
Result<Job> job_from_json(const Json& json);

// What a handler may do besides its work.
class JobChannel {
 public:
  virtual ~JobChannel() = default;
  virtual void progress(std::uint64_t done, std::uint64_t total) = 0;
  virtual bool is_cancelled() const = 0;
  virtual void log(std::string_view line) = 0;  // into the attempt's log
};

// The error becomes the attempt's failure: invalid_input, unavailable, ... by its kind.
using JobHandler = std::function<Result<orchestration::AttemptResult>(const Job&, JobChannel&)>;

}  // namespace gossamer::executors
