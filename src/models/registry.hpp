// SPDX-License-Identifier: Apache-2.0
// models: what is known of a model. Owns versions, aliases, lineage and MLflow's folder format;
// reads them through the port ModelStore, and changes them by hand through ModelKeeper. Never loads
// a model into memory: scoring does.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "release/publication.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gossamer::models {

struct Version {
  release::ModelRegistration registration;
  RunId run;
  std::string step;
  Instant created_at{};
  std::vector<std::string> aliases;
};

// `credit/7`, `credit@champion`, or a name alone where a caller allows it.
struct Name {
  std::string model;
  std::optional<int> version;
  std::string alias;
  static Result<Name> parse(std::string_view text);
  std::string text() const;
};

// Predictions of a version that are kept in a table.
struct Scored {
  std::string table;
  std::uint64_t partitions = 0;
  std::uint64_t rows = 0;
  std::uint64_t current = 0;  // of the partitions, how many are what a reader sees now
};

class ModelStore {
 public:
  virtual ~ModelStore() = default;
  virtual Result<std::vector<Version>> list(const std::string& model) const = 0;  // empty: all
  virtual Result<Version> find(const std::string& model, int version) const = 0;  // not_found
  // not_found names the alias and lists those that exist.
  virtual Result<Version> resolve(const Name& name) const = 0;
  // Where its predictions are, by table.
  virtual Result<std::vector<Scored>> scored_by(const std::string& model, int version) const = 0;
};

// Who changes the registry by hand, and why.
struct Change {
  std::string actor;
  bool verified = false;
  std::string channel;
  std::string reason;
  Instant at{};
};

// What people add to the registry and take out of it, each with its audit entry. A number is given
// once: that of a deleted version never comes again.
class ModelKeeper {
 public:
  virtual ~ModelKeeper() = default;
  // As the next version of its model; the registration's own number is not looked at.
  virtual Result<Version> add(release::ModelRegistration registration, const Change& change) = 0;
  // The version as it was. conflict names all that needs it: an alias, an open gate, a run or
  // backfill under way, rows that are kept. Its files are the caller's to remove.
  virtual Result<Version> remove(const std::string& model, int version, const Change& change) = 0;
};

}  // namespace gossamer::models
