// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "base/json.hpp"
#include "base/yaml.hpp"

namespace gossamer {

Position YamlNode::position() const { return Position{file ? *file : std::string{}, line, column}; }

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

bool YamlNode::is_scalar() const { return kind != Kind::sequence && kind != Kind::mapping; }

std::string_view name_of(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::boolean:
      return "true or false";
    case YamlNode::Kind::integer:
      return "a whole number";
    case YamlNode::Kind::floating:
      return "a number";
    case YamlNode::Kind::string:
      return "a text";
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a mapping";
  }
  return "nothing";
}

Result<Json> to_json(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return Json(nullptr);
    case YamlNode::Kind::boolean:
      return Json(node.boolean);
    case YamlNode::Kind::integer:
      return Json(node.integer);
    case YamlNode::Kind::floating:
      if (!std::isfinite(node.floating)) {
        return invalid_input(fmt::format("`{}` is not a finite number", node.text),
                             node.position());
      }
      return Json(node.floating);
    case YamlNode::Kind::string:
      return Json(node.text);
    case YamlNode::Kind::sequence:
      break;
    case YamlNode::Kind::mapping:
      break;
  }
  Json made = node.kind == YamlNode::Kind::sequence ? Json::array() : Json::object();
  for (const YamlNode& item : node.items) {
    TRY_ASSIGN(auto value, to_json(item));
    made.push_back(std::move(value));
  }
  for (const YamlEntry& entry : node.entries) {
    TRY_ASSIGN(auto value, to_json(entry.value));
    made[entry.key.text] = std::move(value);
  }
  return made;
}

}  // namespace gossamer
