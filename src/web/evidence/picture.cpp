// SPDX-License-Identifier: Apache-2.0
#include "web/evidence/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/numbers.hpp"

namespace gossamer::web {

namespace {

constexpr double width = 420;
constexpr double height = 190;
constexpr double left = 44;
constexpr double right = 8;
constexpr double top = 10;
constexpr double bottom = 38;

// Counts as shares of their sum; all zero where nothing was counted.
std::vector<double> shares_of(const Json& counts) {
  std::vector<double> shares;
  double sum = 0;
  for (const auto& count : counts)
    sum += count.get<double>();
  for (const auto& count : counts)
    shares.push_back(sum > 0 ? count.get<double>() / sum : 0);
  return shares;
}

struct Scale {
  double first;
  double last;
  double highest;

  [[nodiscard]] double x(double value) const {
    const double span = last > first ? last - first : 1;
    return left + (value - first) / span * (width - left - right);
  }
  [[nodiscard]] double y(double share) const {
    return top + (1 - share / highest) * (height - top - bottom);
  }
};

void append_axes(std::string& svg, const Scale& scale, const Json& distribution) {
  auto out = std::back_inserter(svg);
  for (const double part : {0.0, 0.5, 1.0}) {
    const double share = part * scale.highest;
    const double y = scale.y(share);
    fmt::format_to(out, R"(<line class="grid" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)",
                   left, y, width - right, y);
    fmt::format_to(out, R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="end">{}%</text>)",
                   left - 5, y + 3.5, format_significant(100 * share, 2));
  }
  for (const double part : {0.0, 0.5, 1.0}) {
    const double value = scale.first + part * (scale.last - scale.first);
    const char* anchor = part == 0 ? "start" : part == 1 ? "end" : "middle";
    fmt::format_to(out, R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)",
                   scale.x(value), height - bottom + 14, anchor, format_significant(value, 3));
  }
  const auto unit = distribution.value("unit", std::string());
  fmt::format_to(out, R"(<text class="label" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                 (left + width - right) / 2, height - 6, escaped(unit.empty() ? "value" : unit));
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

std::string histogram_svg(const Json& distribution) {
  const auto& edges = distribution.at("edges");
  const auto fresh = shares_of(distribution.at("new"));
  const auto old_counts = distribution.value("old", Json());
  const auto old = old_counts.is_array() ? shares_of(old_counts) : std::vector<double>();
  if (edges.size() < 2 || fresh.size() + 1 != edges.size()) return "";
  double highest = *std::ranges::max_element(fresh);
  for (const double share : old)
    highest = std::max(highest, share);
  if (highest <= 0) return "";
  const Scale scale{edges.front().get<double>(), edges.back().get<double>(), highest};

  const auto title = escaped(distribution.value("title", std::string()));
  std::string svg = fmt::format(R"(<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)",
                                width, height, title);
  auto out = std::back_inserter(svg);
  append_axes(svg, scale, distribution);
  for (std::size_t bin = 0; bin < old.size() && bin < fresh.size(); ++bin) {
    const double from = scale.x(edges[bin].get<double>());
    const double until = scale.x(edges[bin + 1].get<double>());
    fmt::format_to(
        out, R"(<rect class="old" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", from,
        scale.y(old[bin]), std::max(0.5, until - from - 0.5), scale.y(0) - scale.y(old[bin]));
  }
  svg += R"(<path class="new" d=")";
  for (std::size_t bin = 0; bin < fresh.size(); ++bin) {
    fmt::format_to(out, "{}{:.1f} {:.1f}H{:.1f}", bin == 0 ? "M" : "L",
                   scale.x(edges[bin].get<double>()), scale.y(fresh[bin]),
                   scale.x(edges[bin + 1].get<double>()));
  }
  return svg + R"("/></svg>)";
}

}  // namespace gossamer::web
