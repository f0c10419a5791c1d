// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline::schema {
namespace {

constexpr std::size_t longest_name = 63;

bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_small(c) || (c >= 'A' && c <= 'Z'); }

bool is_identifier(std::string_view name) {
  return !name.empty() && name.size() <= longest_name && is_small(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_small(c) || is_digit(c) || c == '_'; });
}

bool is_label(std::string_view name) {
  return !name.empty() && name.size() <= longest_name &&
         (is_small(name.front()) || is_digit(name.front())) &&
         std::ranges::all_of(
             name, [](char c) { return is_small(c) || is_digit(c) || c == '_' || c == '-'; });
}

bool is_dotted(std::string_view name) {
  return std::ranges::all_of(split(name, '.'), is_identifier);
}

bool is_table_name(std::string_view name) {
  const std::vector<std::string> parts = split(name, '.');
  return parts.size() <= 2 && std::ranges::all_of(parts, is_identifier);
}

bool is_column_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_person_name(std::string_view name) {
  constexpr std::string_view others = "._@+-";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos;
  });
}

}  // namespace

Type<std::string> name(NameRule rule) {
  Json schema{{"type", "string"}, {"pattern", rule.pattern}};
  auto as_text = text(rule.what).read;
  auto read = [rule = std::move(rule), as_text = std::move(as_text)](
                  const YamlNode& node, Problems& problems) -> std::optional<std::string> {
    std::optional<std::string> value = as_text(node, problems);
    if (!value || !check_name(node, rule, problems)) return std::nullopt;
    return value;
  };
  return {std::move(schema), std::move(read)};
}

NameRule identifier(const std::string& what) {
  return {what, "^[a-z][a-z0-9_]{0,62}$", "small letters, digits and _, a letter first",
          is_identifier};
}

NameRule label(const std::string& what) {
  return {what, "^[a-z0-9][a-z0-9_-]{0,62}$", "small letters, digits, _ and -", is_label};
}

NameRule table_name() {
  return {"a table's name", "^[a-z][a-z0-9_]{0,62}(\\.[a-z][a-z0-9_]{0,62})?$",
          "small letters, digits and _, with at most one dot, as in `raw.rentals`", is_table_name};
}

NameRule dotted_name(const std::string& what) {
  return {what, "^[a-z][a-z0-9_]{0,62}(\\.[a-z][a-z0-9_]{0,62})*$",
          "small letters, digits and _, with dots between", is_dotted};
}

NameRule column_name() {
  return {"a column's name", "^[^\\x00-\\x1f]+$", "at least one printable character",
          is_column_name};
}

NameRule variable_name() {
  return {"an environment variable", "^[A-Za-z_][A-Za-z0-9_]*$", "letters, digits and _",
          is_variable_name};
}

NameRule person_name(const std::string& what) {
  return {what, "^[A-Za-z0-9._@+-]+$", "letters, digits and . _ @ + -", is_person_name};
}

std::vector<NameRule> all_name_rules() {
  return {identifier("a name"), label("a name"), table_name(),         dotted_name("a name"),
          column_name(),        variable_name(), person_name("a name")};
}

}  // namespace gossamer::pipeline::schema
