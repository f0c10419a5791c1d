// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gossamer {

// The candidate that `word` was most likely meant to be (edit distance with transpositions, case
// ignored, at most a third of the word); nothing where none is near. Ties go to the first.
std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates);

// " (did you mean `x`?)", or nothing: to be put behind a message about an unknown word.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace gossamer
