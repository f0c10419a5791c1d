// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/definition.hpp"

namespace gossamer::pipeline {

std::string_view name_of(Scope scope);
// "${steps.train.version}"
std::string to_string(const Reference& reference);

// Splits a text at its `${...}`; `$${` is the text "${". invalid_input for a reference that does
// not end, is empty, or begins with no known scope.
Result<Text> parse_text(std::string_view text, Position position);

// The text as a file would have it, `${` of plain text escaped: parse_text reads it back.
std::string to_source(const Text& text);

// The same rule as a regular expression for JSON Schema.
std::string reference_text_pattern();

std::vector<Reference> references_in(const Text& text);
// The one reference that the text consists of; nothing where it has other pieces.
std::optional<Reference> sole_reference(const Text& text);

// A `${` outside of quotes inside `{ }` or `[ ]`, which YAML cannot read.
struct UnquotedReference {
  std::size_t begin = 0;  // bytes of the text, from `$` to behind `}`
  std::size_t end = 0;
  int line = 0;
  int column = 0;
};
std::vector<UnquotedReference> unquoted_references(std::string_view yaml);

}  // namespace gossamer::pipeline
