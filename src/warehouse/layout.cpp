// SPDX-License-Identifier: Apache-2.0
#include "warehouse/layout.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::warehouse {
namespace {

constexpr std::string_view candidate_mark = "__candidate_";

bool is_letter_or_digit(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}

bool is_allowed(char character) {
  return is_letter_or_digit(character) || character == '_' || character == '-';
}

}  // namespace

std::string file_name(const AttemptId& attempt, std::size_t number) {
  return fmt::format("part-{}-{}.parquet", attempt.value(), number);
}

Result<void> check_table_name(std::string_view table) {
  const auto refuse = [&](std::string_view why) {
    return invalid_input(fmt::format("'{}' is not a table's name: {}", table, why));
  };
  const std::vector<std::string> parts = split(table, '.');
  if (parts.size() > 2) return refuse("at most one dot, as in raw.rentals");
  for (const std::string& part : parts) {
    if (part.empty()) return refuse("a part is empty");
    if (!std::ranges::all_of(part, is_allowed)) return refuse("use letters, digits, '_' and '-'");
  }
  if (table.find(candidate_mark) != std::string_view::npos) {
    return refuse("'__candidate_' stands for projected candidates");
  }
  if (table.size() > 128) return refuse("at most 128 characters");
  return {};
}

fs::path Layout::table_files(const std::string& table) const { return root_ / ".data" / table; }

fs::path Layout::attempt_files(const std::string& table, const AttemptId& attempt) const {
  return table_files(table) / attempt.value();
}

fs::path Layout::partition_files(const std::string& table, const AttemptId& attempt,
                                 const release::PartitionKey& key) const {
  return attempt_files(table, attempt) / key.text();
}

fs::path Layout::projection(const std::string& table) const { return root_ / table; }

fs::path Layout::candidate_projection(const std::string& table, const std::string& name) const {
  std::string folder = table + std::string(candidate_mark) + name;
  std::ranges::replace_if(
      folder, [](char character) { return character != '.' && !is_allowed(character); }, '-');
  return root_ / folder;
}

fs::path Layout::staging() const { return root_ / ".data" / ".staging"; }

}  // namespace gossamer::warehouse
