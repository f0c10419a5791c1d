// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gossamer::executors {

// Numbers as text that keeps every bit: 16 hex digits each.
void append_packed(std::string& text, double number);
// Number `index` of such a text; nothing where it is too short or no such text.
std::optional<double> packed_at(std::string_view text, std::size_t index);

}  // namespace gossamer::executors
