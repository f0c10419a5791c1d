// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.hpp"

struct sqlite3;

namespace gossamer::sql {

// The last failure of a connection as an Error: what went wrong, then the statement (shortened) or
// path.
Error error_of(sqlite3* connection, std::string_view statement);

}  // namespace gossamer::sql
