// SPDX-License-Identifier: Apache-2.0
#include "pipeline/schema.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace gossamer::pipeline::schema {
namespace {

std::string quoted_list(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words)
    quoted.push_back(fmt::format("`{}`", word));
  return join(quoted, ", ");
}

}  // namespace

Json described(Json schema, const std::string& description) {
  if (!description.empty()) schema["description"] = description;
  return schema;
}

bool has_unknown_key(const YamlNode& mapping, const std::vector<std::string>& names) {
  return std::ranges::any_of(mapping.entries, [&](const YamlEntry& entry) {
    return std::ranges::find(names, entry.key.text) == names.end();
  });
}

void unknown_key(const YamlNode& key, const Keys& keys, Problems& problems) {
  std::string hint = did_you_mean(key.text, keys.names);
  if (hint.empty()) hint = fmt::format("; it has {}", quoted_list(keys.names));
  problems.error(
      key, fmt::format("unknown key `{}` in {}{}", abbreviated(key.text, 60), keys.what, hint));
}

void missing_keys(const YamlNode& mapping, const Keys& keys, Problems& problems) {
  std::vector<std::string> meant;
  for (const YamlEntry& entry : mapping.entries) {
    if (std::ranges::find(keys.names, entry.key.text) != keys.names.end()) continue;
    if (auto name = closest(entry.key.text, keys.names)) meant.push_back(std::move(*name));
  }
  for (const std::string& name : keys.required) {
    if (mapping.find(name) != nullptr || std::ranges::find(meant, name) != meant.end()) continue;
    problems.error(mapping, fmt::format("{} needs the key `{}`", keys.what, name));
  }
}

Json object_schema(const Keys& keys, Json properties) {
  Json schema{
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!keys.required.empty()) schema["required"] = keys.required;
  return schema;
}

bool fits(const YamlNode& sequence, Count count, Problems& problems) {
  const std::size_t size = sequence.items.size();
  if (size < count.least) {
    problems.error(sequence, count.least == 1
                                 ? "the list is empty; it needs at least one item"
                                 : fmt::format("the list has {} items; it needs at least {}", size,
                                               count.least));
    return false;
  }
  if (size > count.most) {
    problems.error(sequence,
                   fmt::format("the list has {} items; at most {} are possible", size, count.most));
    return false;
  }
  return true;
}

Json list_schema(Json items, Count count) {
  Json schema{{"type", "array"}, {"items", std::move(items)}, {"maxItems", count.most}};
  if (count.least > 0) schema["minItems"] = count.least;
  return schema;
}

bool check_name(const YamlNode& node, const NameRule& rule, Problems& problems) {
  if (rule.accepts(node.text)) return true;
  std::string message =
      fmt::format("`{}` is not {}: use {}", abbreviated(node.text, 60), rule.what, rule.hint);
  const std::string lower = lower_case(node.text);
  if (const std::string hint = did_you_mean(node.text, rule.words); !hint.empty()) {
    message += hint;
  } else if (rule.accepts(lower)) {
    message += fmt::format(" (did you mean `{}`?)", lower);
  }
  problems.error(node, std::move(message));
  return false;
}

Json map_schema(const NameRule& rule, Json values) {
  return {{"type", "object"},
          {"propertyNames", {{"pattern", rule.pattern}}},
          {"additionalProperties", std::move(values)}};
}

std::optional<std::size_t> find_choice(const YamlNode& node, const std::vector<std::string>& words,
                                       Problems& problems) {
  if (node.kind == YamlNode::Kind::string) {
    const auto word = std::ranges::find(words, node.text);
    if (word != words.end()) return static_cast<std::size_t>(word - words.begin());
  }
  const std::string known =
      words.size() == 1 ? fmt::format("`{}`", words.front()) : "one of " + quoted_list(words);
  const std::string hint = node.is_scalar() ? did_you_mean(node.text, words) : std::string();
  problems.error(node, fmt::format("expected {}, found {}{}", known, found(node), hint));
  return std::nullopt;
}

}  // namespace gossamer::pipeline::schema
