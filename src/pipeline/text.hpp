// SPDX-License-Identifier: Apache-2.0
// Texts, references and queries: the leaves of a definition.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace gossamer::pipeline {

enum class Scope { steps, run, params, settings, secrets, each };

// `${steps.train.version}` has scope steps and path {train, version}.
struct Reference {
  Scope scope = Scope::run;
  std::vector<std::string> path;
  bool operator==(const Reference&) const = default;
};

// A text in pieces; a piece is either literal or a reference. A text that is exactly one reference
// keeps the type of what it refers to, any other becomes a string.
struct Text {
  std::vector<std::variant<std::string, Reference>> pieces;
  Position position;
  bool is_literal() const;
  std::string literal() const;  // the text as written, references in their `${...}` form
};

// A value of any type as written, or a text with references that becomes one: `rounds: 300`,
// `rounds: "${params.rounds}"`.
using Value = std::variant<Json, Text>;

// A query: a file of its own, or written in place.
struct Query {
  std::string file;  // relative to the workspace; empty for one written in place
  std::string text;
  Digest digest;
  std::vector<std::string> tables;      // names that it reads, its own CTEs left out
  std::vector<std::string> parameters;  // `$name` without the dollar sign
  std::vector<std::string> models;      // literal model names in its predict(...) calls
  bool is_volatile = false;             // random(), now() and the like: never reused across runs
  Position position;
};

}  // namespace gossamer::pipeline
