// SPDX-License-Identifier: Apache-2.0
// The grammar of the files as values. A Type<T> knows two things that must not drift apart: how to
// read a T out of a YAML node, and the JSON Schema that editors check the same node with. Grammars
// are composed of these and are the only code that reads YAML.
#pragma once

#include <fmt/core.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/suggest.hpp"
#include "base/yaml.hpp"
#include "pipeline/problems.hpp"

namespace gossamer::pipeline::schema {

template <class T>
struct Type {
  Json schema;
  // Nothing where the node does not fit; the problems then say why.
  std::function<std::optional<T>(const YamlNode&, Problems&)> read;
};

enum class Presence { required, optional };

// One key of a mapping and where its value goes.
template <class T>
struct Field {
  std::string name;
  Json schema;
  Presence presence = Presence::optional;
  std::function<void(T&, const YamlNode&, Problems&)> read;
};

Json described(Json schema, const std::string& description);

// A key whose value `put` stores.
template <class T, class M, class Put>
Field<T> field_by(Presence presence, std::string name, Type<M> type, const std::string& description,
                  Put put) {
  auto read = [name, read = std::move(type.read), put](T& into, const YamlNode& node,
                                                       Problems& problems) {
    const Problems::About about(problems, name);
    if (std::optional<M> value = read(node, problems)) put(into, std::move(*value), node);
  };
  return {name, described(std::move(type.schema), description), presence, std::move(read)};
}

template <class T, class M>
Field<T> required(std::string name, M T::* member, Type<M> type, const std::string& description) {
  return field_by<T>(
      Presence::required, std::move(name), std::move(type), description,
      [member](T& into, M value, const YamlNode&) { into.*member = std::move(value); });
}

template <class T, class M>
Field<T> optional(std::string name, M T::* member, Type<M> type, const std::string& description) {
  Field<T> field = required(std::move(name), member, std::move(type), description);
  field.presence = Presence::optional;
  return field;
}

template <class T, class M>
Field<T> optional(std::string name, std::optional<M> T::* member, Type<M> type,
                  const std::string& description) {
  return field_by<T>(
      Presence::optional, std::move(name), std::move(type), description,
      [member](T& into, M value, const YamlNode&) { into.*member = std::move(value); });
}

// Messages and schema of a mapping, apart from the types of its members.
struct Keys {
  std::string what;  // "a pipeline"
  std::vector<std::string> names;
  std::vector<std::string> required;
};
// Whether the mapping has a key that is none of these.
bool has_unknown_key(const YamlNode& mapping, const std::vector<std::string>& names);
void unknown_key(const YamlNode& key, const Keys& keys, Problems& problems);
// A key that another one is a misspelling of does not count as missing.
void missing_keys(const YamlNode& mapping, const Keys& keys, Problems& problems);
Json object_schema(const Keys& keys, Json properties);

template <class T>
Keys keys_of(std::string what, const std::vector<Field<T>>& fields) {
  Keys keys{std::move(what), {}, {}};
  for (const Field<T>& field : fields) {
    keys.names.push_back(field.name);
    if (field.presence == Presence::required) keys.required.push_back(field.name);
  }
  return keys;
}

// A mapping with exactly these keys. `position`, where given, receives the place of the mapping.
template <class T>
Type<T> object(std::string what, std::vector<Field<T>> fields, Position T::* position = nullptr) {
  Keys keys = keys_of(std::move(what), fields);
  Json properties = Json::object();
  for (const Field<T>& field : fields)
    properties[field.name] = field.schema;
  Json schema = object_schema(keys, std::move(properties));
  auto read = [keys = std::move(keys), fields = std::move(fields), position](
                  const YamlNode& node, Problems& problems) -> std::optional<T> {
    if (node.kind != YamlNode::Kind::mapping) {
      problems.mismatch(node, keys.what);
      return std::nullopt;
    }
    T value{};
    if (position != nullptr) value.*position = node.position();
    for (const YamlEntry& entry : node.entries) {
      const auto field = std::ranges::find(fields, entry.key.text, &Field<T>::name);
      if (field == fields.end()) {
        unknown_key(entry.key, keys, problems);
      } else {
        field->read(value, entry.value, problems);
      }
    }
    missing_keys(node, keys, problems);
    return value;
  };
  return {std::move(schema), std::move(read)};
}

// Changes or refuses what another type has read; the schema stays.
template <class To, class From, class Change>
Type<To> refined(Type<From> type, Change change) {
  auto read = [read = std::move(type.read), change](const YamlNode& node,
                                                    Problems& problems) -> std::optional<To> {
    std::optional<From> value = read(node, problems);
    if (!value) return std::nullopt;
    return change(std::move(*value), node, problems);
  };
  return {std::move(type.schema), std::move(read)};
}

// Which type applies is decided by what stands there.
template <class T>
struct Shapes {
  std::string what;  // "a step's name, a list or a mapping"
  std::optional<Type<T>> scalar;
  std::optional<Type<T>> sequence;
  std::optional<Type<T>> mapping;
};

template <class T>
Type<T> by_shape(Shapes<T> shapes) {
  Json any = Json::array();
  for (const auto* shape : {&shapes.scalar, &shapes.sequence, &shapes.mapping}) {
    if (*shape) any.push_back((*shape)->schema);
  }
  auto read = [shapes = std::move(shapes)](const YamlNode& node,
                                           Problems& problems) -> std::optional<T> {
    const auto* shape = &shapes.scalar;
    if (node.kind == YamlNode::Kind::sequence) shape = &shapes.sequence;
    if (node.kind == YamlNode::Kind::mapping) shape = &shapes.mapping;
    if (!*shape || node.kind == YamlNode::Kind::null) {
      problems.mismatch(node, shapes.what);
      return std::nullopt;
    }
    return (*shape)->read(node, problems);
  };
  return {Json{{"anyOf", std::move(any)}}, std::move(read)};
}

struct Count {
  std::size_t least = 0;
  std::size_t most = 10'000;
};
bool fits(const YamlNode& sequence, Count count, Problems& problems);
Json list_schema(Json items, Count count);

template <class T>
Type<std::vector<T>> list_of(std::string what, Type<T> item, Count count = {}) {
  Json schema = list_schema(std::move(item.schema), count);
  auto read = [what = std::move(what), read = std::move(item.read), count](
                  const YamlNode& node, Problems& problems) -> std::optional<std::vector<T>> {
    if (node.kind != YamlNode::Kind::sequence) {
      problems.mismatch(node, what);
      return std::nullopt;
    }
    if (!fits(node, count, problems)) return std::nullopt;
    std::vector<T> values;
    for (const YamlNode& child : node.items) {
      if (std::optional<T> value = read(child, problems)) values.push_back(std::move(*value));
    }
    return values;
  };
  return {std::move(schema), std::move(read)};
}

// One value stands for a list of one.
template <class T>
Type<std::vector<T>> one_or_many(std::string what, Type<T> item) {
  Type<std::vector<T>> one = refined<std::vector<T>>(
      item, [](T value, const YamlNode&, Problems&) -> std::optional<std::vector<T>> {
        return std::vector<T>{std::move(value)};
      });
  Type<std::vector<T>> many = list_of(what, std::move(item), {.least = 1});
  return by_shape<std::vector<T>>({what, std::move(one), std::move(many), std::nullopt});
}

// What a name may look like: once as a predicate, once as the pattern that JSON Schema wants.
struct NameRule {
  std::string what;  // "a step's name"
  std::string pattern;
  std::string hint;  // "small letters, digits and _, a letter first"
  bool (*accepts)(std::string_view) = nullptr;
  std::vector<std::string> words = {};  // what is most likely meant, for suggestions
};
bool check_name(const YamlNode& node, const NameRule& rule, Problems& problems);
Json map_schema(const NameRule& rule, Json values);

// A mapping from names to values of one type. `put` stores each with its key's node.
template <class Into, class V, class Put>
Type<Into> map_into(std::string what, NameRule rule, Type<V> value, Put put) {
  Json schema = map_schema(rule, std::move(value.schema));
  auto read = [what = std::move(what), rule = std::move(rule), read = std::move(value.read), put](
                  const YamlNode& node, Problems& problems) -> std::optional<Into> {
    if (node.kind != YamlNode::Kind::mapping) {
      problems.mismatch(node, what);
      return std::nullopt;
    }
    Into into{};
    for (const YamlEntry& entry : node.entries) {
      if (!check_name(entry.key, rule, problems)) continue;
      const Problems::About about(problems, entry.key.text);
      if (std::optional<V> one = read(entry.value, problems)) put(into, entry, std::move(*one));
    }
    return into;
  };
  return {std::move(schema), std::move(read)};
}

template <class V>
Type<std::map<std::string, V>> map_of(std::string what, NameRule rule, Type<V> value) {
  return map_into<std::map<std::string, V>>(
      std::move(what), std::move(rule), std::move(value),
      [](std::map<std::string, V>& into, const YamlEntry& entry, V one) {
        into.insert_or_assign(entry.key.text, std::move(one));
      });
}

std::optional<std::size_t> find_choice(const YamlNode& node, const std::vector<std::string>& words,
                                       Problems& problems);

// One of these words.
template <class E>
Type<E> choice(const std::vector<std::pair<std::string, E>>& choices) {
  std::vector<std::string> words;
  std::vector<E> values;
  for (const auto& [word, value] : choices) {
    words.push_back(word);
    values.push_back(value);
  }
  Json schema{{"enum", words}};
  auto read = [words, values](const YamlNode& node, Problems& problems) -> std::optional<E> {
    const std::optional<std::size_t> index = find_choice(node, words, problems);
    if (!index) return std::nullopt;
    return values[*index];
  };
  return {std::move(schema), std::move(read)};
}

}  // namespace gossamer::pipeline::schema
