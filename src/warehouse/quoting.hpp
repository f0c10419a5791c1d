// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gossamer::warehouse {

// "name" in double quotes, 'text' in single ones, doubled inside.
std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);
// raw.rentals becomes "raw"."rentals".
std::string quoted_table(std::string_view table);

}  // namespace gossamer::warehouse
