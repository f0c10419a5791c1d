// SPDX-License-Identifier: Apache-2.0
#include "pipeline/values.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/numbers.hpp"
#include "base/time.hpp"

namespace gossamer::pipeline {
namespace {

bool is_of_type(const Json& value, std::string_view type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (!value.is_string()) return false;
  const auto& text = value.get_ref<const std::string&>();
  if (type == "date") return parse_date(text).has_value();
  if (type == "duration") return parse_duration(text).has_value();
  return true;
}

std::string shown(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

const std::vector<std::string>& value_types() {
  static const std::vector<std::string> types{"integer", "number", "string",
                                              "boolean", "date",   "duration"};
  return types;
}

std::string_view wanted(std::string_view type) {
  if (type == "integer") return "a whole number";
  if (type == "number") return "a number";
  if (type == "boolean") return "true or false";
  if (type == "date") return "a day that exists, such as 2026-11-22";
  if (type == "duration") return "a duration such as 30s, 10m or 2d";
  return "a text";
}

Result<void> check_value(std::string_view name, const Json& value, const Parameter& declaration) {
  if (!is_of_type(value, declaration.type)) {
    return invalid_input(
        fmt::format("`{}` must be {}, not {}", name, wanted(declaration.type), shown(value)));
  }
  if (value.is_number()) {
    const auto number = value.get<double>();
    if (declaration.minimum && number < *declaration.minimum) {
      return invalid_input(fmt::format("`{}` must be at least {}, not {}", name,
                                       shortest(*declaration.minimum), shown(value)));
    }
    if (declaration.maximum && number > *declaration.maximum) {
      return invalid_input(fmt::format("`{}` must be at most {}, not {}", name,
                                       shortest(*declaration.maximum), shown(value)));
    }
  }
  const auto& allowed = declaration.allowed;
  if (!allowed.empty() && std::ranges::find(allowed, value) == allowed.end()) {
    return invalid_input(
        fmt::format("`{}` must be one of {}, not {}", name, shown(Json(allowed)), shown(value)));
  }
  return {};
}

Result<Json> parse_value(std::string_view name, std::string_view text,
                         const Parameter& declaration) {
  Json value = std::string(text);
  if (declaration.type == "integer") {
    if (const Result<std::int64_t> number = parse_integer(text)) value = *number;
  } else if (declaration.type == "number") {
    if (const Result<double> number = parse_number(text)) value = *number;
  } else if (declaration.type == "boolean") {
    if (text == "true" || text == "false") value = text == "true";
  }
  TRY(check_value(name, value, declaration));
  return value;
}

void check_value(const YamlNode& node, const Parameter& declaration, Problems& problems) {
  const Result<Json> json = to_json(node);
  if (!json) return problems.error(node, json.error().message);
  if (node.is_scalar() && node.kind != YamlNode::Kind::null &&
      is_of_type(*json, declaration.type)) {
    const Result<void> fits = check_value("value", *json, declaration);
    if (!fits) problems.error(node, "the " + fits.error().message);
    return;
  }
  problems.mismatch(node, wanted(declaration.type));
}

bool is_convertible(std::string_view from, std::string_view to) {
  return from == to || (from == "integer" && to == "number") || to == "string";
}

}  // namespace gossamer::pipeline
