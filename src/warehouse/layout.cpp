// SPDX-License-Identifier: Apache-2.0
#include "warehouse/layout.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::warehouse {
namespace {

constexpr std::size_t folder_name_bytes_max = 255;  // of every file system that Linux has
constexpr std::string_view candidate_mark = "__candidate_";

bool is_letter_or_digit(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}

bool is_plain(char character) {
  return is_letter_or_digit(character) || character == '_' || character == '.' ||
         character == '-' || character == '~';
}

int hex_value(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return -1;
}

}  // namespace

std::string hive_escaped(std::string_view value) {
  std::string escaped;
  for (const char character : value) {
    if (is_plain(character)) {
      escaped += character;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return escaped;
}

Result<std::string> hive_unescaped(std::string_view text) {
  std::string value;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      value += text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_value(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      return invalid_input(
          fmt::format("folder name '{}' has a % without two hex digits behind it", text));
    }
    value += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return value;
}

Result<std::string> partition_folder(const release::PartitionKey& key) {
  if (key.pairs.empty()) return "all";
  std::string folder;
  for (const auto& [name, value] : key.pairs) {
    const std::string part = hive_escaped(name) + '=' + hive_escaped(value);
    if (part.size() > folder_name_bytes_max) {
      return invalid_input(fmt::format(
          "the value of key column '{}' is too long for a folder name ({} bytes, at most {}): "
          "{}",
          name, part.size(), folder_name_bytes_max, abbreviated(value, 60)));
    }
    if (!folder.empty()) folder += '/';
    folder += part;
  }
  return folder;
}

Result<release::PartitionKey> partition_of_folder(std::string_view folder) {
  release::PartitionKey key;
  if (folder == "all") return key;
  for (const std::string& part : split(folder, '/')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid_input(
          fmt::format("'{}' is not a partition's folder: expected name=value", folder));
    }
    TRY_ASSIGN(std::string name, hive_unescaped(std::string_view(part).substr(0, equals)));
    TRY_ASSIGN(std::string value, hive_unescaped(std::string_view(part).substr(equals + 1)));
    key.pairs.emplace_back(std::move(name), std::move(value));
  }
  return key;
}

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
    const bool allowed = std::ranges::all_of(part, [](char character) {
      return is_letter_or_digit(character) || character == '_' || character == '-';
    });
    if (!allowed) return refuse("use letters, digits, '_' and '-'");
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

Result<fs::path> Layout::partition_files(const std::string& table, const AttemptId& attempt,
                                         const release::PartitionKey& key) const {
  TRY_ASSIGN(const std::string folder, partition_folder(key));
  return attempt_files(table, attempt) / folder;
}

fs::path Layout::projection(const std::string& table) const { return root_ / table; }

fs::path Layout::candidate_projection(const std::string& table, const std::string& name) const {
  return root_ / (table + std::string(candidate_mark) + hive_escaped(name));
}

fs::path Layout::staging() const { return root_ / ".data" / ".staging"; }

}  // namespace gossamer::warehouse
