// SPDX-License-Identifier: Apache-2.0
// What `gossamer doctor` looks at, and what it has found.
#pragma once

#include <string>
#include <utility>

#include "app/place.hpp"
#include "base/json.hpp"
#include "pipeline/definition.hpp"

namespace gossamer::app {

// What was looked at, as rows: `ok`, `warning` (works, but) or `failed` (does not work until
// mended), each with what to do about it.
class Findings {
 public:
  void ok(const char* check, std::string detail) { add(check, "ok", std::move(detail), ""); }
  void warning(const char* check, std::string detail, std::string advice) {
    add(check, "warning", std::move(detail), std::move(advice));
  }
  void failed(const char* check, std::string detail, std::string advice) {
    add(check, "failed", std::move(detail), std::move(advice));
  }
  const Json& rows() const { return rows_; }

 private:
  void add(const char* check, const char* state, std::string detail, std::string advice) {
    rows_.push_back({{"check", check},
                     {"state", state},
                     {"detail", std::move(detail)},
                     {"advice", std::move(advice)}});
  }
  Json rows_ = Json::array();
};

// Of the machine.
void look_at_program(Findings& found, const char* name, const fs::path& program);
void look_at_disk(Findings& found, const fs::path& folder);
void look_at_syncs(Findings& found, const fs::path& state);
// What steps of the definition need of the machine: a Python for notebooks, a container runtime.
void look_at_needs(Findings& found, const pipeline::Definition& definition,
                   const Environment& environment);

// Of the workspace. The first says whether the others have a store to look into.
bool look_at_store(Findings& found, const Paths& paths);
void look_at_attempts(Findings& found, const Paths& paths);
void look_at_contents(Findings& found, const Paths& paths);

}  // namespace gossamer::app
