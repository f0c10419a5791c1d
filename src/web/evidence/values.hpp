// SPDX-License-Identifier: Apache-2.0
// Careful reads of evidence: a missing or odd part shows as "-", never as an exception.
#pragma once

#include <string>

#include "base/json.hpp"
#include "base/time.hpp"

namespace gossamer::web {

const Json& list_at(const Json& object, const char* key);  // an empty array where it is no array
std::string text_at(const Json& object, const char* key);  // "-" where it is missing
bool is_empty_at(const Json& object, const char* key);     // missing, null or ""
std::string number_text(const Json& value);
// "2026-11-24 19:35 UTC": what people need of a moment.
std::string moment_text(Instant moment);
// A value of a sample row; moments without the zeros behind their seconds.
std::string cell_text(const Json& value);  // six significant digits, "-" for null
std::string any_text(const Json& value);

// "+0.012 (+1.4%)" between the old and the new figure.
std::string difference_text(const Json& metric);
// "good", "bad" or "": whether the difference is for the better, as the metric's `better` tells.
std::string better_word(const Json& metric);
// What the criteria say of one metric: "met: at most 60".
std::string criteria_of(const Json& figures, const std::string& metric);
// "range temp [0,1]", with the number of bad rows where it failed.
std::string check_text(const Json& check);

}  // namespace gossamer::web
