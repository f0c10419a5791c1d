// SPDX-License-Identifier: Apache-2.0
// Members of a JSON object as the types that codecs need beyond those of json.hpp. Errors are
// invalid_input and name the member; `where` is the object's own path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace gossamer {

inline std::string json_path(std::string_view where, std::string_view key) {
  return where.empty() ? std::string(key) : std::string(where) + "." + std::string(key);
}

// A text that T::parse accepts: an Id, a Digest, a PartitionKey.
template <class T>
Result<T> require_parsed(const Json& object, std::string_view key, std::string_view where = {}) {
  TRY_ASSIGN(const std::string text, require<std::string>(object, key, where));
  auto parsed = T::parse(text);
  if (!parsed) return std::unexpected(parsed.error().wrapped(json_path(where, key)));
  return parsed;
}

template <class T>
Result<std::optional<T>> optional_parsed(const Json& object, std::string_view key,
                                         std::string_view where = {}) {
  TRY_ASSIGN(const std::optional<std::string> text, optional<std::string>(object, key, where));
  if (!text) return std::optional<T>();
  auto parsed = T::parse(*text);
  if (!parsed) return std::unexpected(parsed.error().wrapped(json_path(where, key)));
  return std::optional<T>(std::move(*parsed));
}

inline Result<Instant> require_instant(const Json& object, std::string_view key,
                                       std::string_view where = {}) {
  TRY_ASSIGN(const std::string text, require<std::string>(object, key, where));
  auto parsed = parse_instant(text);
  if (!parsed) return std::unexpected(parsed.error().wrapped(json_path(where, key)));
  return parsed;
}

inline Result<std::optional<Instant>> optional_instant(const Json& object, std::string_view key,
                                                       std::string_view where = {}) {
  TRY_ASSIGN(const std::optional<std::string> text, optional<std::string>(object, key, where));
  if (!text) return std::optional<Instant>();
  TRY_ASSIGN(const Instant instant, require_instant(object, key, where));
  return std::optional<Instant>(instant);
}

// A whole number that fits T, e.g. int or std::uint64_t.
template <class T>
Result<T> require_integer(const Json& object, std::string_view key, std::string_view where = {}) {
  if (object.is_object()) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_number_unsigned()) {
      const auto value = found->template get<std::uint64_t>();
      if (std::in_range<T>(value)) return static_cast<T>(value);
      return invalid_input(json_path(where, key) + " is too large");
    }
  }
  TRY_ASSIGN(const std::int64_t value, require<std::int64_t>(object, key, where));
  if (!std::in_range<T>(value)) {
    return invalid_input(json_path(where, key) + " is out of range: " + std::to_string(value));
  }
  return static_cast<T>(value);
}

template <class T>
Result<std::optional<T>> optional_integer(const Json& object, std::string_view key,
                                          std::string_view where = {}) {
  if (object.is_object()) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::optional<T>();
  }
  TRY_ASSIGN(const T value, require_integer<T>(object, key, where));
  return std::optional<T>(value);
}

// The member as it is; null where it is missing.
inline Json member_or_null(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? Json(nullptr) : *found;
}

// The member as an array whose elements `read(element, path)` turns into T.
template <class T, class Read>
Result<std::vector<T>> require_list(const Json& object, std::string_view key,
                                    std::string_view where, Read read) {
  TRY_ASSIGN(const Json array, require<Json>(object, key, where));
  const std::string path = json_path(where, key);
  if (!array.is_array()) return invalid_input(path + " must be an array");
  std::vector<T> values;
  values.reserve(array.size());
  for (std::size_t at = 0; at < array.size(); ++at) {
    TRY_ASSIGN(T value, read(array[at], path + "[" + std::to_string(at) + "]"));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace gossamer
