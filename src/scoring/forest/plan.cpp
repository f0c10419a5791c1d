// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "scoring/forest/plan_trees.hpp"

namespace gossamer::scoring::forest {
namespace {

// Beyond these a tree is walked instead: the planes of a block are to stay in the cache.
constexpr std::size_t planes_max = 8192;
constexpr std::uint32_t code_max = 65535;
constexpr std::size_t codes_max = 253;  // classes 0, 1 and 255 are spoken for

Fill fill_of(const Split& split) {
  switch (split.missing) {
    case Missing::none:
      return Fill::nan_as_zero;
    case Missing::zero:
      return split.default_left ? Fill::zero_left : Fill::zero_right;
    case Missing::nan:
      break;
  }
  return split.default_left ? Fill::nan_left : Fill::nan_right;
}

// All that the splits of one feature ask.
struct Usage {
  std::vector<double> cuts;
  std::vector<Fill> fills;
  std::vector<std::uint32_t> codes;
  bool has_sets = false;
  bool walks_sets = false;
};

void sort_unique(auto& values) {
  std::ranges::sort(values);
  const auto rest = std::ranges::unique(values);
  values.erase(rest.begin(), rest.end());
}

std::map<std::uint32_t, Usage> usages_of(const Forest& forest) {
  std::map<std::uint32_t, Usage> usages;
  for (const Tree& tree : forest.trees) {
    if (tree.splits >= leaves_max) continue;
    for (std::uint32_t i = 0; i < tree.splits; ++i) {
      const Split& split = forest.splits[tree.first_split + i];
      Usage& usage = usages[split.feature];
      if (split.set == no_set) {
        usage.cuts.push_back(split.threshold);
        usage.fills.push_back(fill_of(split));
        continue;
      }
      usage.has_sets = true;
      const CategorySet& set = forest.sets[split.set];
      usage.codes.insert(usage.codes.end(), forest.codes.begin() + set.begin,
                         forest.codes.begin() + set.begin + set.size);
    }
  }
  for (auto& [feature, usage] : usages) {
    sort_unique(usage.cuts);
    sort_unique(usage.fills);
    sort_unique(usage.codes);
    usage.walks_sets =
        usage.codes.size() > codes_max || (!usage.codes.empty() && usage.codes.back() > code_max);
  }
  return usages;
}

template <class T>
std::uint32_t append_cuts(AlignedVector<T>& into, const std::vector<double>& cuts,
                          std::size_t begin, std::size_t end) {
  const auto first = static_cast<std::uint32_t>(into.size());
  const std::size_t blocks = (end - begin + 15) / 16;
  into.resize(into.size() + 16 + blocks * 16, std::numeric_limits<T>::quiet_NaN());
  T* const coarse = into.data() + first;
  for (std::size_t i = begin; i < end; ++i)
    coarse[16 + i - begin] = static_cast<T>(cuts[i]);
  for (std::size_t block = 0; block + 1 < blocks; ++block)
    coarse[block] = coarse[16 + block * 16 + 15];
  return first;
}

std::int8_t rank_of_zero(const std::vector<double>& cuts, std::size_t begin, std::size_t end) {
  const auto below = std::ranges::lower_bound(cuts, 0.0) - cuts.begin();
  const auto within = std::clamp<std::ptrdiff_t>(below - static_cast<std::ptrdiff_t>(begin), 0,
                                                 static_cast<std::ptrdiff_t>(end - begin));
  return static_cast<std::int8_t>(static_cast<int>(within) - rank_bias);
}

class Planner {
 public:
  explicit Planner(const Forest& forest) : forest_(forest), usages_(usages_of(forest)) {
    plan_.dialect = forest.dialect;
  }

  Plan make() {
    std::size_t planes = 0;
    for (const auto& [feature, usage] : usages_)
      planes += chunks_of(usage) * usage.fills.size() + (usage.has_sets ? 1 : 0);
    walks_all_ = planes > planes_max;
    if (!walks_all_) {
      for (const auto& [feature, usage] : usages_)
        add_feature(feature, usage);
    }
    for (const Tree& tree : forest_.trees)
      add_tree(tree);
    return std::move(plan_);
  }

 private:
  static std::size_t chunks_of(const Usage& usage) {
    return (usage.cuts.size() + cuts_per_plane - 1) / cuts_per_plane;
  }

  std::uint32_t new_planes(std::size_t count) {
    const auto first = static_cast<std::uint32_t>(plan_.planes);
    plan_.planes += count;
    return first;
  }

  void add_feature(std::uint32_t feature, const Usage& usage) {
    PlannedFeature planned{
        .feature = feature, .fills = usage.fills, .chunks = {}, .categories = {}};
    for (std::size_t i = 0; i < chunks_of(usage); ++i) {
      const std::size_t begin = i * cuts_per_plane;
      const std::size_t end = std::min(begin + cuts_per_plane, usage.cuts.size());
      const bool narrow = forest_.dialect == Dialect::xgboost;
      planned.chunks.push_back(
          {.first_cut = narrow ? append_cuts(plan_.cuts32, usage.cuts, begin, end)
                               : append_cuts(plan_.cuts64, usage.cuts, begin, end),
           .blocks = static_cast<std::uint32_t>((end - begin + 15) / 16),
           .first_plane = new_planes(usage.fills.size()),
           .rank_of_zero = rank_of_zero(usage.cuts, begin, end)});
    }
    if (usage.has_sets && !usage.walks_sets) {
      CategoryPlane categories{.plane = static_cast<std::uint16_t>(new_planes(1)), .class_of = {}};
      if (!usage.codes.empty()) categories.class_of.resize(usage.codes.back() + std::size_t{1}, 0);
      for (std::size_t i = 0; i < usage.codes.size(); ++i)
        categories.class_of[usage.codes[i]] = static_cast<std::uint8_t>(2 + i);
      planned.categories.push_back(std::move(categories));
    }
    index_of_[feature] = plan_.features.size();
    plan_.features.push_back(std::move(planned));
  }

  bool is_walked(const Tree& tree) const {
    if (walks_all_ || tree.splits >= leaves_max) return true;
    for (std::uint32_t i = 0; i < tree.splits; ++i) {
      const Split& split = forest_.splits[tree.first_split + i];
      if (split.set != no_set && usages_.at(split.feature).walks_sets) return true;
    }
    return false;
  }

  RankTest rank_test(const Split& split) const {
    const Usage& usage = usages_.at(split.feature);
    const PlannedFeature& planned = plan_.features[index_of_.at(split.feature)];
    const auto cut = static_cast<std::size_t>(
        std::ranges::lower_bound(usage.cuts, split.threshold) - usage.cuts.begin());
    const auto fill = static_cast<std::uint32_t>(std::ranges::find(usage.fills, fill_of(split)) -
                                                 usage.fills.begin());
    const std::uint32_t plane = planned.chunks[cut / cuts_per_plane].first_plane + fill;
    const auto threshold = static_cast<int>(cut % cuts_per_plane) + 1 - rank_bias;
    return {static_cast<std::uint16_t>(plane), static_cast<std::int8_t>(threshold), 0};
  }

  SetTest set_test(const Split& split) {
    const CategoryPlane& categories =
        plan_.features[index_of_.at(split.feature)].categories.front();
    const CategorySet& set = forest_.sets[split.set];
    SetTable table;
    table.fill(split.set_goes_left ? 0x00 : 0xFF);
    const auto put = [&](std::size_t bit, bool left) {
      const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
      table[bit / 8] =
          static_cast<std::uint8_t>(left ? table[bit / 8] | mask : table[bit / 8] & ~mask);
    };
    put(1, split.default_left);
    for (std::uint32_t i = 0; i < set.size; ++i)
      put(categories.class_of[forest_.codes[set.begin + i]], split.set_goes_left);
    plan_.tables.push_back(table);
    return {static_cast<std::uint32_t>(plan_.tables.size() - 1), categories.plane, 0};
  }

  void add_tree(const Tree& tree) {
    PlannedTree planned{.output = tree.output};
    planned.is_walked = is_walked(tree);
    if (planned.is_walked) {
      plan_.trees.push_back(planned);
      return;
    }
    const LeafOrder order = leaf_order(forest_, tree);
    planned.leaves = tree.splits + 1;
    planned.bytes = (planned.leaves + 7) / 8;
    add_leaves(planned, tree, order);
    std::vector<std::vector<RankTest>> rank_tests(planned.bytes);
    std::vector<std::vector<SetTest>> set_tests(planned.bytes);
    for (std::uint32_t i = 0; i < tree.splits; ++i) {
      const Split& split = forest_.splits[tree.first_split + i];
      const bool is_set = split.set != no_set;
      const RankTest rank = is_set ? RankTest{} : rank_test(split);
      const SetTest set = is_set ? set_test(split) : SetTest{};
      for (const ClearedByte& cleared : cleared_bytes(order.left_subtrees[i])) {
        if (is_set) {
          set_tests[cleared.byte].push_back({set.table, set.plane, cleared.kept});
        } else {
          rank_tests[cleared.byte].push_back({rank.plane, rank.threshold, cleared.kept});
        }
      }
    }
    planned.first_byte = static_cast<std::uint32_t>(plan_.bytes.size());
    for (std::size_t byte = 0; byte < planned.bytes; ++byte)
      add_byte(rank_tests[byte], set_tests[byte]);
    plan_.trees.push_back(planned);
  }

  void add_byte(const std::vector<RankTest>& rank_tests, const std::vector<SetTest>& set_tests) {
    plan_.bytes.push_back({.first_rank_test = static_cast<std::uint32_t>(plan_.rank_tests.size()),
                           .rank_tests = static_cast<std::uint32_t>(rank_tests.size()),
                           .first_set_test = static_cast<std::uint32_t>(plan_.set_tests.size()),
                           .set_tests = static_cast<std::uint32_t>(set_tests.size())});
    plan_.rank_tests.insert(plan_.rank_tests.end(), rank_tests.begin(), rank_tests.end());
    plan_.set_tests.insert(plan_.set_tests.end(), set_tests.begin(), set_tests.end());
  }

  void add_leaves(PlannedTree& planned, const Tree& tree, const LeafOrder& order) {
    // Whole registers of leaves: 16, 32, 64, 128 or 256.
    std::size_t padded = 16;
    while (padded < planned.leaves)
      padded *= 2;
    const bool narrow = forest_.dialect == Dialect::xgboost;
    const std::size_t first = narrow ? plan_.leaves32.size() : plan_.leaves64.size();
    planned.first_leaf = static_cast<std::uint32_t>(first);
    if (narrow) {
      plan_.leaves32.resize(first + padded, 0);
    } else {
      plan_.leaves64.resize(first + padded, 0);
    }
    for (std::size_t i = 0; i < planned.leaves; ++i) {
      const double leaf = forest_.leaves[tree.first_leaf + order.leaves[i]];
      if (narrow) {
        plan_.leaves32[first + i] = static_cast<float>(leaf);
      } else {
        plan_.leaves64[first + i] = leaf;
      }
    }
  }

  const Forest& forest_;
  std::map<std::uint32_t, Usage> usages_;
  std::map<std::uint32_t, std::size_t> index_of_;  // in Plan::features
  bool walks_all_ = false;
  Plan plan_;
};

template <class Values>
std::size_t bytes_of(const Values& values) {
  return values.size() * sizeof(values[0]);
}

}  // namespace

Plan make_plan(const Forest& forest) { return Planner(forest).make(); }

std::size_t Plan::memory_bytes() const {
  return bytes_of(trees) + bytes_of(bytes) + bytes_of(rank_tests) + bytes_of(set_tests) +
         bytes_of(tables) + bytes_of(cuts32) + bytes_of(cuts64) + bytes_of(leaves32) +
         bytes_of(leaves64);
}

}  // namespace gossamer::scoring::forest
