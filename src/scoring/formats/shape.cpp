// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace gossamer::scoring::formats {

Result<void> check_description(const Shape& shape, const Description& description) {
  const auto described = std::ssize(description.features.columns);
  if (shape.features != described) {
    return invalid_input(
        fmt::format("it has {} features, its description {}", shape.features, described));
  }
  const auto outputs = std::max<std::ptrdiff_t>(1, std::ssize(description.classes));
  if (shape.outputs != outputs) {
    return invalid_input(
        fmt::format("it gives {} numbers a row, its description says {}", shape.outputs, outputs));
  }
  return {};
}

Result<Reached> walk_tree(std::span<const std::int64_t> left, std::span<const std::int64_t> right) {
  struct Visit {
    std::int64_t node = 0;
    int level = 0;
  };
  const std::int64_t nodes = std::ssize(left);
  Reached reached;
  std::vector<bool> seen(left.size(), false);
  std::vector<Visit> open{{0, 1}};
  while (!open.empty()) {
    const Visit visit = open.back();
    open.pop_back();
    if (visit.node < 0) {
      ++reached.leaves;
      continue;
    }
    if (visit.node >= nodes) {
      return invalid_input(fmt::format("a child is node {} of {}", visit.node, nodes));
    }
    const auto at = static_cast<std::size_t>(visit.node);
    if (seen[at]) return invalid_input(fmt::format("node {} is reached twice", visit.node));
    if (visit.level > levels_max) {
      return invalid_input(fmt::format("it has more than {} levels", levels_max));
    }
    seen[at] = true;
    ++reached.nodes;
    open.push_back({left[at], visit.level + 1});
    open.push_back({right[at], visit.level + 1});
  }
  return reached;
}

}  // namespace gossamer::scoring::formats
