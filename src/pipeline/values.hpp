// SPDX-License-Identifier: Apache-2.0
// Typed values that people give: parameters and settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/problems.hpp"

namespace gossamer::pipeline {

// integer number string boolean date duration
const std::vector<std::string>& value_types();

// "a whole number", "a day such as 2026-11-22": what a type wants, for people.
std::string_view wanted(std::string_view type);

// Whether a value is of the type, within the bounds and among the allowed ones. The message says
// which of these it is not; `name` is how it calls the value.
Result<void> check_value(std::string_view name, const Json& value, const Parameter& declaration);

// What `--param name=text` means: the text as a value of the declared type.
Result<Json> parse_value(std::string_view name, std::string_view text,
                         const Parameter& declaration);

// Reports a value in a file that does not fit.
void check_value(const YamlNode& node, const Parameter& declaration, Problems& problems);

// Whether a value of type `from` may stand where `to` is wanted: a whole number may be a number.
bool is_convertible(std::string_view from, std::string_view to);

}  // namespace gossamer::pipeline
