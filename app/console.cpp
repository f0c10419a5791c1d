// SPDX-License-Identifier: Apache-2.0
#include "app/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <utility>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace gossamer::app {

namespace {

constexpr std::array<std::pair<std::string_view, OutputFormat>, 6> formats{
    {{"table", OutputFormat::table},
     {"wide", OutputFormat::wide},
     {"json", OutputFormat::json},
     {"yaml", OutputFormat::yaml},
     {"name", OutputFormat::name},
     {"csv", OutputFormat::csv}}};

const Json& member(const Json& row, std::string_view key) {
  static const Json missing;
  const Json* at = &row;
  for (const auto& part : split(key, '.')) {
    const auto found = at->is_object() ? at->find(part) : at->end();
    if (found == at->end()) return missing;
    at = &*found;
  }
  return *at;
}

// How many columns of a terminal a UTF-8 text takes, near enough for tables: one a code point.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

std::string cell_text(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return format_count(value.get<std::int64_t>());
  if (value.is_number_float()) return format_significant(value.get<double>(), 6);
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const auto& part : value)
      parts.push_back(cell_text(part));
    return parts.empty() ? "-" : join(parts, ",");
  }
  std::vector<std::string> parts;
  for (const auto& [key, part] : value.items()) {
    parts.push_back(fmt::format("{}={}", key, cell_text(part)));
  }
  return parts.empty() ? "-" : join(parts, " ");
}

// Quoted as RFC 4180 says, lines ended as a shell expects; numbers as they are, every digit.
std::string csv_field(const Json& value) {
  if (value.is_null()) return "";
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void print_table(std::ostream& out, const Listing& listing, OutputFormat format) {
  std::vector<ColumnSpec> columns;
  for (const auto& column : listing.columns) {
    if (!column.only_wide || format == OutputFormat::wide) columns.push_back(column);
  }
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> widths;
  for (const auto& column : columns)
    widths.push_back(width_of(column.header));
  for (const auto& row : listing.rows) {
    auto& line = cells.emplace_back();
    for (std::size_t at = 0; at < columns.size(); ++at) {
      const Json& value = member(row, columns[at].key);
      line.push_back(columns[at].text != nullptr ? columns[at].text(value) : cell_text(value));
      widths[at] = std::max(widths[at], width_of(line.back()));
    }
  }
  const auto print_line = [&](const std::vector<std::string>& line) {
    std::string text;
    for (std::size_t at = 0; at < line.size(); ++at) {
      const std::string pad(widths[at] - width_of(line[at]), ' ');
      const bool right = columns[at].alignment == Alignment::right;
      text += right ? pad + line[at] : line[at] + pad;
      text += "  ";
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << '\n';
  };
  std::vector<std::string> headers;
  for (const auto& column : columns)
    headers.push_back(column.header);
  print_line(headers);
  for (const auto& line : cells)
    print_line(line);
}

void print_csv(std::ostream& out, const Listing& listing) {
  std::vector<std::string> line;
  for (const auto& column : listing.columns)
    line.push_back(csv_field(lower_case(column.header)));
  out << join(line, ",") << "\n";
  for (const auto& row : listing.rows) {
    line.clear();
    for (const auto& column : listing.columns)
      line.push_back(csv_field(member(row, column.key)));
    out << join(line, ",") << "\n";
  }
}

bool needs_quotes(const std::string& text) {
  if (text.empty() || text.find_first_of(":#{}[],&*!|>'\"%@`\n\t\\") != std::string::npos) {
    return true;
  }
  static constexpr std::string_view first_letters = "-?.+ 0123456789~";
  if (first_letters.find(text.front()) != std::string_view::npos || text.back() == ' ') return true;
  const auto lower = lower_case(text);
  static constexpr std::array<std::string_view, 9> words{"true", "false", "null", "yes", "no",
                                                         "on",   "off",   "y",    "n"};
  return std::ranges::find(words, lower) != words.end();
}

void append_yaml(std::string& text, const Json& value, std::size_t indent) {
  const std::string pad(indent, ' ');
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, part] : value.items()) {
      text += pad + (needs_quotes(key) ? Json(key).dump() : key) + ":";
      const bool nested = part.is_structured() && !part.empty();
      text += nested ? "\n" : " ";
      append_yaml(text, part, nested ? indent + 2 : 0);
    }
  } else if (value.is_array() && !value.empty()) {
    for (const auto& part : value) {
      std::string item;
      append_yaml(item, part, indent + 2);
      // The first line of a nested item stands behind the dash.
      text += pad + "- " + item.substr(part.is_structured() && !part.empty() ? indent + 2 : 0);
    }
  } else if (value.is_string() && !needs_quotes(value.get_ref<const std::string&>())) {
    text += value.get<std::string>() + "\n";
  } else {
    text += value.dump() + "\n";
  }
}

}  // namespace

Result<OutputFormat> parse_output_format(std::string_view text) {
  for (const auto& [name, format] : formats) {
    if (name == text) return format;
  }
  return invalid_input(
      fmt::format("\"{}\" is no output format; use table, wide, json, yaml, name or csv", text));
}

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return ExitCode::invalid_input;
    case ErrorKind::not_found:
      return ExitCode::not_found;
    case ErrorKind::conflict:
      return ExitCode::conflict;
    case ErrorKind::denied:
      return ExitCode::denied;
    case ErrorKind::unavailable:
      return ExitCode::unavailable;
    case ErrorKind::bug:
      return ExitCode::bug;
  }
  return ExitCode::bug;
}

void Console::print(const Listing& listing, OutputFormat format) {
  switch (format) {
    case OutputFormat::json:
      out_ << listing.rows.dump(2) << '\n';
      break;
    case OutputFormat::yaml:
      out_ << to_yaml(listing.rows);
      break;
    case OutputFormat::csv:
      print_csv(out_, listing);
      break;
    case OutputFormat::name:
      for (const auto& row : listing.rows) {
        const auto& name = member(row, listing.name_key);
        out_ << (name.is_string() ? name.get<std::string>() : name.dump()) << '\n';
      }
      break;
    case OutputFormat::table:
    case OutputFormat::wide:
      if (listing.rows.empty() && !listing.when_empty.empty()) {
        err_ << listing.when_empty << '\n';
      } else {
        print_table(out_, listing, format);
      }
      break;
  }
  out_.flush();
}

void Console::print_object(const Json& object, const Listing& as_listing, OutputFormat format) {
  if (format == OutputFormat::json) {
    out_ << object.dump(2) << '\n';
  } else if (format == OutputFormat::yaml) {
    out_ << to_yaml(object);
  } else {
    print(as_listing, format);
  }
  out_.flush();
}

void Console::print_error(const Error& error) {
  err_ << (error.position ? error.describe() : "gossamer: " + error.describe()) << '\n';
  err_.flush();
}

std::string cut_to(const std::string& text, std::size_t columns) {
  std::size_t end = text.size();
  while (width_of(std::string_view(text).substr(0, end)) > columns)
    --end;
  // A code point is kept whole or not at all.
  const auto is_rest = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
  };
  while (end > 0 && end < text.size() && is_rest(text[end]))
    --end;
  return text.substr(0, end);
}

std::string to_yaml(const Json& value) {
  std::string text;
  append_yaml(text, value, 0);
  return text;
}

}  // namespace gossamer::app
