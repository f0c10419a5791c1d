// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/guarded.hpp"
#include "base/time.hpp"

namespace gossamer::web {

// What the server counts since it began, in Prometheus' text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Any thread.
class Metrics {
 public:
  // Values come from definitions and routes, never from what a caller may choose freely.
  using Labels = std::vector<std::pair<std::string_view, std::string>>;

  // One more. `name` is one of those in metrics.cpp; others are not kept.
  void count(std::string_view name, const Labels& labels);
  void observe(std::string_view name, const Labels& labels, Duration took);
  [[nodiscard]] std::string text() const;

  // Of one metric; what comes on top of these is left out, and counted as left out.
  static constexpr std::size_t series_max = 2000;
  // Upper bounds of the histograms' buckets; the last one has none.
  static constexpr std::array<double, 11> bounds_s{0.001, 0.005, 0.025, 0.1,  0.5,   2.5,
                                                   10,    60,    600,   3600, 86'400};

 private:
  struct Series {
    std::uint64_t count = 0;
    double sum_s = 0;
    std::array<std::uint64_t, bounds_s.size() + 1> buckets{};
  };
  struct State {
    std::map<std::string, std::map<std::string, Series>, std::less<>> metrics;  // by labels
    std::uint64_t left_out = 0;
  };
  template <class Change>
  void change(std::string_view name, const Labels& labels, Change change);

  Guarded<State> state_;
};

}  // namespace gossamer::web
