// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/json_fwd.hpp"
#include "base/result.hpp"

namespace gossamer {

enum class Presence : std::uint8_t {
  required,  // no null may stand there
  nullable,
};

struct SignatureColumn {
  std::string name;
  ColumnType type = ColumnType::float64;
  Presence presence = Presence::nullable;

  bool operator==(const SignatureColumn&) const = default;
};

// What a consumer expects of a batch: columns in order. Further columns of a batch are ignored.
struct Signature {
  std::vector<SignatureColumn> columns;

  bool operator==(const Signature&) const = default;
  [[nodiscard]] const SignatureColumn* find(std::string_view name) const;
};

Signature signature_of(const Batch& batch);

// The batch's columns in the signature's order and types (converted where the values survive).
// invalid_input lists every column that is missing, cannot be converted or has a null where
// required.
Result<Batch> conform(const Batch& batch, const Signature& signature);

// [{"name":"age","type":"int64","required":true}, ...]
Json to_json(const Signature& signature);
Result<Signature> parse_signature(const Json& json);

}  // namespace gossamer
