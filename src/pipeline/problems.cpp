// SPDX-License-Identifier: Apache-2.0
#include "pipeline/problems.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace gossamer::pipeline {
namespace {

std::vector<Error> in_order(std::vector<Error> errors) {
  const auto key = [](const Error& error) {
    static const Position nowhere;
    const Position& at = error.position ? *error.position : nowhere;
    return std::tie(at.file, at.line, at.column, error.message);
  };
  std::ranges::sort(errors,
                    [&](const Error& left, const Error& right) { return key(left) < key(right); });
  const auto same = [&](const Error& left, const Error& right) { return key(left) == key(right); };
  errors.erase(std::unique(errors.begin(), errors.end(), same), errors.end());
  return errors;
}

}  // namespace

void Problems::error(const YamlNode& at, std::string message) {
  error(at.position(), std::move(message));
}

void Problems::error(Position at, std::string message) {
  if (!keys_.empty()) message = fmt::format("`{}`: {}", keys_.back(), message);
  errors_.push_back({ErrorKind::invalid_input, std::move(message), std::move(at), nullptr});
}

void Problems::error(Error error) { errors_.push_back(std::move(error)); }

void Problems::warning(Position at, std::string message) {
  warnings_.push_back({ErrorKind::invalid_input, std::move(message), std::move(at), nullptr});
}

void Problems::mismatch(const YamlNode& node, std::string_view what) {
  std::string message = fmt::format("expected {}, found {}", what, found(node));
  if (node.quoted && parse_number(node.text) && what.find("number") != what.npos) {
    message += "; write it without quotes";
  }
  if (node.looks_like_time) message += "; a time of day must be in quotes";
  error(node, std::move(message));
}

std::vector<Error> Problems::take_errors() { return in_order(std::exchange(errors_, {})); }

std::vector<Error> Problems::take_warnings() { return in_order(std::exchange(warnings_, {})); }

std::string found(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "nothing";
    case YamlNode::Kind::boolean:
      return fmt::format("the boolean {}", node.text);
    case YamlNode::Kind::integer:
      return fmt::format("the whole number {}", abbreviated(node.text, 40));
    case YamlNode::Kind::floating:
      return fmt::format("the number {}", abbreviated(node.text, 40));
    case YamlNode::Kind::string:
      return node.text.empty() ? "an empty text"
                               : fmt::format("the text `{}`", abbreviated(node.text, 60));
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a mapping";
  }
  return "nothing";
}

Position key_position(const YamlNode& node, std::string_view key) {
  for (const YamlEntry& entry : node.entries) {
    if (entry.key.text == key) return entry.key.position();
  }
  return node.position();
}

}  // namespace gossamer::pipeline
