// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/plan_trees.hpp"

#include <algorithm>

namespace gossamer::scoring::forest {

LeafOrder leaf_order(const Forest& forest, const Tree& tree) {
  LeafOrder order;
  order.left_subtrees.resize(tree.splits);
  // A stack of its own instead of recursion: a file can hold a tree of any depth.
  struct Visit {
    std::int32_t node = 0;
    bool ends_left_subtree = false;
  };
  std::vector<Visit> open;
  if (tree.splits == 0) {
    order.leaves.push_back(0);
    return order;
  }
  open.push_back({0, false});
  while (!open.empty()) {
    const Visit visit = open.back();
    open.pop_back();
    const auto placed = static_cast<std::uint32_t>(order.leaves.size());
    if (visit.node < 0) {
      order.leaves.push_back(static_cast<std::uint32_t>(~visit.node));
      continue;
    }
    const auto index = static_cast<std::uint32_t>(visit.node);
    const Split& split = forest.splits[tree.first_split + index];
    if (visit.ends_left_subtree) {
      order.left_subtrees[index].end = placed;
      open.push_back({split.right, false});
      continue;
    }
    order.left_subtrees[index].begin = placed;
    open.push_back({visit.node, true});
    open.push_back({split.left, false});
  }
  return order;
}

std::vector<ClearedByte> cleared_bytes(LeafRange range) {
  std::vector<ClearedByte> bytes;
  for (std::uint32_t byte = range.begin / 8; byte * 8 < range.end; ++byte) {
    const std::uint32_t first = std::max(range.begin, byte * 8) - byte * 8;
    const std::uint32_t last = std::min(range.end, byte * 8 + 8) - byte * 8;
    const std::uint32_t cleared = ((1U << (last - first)) - 1U) << first;
    bytes.push_back({byte, static_cast<std::uint8_t>(~cleared)});
  }
  return bytes;
}

}  // namespace gossamer::scoring::forest
