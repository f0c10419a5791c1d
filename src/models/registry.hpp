// SPDX-License-Identifier: Apache-2.0
// models: what is known of a model. Owns versions, aliases, lineage and MLflow's folder format;
// reads them through the port ModelStore. Never loads a model into memory: scoring does.
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

class ModelStore {
 public:
  virtual ~ModelStore() = default;
  virtual Result<std::vector<Version>> list(const std::string& model) const = 0;  // empty: all
  virtual Result<Version> find(const std::string& model, int version) const = 0;  // not_found
  // not_found names the alias and lists those that exist.
  virtual Result<Version> resolve(const Name& name) const = 0;
};

}  // namespace gossamer::models
