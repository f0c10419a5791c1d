// SPDX-License-Identifier: Apache-2.0
#include "scoring/formats/document.hpp"

#include "base/numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gossamer::scoring::formats {

std::unexpected<Error> Place::refuse(std::string_view what) const {
  return invalid_input(fmt::format("`{}` {}", path_, what));
}

std::optional<Place> Place::find(std::string_view name) const {
  const auto* members = std::get_if<Node::Members>(&node_->value);
  if (members == nullptr) return std::nullopt;
  const auto found = std::ranges::lower_bound(*members, name, {}, &Member::name);
  if (found == members->end() || found->name != name) return std::nullopt;
  return Place(found->node, path_.empty() ? found->name : path_ + "." + found->name);
}

Result<Place> Place::at(std::string_view name) const {
  auto found = find(name);
  if (found) return *std::move(found);
  const bool is_object = std::holds_alternative<Node::Members>(node_->value);
  if (!is_object && !path_.empty()) return refuse("is no object");
  return invalid_input(fmt::format("`{}{}{}` is missing", path_, path_.empty() ? "" : ".", name));
}

Result<std::vector<Place>> Place::list() const {
  std::vector<Place> places;
  const auto* numbers = std::get_if<Node::Numbers>(&node_->value);
  if (numbers != nullptr && numbers->empty()) return places;
  const auto* list = std::get_if<Node::List>(&node_->value);
  if (list == nullptr) return refuse("is no list of what it should be");
  places.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i)
    places.emplace_back((*list)[i], fmt::format("{}[{}]", path_, i));
  return places;
}

Result<std::span<const double>> Place::numbers() const {
  const auto* numbers = std::get_if<Node::Numbers>(&node_->value);
  if (numbers == nullptr) return refuse("is no list of numbers");
  return std::span<const double>(*numbers);
}

Result<std::vector<std::int64_t>> Place::integers(std::size_t size, std::int64_t least,
                                                  std::int64_t most) const {
  TRY_ASSIGN(const auto values, numbers());
  if (values.size() != size) {
    return refuse(fmt::format("has {} entries where {} are needed", values.size(), size));
  }
  std::vector<std::int64_t> integers;
  integers.reserve(size);
  for (const double value : values) {
    const bool is_within = value >= static_cast<double>(least) &&
                           value <= static_cast<double>(most) && value == std::floor(value);
    if (!is_within) {
      return refuse(fmt::format("holds {} at {}; it takes whole numbers from {} to {}", value,
                                integers.size(), least, most));
    }
    integers.push_back(static_cast<std::int64_t>(value));
  }
  return integers;
}

Result<std::string_view> Place::text() const {
  const auto* text = std::get_if<std::string>(&node_->value);
  if (text == nullptr) return refuse("is no text");
  return std::string_view(*text);
}

Result<std::int64_t> Place::parameter(std::int64_t least, std::int64_t most) const {
  TRY_ASSIGN(const std::string_view digits, text());
  const auto number = parse_integer(digits, least, most);
  if (!number) {
    return refuse(fmt::format("is no whole number from {} to {}", least, most));
  }
  return *number;
}

}  // namespace gossamer::scoring::formats
