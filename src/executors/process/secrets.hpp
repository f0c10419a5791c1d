// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/environment.hpp"
#include "base/files.hpp"
#include "base/json_fwd.hpp"
#include "base/result.hpp"
#include "pipeline/definition.hpp"

namespace gossamer::executors {

// Learns the secrets that one attempt names, each once, and remembers their values so that its log
// can leave them out. Nothing else ever holds them.
class SecretReader {
 public:
  // Keeps the references. Relative files and commands are the workspace's.
  SecretReader(const std::map<std::string, pipeline::SecretSource>& sources,
               const Environment& environment, fs::path workspace)
      : sources_(sources), environment_(environment), workspace_(std::move(workspace)) {}

  // A resolved text: a string or another plain value as JSON writes it, or {"pieces": [...]} with
  // {"secret": "name"} among them. not_found names a secret that is not declared or has no value.
  Result<std::string> text_of(const Json& resolved);

  [[nodiscard]] std::vector<std::string> values() const;

 private:
  Result<std::string> value_of(const std::string& name);
  Result<std::string> read(const std::string& name, const pipeline::SecretSource& source) const;

  const std::map<std::string, pipeline::SecretSource>& sources_;
  const Environment& environment_;
  fs::path workspace_;
  std::map<std::string, std::string> known_;
};

}  // namespace gossamer::executors
