// SPDX-License-Identifier: Apache-2.0
#include "web/evidence/values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "web/evidence/evidence.hpp"

namespace gossamer::web {

const Json& list_at(const Json& object, const char* key) {
  static const Json none = Json::array();
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? "-" : any_text(*found);
}

bool is_empty_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() || *found == "";
}

std::string number_text(const Json& value) {
  if (value.is_number_integer()) return format_count(value.get<std::int64_t>());
  if (value.is_number()) return format_significant(value.get<double>(), 6);
  return "-";
}

std::string moment_text(Instant moment) {
  auto text = format_instant(moment).substr(0, std::string_view("2026-11-24T19:35").size());
  text[text.find('T')] = ' ';
  return text + " UTC";
}

std::string cell_text(const Json& value) {
  static constexpr std::string_view zeros = ".000000Z";
  auto text = any_text(value);
  if (value.is_string() && text.ends_with(zeros)) {
    text.replace(text.size() - zeros.size(), zeros.size(), "Z");
  }
  return text;
}

std::string any_text(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return number_text(value);
  if (value.is_object()) {
    std::vector<std::string> parts;
    for (const auto& [key, part] : value.items()) {
      parts.push_back(fmt::format("{} {}", key, any_text(part)));
    }
    return join(parts, ", ");
  }
  return value.dump();
}

std::string difference_text(const Json& metric) {
  const auto old = metric.value("old", Json());
  const auto fresh = metric.value("new", Json());
  if (!old.is_number() || !fresh.is_number()) return "-";
  const double difference = fresh.get<double>() - old.get<double>();
  if (difference == 0) return "none";
  auto text = fmt::format("{}{}", difference > 0 ? "+" : "", format_significant(difference, 4));
  if (const double base = std::abs(old.get<double>()); base > 0) {
    text += fmt::format(" ({:+.1f}%)", 100 * difference / base);
  }
  return text;
}

std::string better_word(const Json& metric) {
  const auto old = metric.value("old", Json());
  const auto fresh = metric.value("new", Json());
  const auto better = metric.value("better", Json());
  if (!old.is_number() || !fresh.is_number() || !better.is_string() || old == fresh) return "";
  const bool is_less = fresh.get<double>() < old.get<double>();
  return is_less == (better == "less") ? "good" : "bad";
}

std::string criteria_of(const Json& figures, const std::string& metric) {
  std::vector<std::string> parts;
  for (const auto& criterion : list_at(figures, "criteria")) {
    if (text_at(criterion, "metric") != metric) continue;
    parts.push_back(
        fmt::format("{}: {}", text_at(criterion, "verdict"), text_at(criterion, "text")));
  }
  return join(parts, "; ");
}

std::string check_text(const Json& check) {
  auto text = text_at(check, "kind");
  if (!is_empty_at(check, "arguments")) text += " " + any_text(check.at("arguments"));
  if (!is_empty_at(check, "message")) text += ": " + text_at(check, "message");
  if (text_at(check, "severity") == "warn") text += " (warning)";
  return text;
}

CriteriaLine criteria_line(const Json& evidence) {
  int met = 0;
  int all = 0;
  bool compared = false;
  std::vector<std::string> failed;
  for (const auto& part : list_at(evidence, "figures")) {
    compared = compared || !is_empty_at(part, "against");
    for (const auto& criterion : list_at(part, "criteria")) {
      ++all;
      const auto verdict = text_at(criterion, "verdict");
      if (verdict == "failed") {
        failed.push_back(
            fmt::format("{} {}", text_at(criterion, "metric"), text_at(criterion, "text")));
      } else if (verdict == "met") {
        ++met;
      }
    }
  }
  if (!failed.empty()) {
    return {CriteriaLine::Mark::bad,
            fmt::format("{} of {} criteria NOT met: {}", failed.size(), all, join(failed, "; "))};
  }
  const bool has_figures = !list_at(evidence, "figures").empty();
  const std::string first =
      has_figures && !compared ? "first version: nothing to compare with" : "";
  if (all == 0) {
    return {CriteriaLine::Mark::neutral, first.empty() ? "no criteria were declared" : first};
  }
  auto text = fmt::format("{} of {} criteria met", met, all);
  if (!first.empty()) text += "; " + first;
  return {CriteriaLine::Mark::good, std::move(text)};
}

}  // namespace gossamer::web
