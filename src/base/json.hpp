// SPDX-License-Identifier: Apache-2.0
// JSON: read with limits and positions, written in one canonical form. Include it in sources only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json_fwd.hpp"
#include "base/result.hpp"

namespace gossamer {

struct JsonLimits {
  std::size_t bytes = std::size_t{64} << 20U;
  int depth = 100;
};

// One JSON value and nothing behind it. Refused with file, line and column: what is not JSON or not
// UTF-8, a key that is given twice, a number that no double holds, and what is over the limits.
Result<Json> parse_json(std::string_view text, std::string_view source_name,
                        const JsonLimits& limits = {});

// Sorted keys, no spaces, the shortest digits that read back to the same double (always with "." or
// "e", so that 1.0 stays a double). The same value gives the same bytes: digests are taken of it.
// invalid_input for NaN, infinities and strings that are not UTF-8, naming the path.
Result<std::string> canonical(const Json& value);

// The member `key` of an object as T: bool, std::int64_t, double, std::string,
// std::vector<std::string> or Json. invalid_input where `object` is no object, has no such key or
// another type there. Integers are taken as double, never the other way round. `where` is the path
// of `object` in messages ("a.b[0]").
template <class T>
Result<T> require(const Json& object, std::string_view key, std::string_view where = {});

// As require; nothing where the key is missing or null.
template <class T>
Result<std::optional<T>> optional(const Json& object, std::string_view key,
                                  std::string_view where = {});

}  // namespace gossamer
