// SPDX-License-Identifier: Apache-2.0
#include "web/evidence/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "base/numbers.hpp"

namespace gossamer::web {

namespace {

constexpr double width = 420;
constexpr double height = 190;
constexpr double left = 44;
constexpr double right = 8;
constexpr double top = 14;
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

// Pairs of numbers; whatever is none is left out.
using Points = std::vector<std::pair<double, double>>;
Points points_of(const Json& curve, const char* key) {
  Points points;
  const auto found = curve.find(key);
  if (found == curve.end() || !found->is_array()) return points;
  for (const auto& point : *found) {
    const bool is_pair =
        point.is_array() && point.size() == 2 && point[0].is_number() && point[1].is_number();
    if (is_pair) points.emplace_back(point[0].get<double>(), point[1].get<double>());
  }
  return points;
}

void append_line(std::string& svg, const Scale& scale, const char* kind, const Points& points) {
  if (points.empty()) return;
  auto out = std::back_inserter(svg);
  fmt::format_to(out, R"(<path class="line {}" d=")", kind);
  for (std::size_t i = 0; i < points.size(); ++i) {
    fmt::format_to(out, "{}{:.1f} {:.1f}", i == 0 ? "M" : "L", scale.x(points[i].first),
                   scale.y(points[i].second));
  }
  svg += R"("/>)";
}

// Few points are marked: a line between them says nothing of what lies there.
void append_marks(std::string& svg, const Scale& scale, const char* kind, const Points& points) {
  constexpr std::size_t marked_most = 20;
  if (points.size() > marked_most) return;
  for (const auto& [x, y] : points) {
    fmt::format_to(std::back_inserter(svg),
                   R"(<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="2.5"/>)", kind, scale.x(x),
                   scale.y(y));
  }
}

void append_curve_axes(std::string& svg, const Scale& scale, const Json& curve) {
  auto out = std::back_inserter(svg);
  for (const double part : {0.0, 0.5, 1.0}) {
    const double value = part * scale.highest;
    fmt::format_to(out, R"(<line class="grid" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>)",
                   left, scale.y(value), width - right, scale.y(value));
    fmt::format_to(out, R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="end">{}</text>)",
                   left - 5, scale.y(value) + 3.5, format_significant(value, 2));
    const char* anchor = part == 0 ? "start" : part == 1 ? "end" : "middle";
    fmt::format_to(out, R"(<text class="tick" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>)",
                   scale.x(part), height - bottom + 14, anchor, format_significant(part, 2));
  }
  fmt::format_to(out, R"(<text class="label" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                 (left + width - right) / 2, height - 6, escaped(curve.value("x", std::string())));
  fmt::format_to(out, R"(<text class="label" x="{:.1f}" y="{:.1f}">{}</text>)", left, top - 2,
                 escaped(curve.value("y", std::string())));
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

std::string curve_svg(const Json& curve) {
  const Points fresh = points_of(curve, "new");
  if (fresh.empty()) return "";
  const Points old = points_of(curve, "old");
  double highest = 1;
  for (const Points* points : {&fresh, &old}) {
    for (const auto& [x, y] : *points)
      highest = std::max(highest, y);
  }
  const Scale scale{0, 1, highest};
  std::string svg = fmt::format(R"(<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)",
                                width, height, escaped(curve.value("title", std::string())));
  append_curve_axes(svg, scale, curve);
  append_line(svg, scale, "reference", points_of(curve, "reference"));
  append_line(svg, scale, "before", old);
  append_marks(svg, scale, "before", old);
  append_line(svg, scale, "now", fresh);
  append_marks(svg, scale, "now", fresh);
  return svg + "</svg>";
}

}  // namespace gossamer::web
