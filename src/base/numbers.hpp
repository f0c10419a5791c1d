// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gossamer {

// The whole text is one decimal number within the bounds, without blanks or a leading "+".
Result<std::int64_t> parse_integer(std::string_view text,
                                   std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                                   std::int64_t most = std::numeric_limits<std::int64_t>::max());
// The whole text is one finite number.
Result<double> parse_number(std::string_view text);
// "512", "64KB", "1.5 GiB": K, M, G, T are powers of 1000, Ki, Mi, Gi, Ti of 1024; the B may be
// missing.
Result<std::int64_t> parse_bytes(std::string_view text);

// The fewest digits that read back to the same double: "0.1", "1e+30", "nan", "inf".
std::string shortest(double number);
// For people: "1,234,567".
std::string format_count(std::int64_t count);
// For people: "999 B", "1.5 MB" (powers of 1000).
std::string format_bytes(std::int64_t bytes);
// For people: "0.012 s", "12.3 s", "4 min 05 s", "3 h 07 min".
std::string format_seconds(double seconds);
// For people: at most `digits` significant ones, without an exponent between 1e-4 and 1e15.
std::string format_significant(double number, int digits = 4);

}  // namespace gossamer
