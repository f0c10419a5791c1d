// SPDX-License-Identifier: Apache-2.0
// Typed access of json.hpp: require and optional.
#include <limits>

#include "base/json.hpp"

namespace gossamer {
namespace {

std::string path_of(std::string_view where, std::string_view key) {
  std::string path(where);
  if (!path.empty()) path += '.';
  return path.append(key);
}

std::string_view type_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return "a boolean";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      return "a whole number";
    case Json::value_t::number_float:
      return "a number";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "nothing";
}

std::unexpected<Error> mismatch(const Json& value, const std::string& path,
                                std::string_view expected) {
  return invalid_input("`" + path + "` must be " + std::string(expected) + ", but is " +
                       std::string(type_of(value)));
}

template <class T>
Result<T> read(const Json& value, const std::string& path);

template <>
Result<Json> read(const Json& value, const std::string& /*path*/) {
  return value;
}

template <>
Result<bool> read(const Json& value, const std::string& path) {
  if (!value.is_boolean()) return mismatch(value, path, "true or false");
  return value.get<bool>();
}

template <>
Result<std::int64_t> read(const Json& value, const std::string& path) {
  if (!value.is_number_integer()) return mismatch(value, path, "a whole number");
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
    return invalid_input("`" + path + "` is too large for a whole number of 64 bits");
  }
  return value.get<std::int64_t>();
}

template <>
Result<double> read(const Json& value, const std::string& path) {
  if (!value.is_number()) return mismatch(value, path, "a number");
  return value.get<double>();
}

template <>
Result<std::string> read(const Json& value, const std::string& path) {
  if (!value.is_string()) return mismatch(value, path, "a string");
  return value.get<std::string>();
}

template <>
Result<std::vector<std::string>> read(const Json& value, const std::string& path) {
  if (!value.is_array()) return mismatch(value, path, "a list of strings");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < value.size(); ++i) {
    TRY_ASSIGN(auto text, read<std::string>(value[i], path + "[" + std::to_string(i) + "]"));
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<void> must_be_object(const Json& object, std::string_view where) {
  if (object.is_object()) return {};
  if (where.empty())
    return invalid_input("expected an object, found " + std::string(type_of(object)));
  return mismatch(object, std::string(where), "an object");
}

}  // namespace

template <class T>
Result<T> require(const Json& object, std::string_view key, std::string_view where) {
  TRY(must_be_object(object, where));
  const auto found = object.find(key);
  if (found == object.end()) return invalid_input("`" + path_of(where, key) + "` is missing");
  return read<T>(*found, path_of(where, key));
}

template <class T>
Result<std::optional<T>> optional(const Json& object, std::string_view key,
                                  std::string_view where) {
  TRY(must_be_object(object, where));
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::optional<T>();
  TRY_ASSIGN(T value, read<T>(*found, path_of(where, key)));
  return std::optional<T>(std::move(value));
}

template Result<bool> require(const Json&, std::string_view, std::string_view);
template Result<std::int64_t> require(const Json&, std::string_view, std::string_view);
template Result<double> require(const Json&, std::string_view, std::string_view);
template Result<std::string> require(const Json&, std::string_view, std::string_view);
template Result<std::vector<std::string>> require(const Json&, std::string_view, std::string_view);
template Result<Json> require(const Json&, std::string_view, std::string_view);

template Result<std::optional<bool>> optional(const Json&, std::string_view, std::string_view);
template Result<std::optional<std::int64_t>> optional(const Json&, std::string_view,
                                                      std::string_view);
template Result<std::optional<double>> optional(const Json&, std::string_view, std::string_view);
template Result<std::optional<std::string>> optional(const Json&, std::string_view,
                                                     std::string_view);
template Result<std::optional<std::vector<std::string>>> optional(const Json&, std::string_view,
                                                                  std::string_view);
template Result<std::optional<Json>> optional(const Json&, std::string_view, std::string_view);

}  // namespace gossamer
