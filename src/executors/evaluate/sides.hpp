// SPDX-License-Identifier: Apache-2.0
// One model with what it says of the rows, and its figures over all of them or over groups.
#pragma once

#include "base/columns/batch.hpp"
#include "base/json.hpp"
#include "executors/evaluate/figures.hpp"
#include "executors/predict/models.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gossamer::executors {

struct Side {
  LoadedModel model;
  Batch predictions;
  Truth truth;
};

// The rows that share a value of a column.
struct Group {
  std::string value;
  std::vector<std::int32_t> rows;
};
// By one column: the largest group first, then by value.
struct Grouping {
  std::string column;
  std::vector<Group> groups;
};
Result<Grouping> group_rows(const Batch& rows, const std::string& column);

// A figure, or why there is none.
struct Figure {
  std::optional<double> value;
  std::string reason;
};
using FigurePair = std::pair<Figure, Figure>;  // now, before

// Each metric of both sides; `before` may be null. A metric over groups is the worst of all
// groupings.
std::map<std::string, FigurePair> figures_of(const std::vector<std::string>& metrics,
                                             const Side& now, const Side* before,
                                             const std::vector<Grouping>& by);
// docs/reports.md, "evaluate", members `metrics` and `by`.
Json metrics_json(const std::vector<std::string>& metrics,
                  const std::map<std::string, FigurePair>& figures);
enum class Order : std::uint8_t {
  largest_first,  // the 50 largest
  by_value,       // of time: the 1,000 newest, oldest first
};
Json grouping_json(const Grouping& by, const std::vector<std::string>& metrics, const Side& now,
                   const Side* before, Order order);
// Member `auc_comparison`: null unless both are models of two classes without weights.
Json auc_comparison_json(const Side& now, const Side* before);

}  // namespace gossamer::executors
