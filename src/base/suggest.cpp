// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace gossamer {
namespace {

// Words longer than this are no typing mistakes of each other, and the distance is quadratic.
constexpr std::size_t longest_word = 128;

// Optimal string alignment: insertions, deletions, replacements, swaps of neighbours.
std::size_t distance(std::string_view left, std::string_view right) {
  const std::size_t width = right.size() + 1;
  std::vector<std::size_t> table((left.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return table[i * width + j];
  };
  for (std::size_t i = 0; i <= left.size(); ++i)
    at(i, 0) = i;
  for (std::size_t j = 0; j <= right.size(); ++j)
    at(0, j) = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = at(i - 1, j - 1) + (left[i - 1] == right[j - 1] ? 0U : 1U);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(left.size(), right.size());
}

}  // namespace

std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > longest_word) return std::nullopt;
  const std::string wanted = lower_case(word);
  const std::size_t allowed = std::max<std::size_t>(1, wanted.size() / 3);
  std::size_t best = allowed + 1;
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > wanted.size() + allowed) continue;
    const std::size_t far = distance(wanted, lower_case(candidate));
    // One letter against another has nothing in common.
    if (far >= best || far >= std::max(wanted.size(), candidate.size())) continue;
    best = far;
    found = candidate;
  }
  return found;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const auto found = closest(word, candidates);
  return found ? " (did you mean `" + *found + "`?)" : std::string{};
}

}  // namespace gossamer
