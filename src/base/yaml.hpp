// SPDX-License-Identifier: Apache-2.0
// YAML 1.2, core schema, as a tree that remembers where everything stood. Tags and merge keys are
// refused. An alias is a copy that keeps the places of its original; copies count against the
// limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.hpp"
#include "base/result.hpp"

namespace gossamer {

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { null, boolean, integer, floating, string, sequence, mapping };

  Kind kind = Kind::null;
  bool quoted = false;           // a scalar in quotes, or a block scalar: always a string
  bool looks_like_time = false;  // unquoted 04:30 or 04:30:00, which other parsers read as a number
  bool boolean = false;
  std::int64_t integer = 0;
  double floating = 0;  // also set for an integer

  int line = 0;  // where the node begins, from 1
  int column = 0;
  std::size_t begin = 0;  // its bytes in the text, [begin, end)
  std::size_t end = 0;

  std::string text;                // a scalar's content, unquoted and unfolded
  std::vector<YamlNode> items;     // of a sequence
  std::vector<YamlEntry> entries;  // of a mapping, in the order of the text; keys are strings
  std::shared_ptr<const std::string> file;  // the source name, shared by the whole tree

  [[nodiscard]] Position position() const;
  // The value of a key; null where this is no mapping or has no such key.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  [[nodiscard]] bool is_scalar() const;
};

struct YamlEntry {
  YamlNode key;
  YamlNode value;
};

// "a string", "a mapping": for messages that say what was found.
std::string_view name_of(YamlNode::Kind kind);

struct YamlLimits {
  std::size_t bytes = std::size_t{4} << 20U;
  std::size_t nodes = 200'000;
  int depth = 64;
};

// What there is besides errors. After a key that is given twice (the first one counts), a tag or a
// number out of range the reading goes on; what is no YAML at all ends it.
struct YamlReading {
  std::vector<YamlNode> documents;  // those that were read to their end
  std::vector<Error> errors;        // in the order of the text
};

// For whoever wants to show every mistake at once.
YamlReading read_yaml_stream(std::string_view text, std::string_view source_name,
                             const YamlLimits& limits = {});

// All documents of the stream; an empty text has none. The first error ends it: invalid_input with
// file, line and column. A key that is given twice names both places.
Result<std::vector<YamlNode>> parse_yaml_stream(std::string_view text, std::string_view source_name,
                                                const YamlLimits& limits = {});

// Exactly one document; an empty text is null.
Result<YamlNode> parse_yaml(std::string_view text, std::string_view source_name,
                            const YamlLimits& limits = {});

// The same value without positions. Infinities and NaN, which JSON lacks, are invalid_input.
Result<Json> to_json(const YamlNode& node);

}  // namespace gossamer
