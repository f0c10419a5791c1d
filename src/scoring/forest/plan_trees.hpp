// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scoring/forest/forest.hpp"

#include <cstdint>
#include <vector>

namespace gossamer::scoring::forest {

// Leaves numbered from left to right are bits; [begin, end) of them.
struct LeafRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool operator==(const LeafRange&) const = default;
};

struct LeafOrder {
  std::vector<std::uint32_t> leaves;     // the tree's leaf at each place
  std::vector<LeafRange> left_subtrees;  // by split
};

LeafOrder leaf_order(const Forest& forest, const Tree& tree);

// A byte of the bits that a failed test clears in part or whole, and what stays of it.
struct ClearedByte {
  std::uint32_t byte = 0;
  std::uint8_t kept = 0;
};
std::vector<ClearedByte> cleared_bytes(LeafRange range);

}  // namespace gossamer::scoring::forest
