// SPDX-License-Identifier: Apache-2.0
// How results reach a person or a script: results on stdout, all else on stderr.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace gossamer::app {

enum class OutputFormat { table, wide, json, yaml, name, csv };
Result<OutputFormat> parse_output_format(std::string_view text);

enum class ExitCode {
  done = 0,
  failed = 1,
  usage = 2,
  invalid_input = 3,
  waiting = 4,
  conflict = 5,
  unavailable = 6,
  denied = 7,
  not_found = 8,
  bug = 70
};
ExitCode exit_code_of(ErrorKind kind);

enum class Alignment { left, right };

struct ColumnSpec {
  std::string header;
  std::string key;  // member of the row; `a.b` goes deeper
  Alignment alignment = Alignment::left;
  bool only_wide = false;
  // What a person reads in a table's cell, where the value itself would be hard to read.
  std::string (*text)(const Json& value) = nullptr;
};

struct Listing {
  std::vector<ColumnSpec> columns;
  std::string name_key;  // the member that `-o name` prints
  Json rows = Json::array();
  std::string when_empty;  // said on stderr for a table without rows: what to do next
};

class Console {
 public:
  // `columns` tells how wide the terminal is that `err` goes to, now; 0: it is none.
  Console(std::ostream& out, std::ostream& err, std::function<int()> columns)
      : out_(out), err_(err), columns_(std::move(columns)) {}
  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  bool is_terminal() const { return columns_() > 0; }
  int columns() const { return columns_(); }

  void print(const Listing& listing, OutputFormat format);
  // One object: json and yaml print it, the other formats print the listing of its parts.
  void print_object(const Json& object, const Listing& as_listing, OutputFormat format);
  // `path:line:column: message` where the error has a place, `gossamer: message` otherwise.
  void print_error(const Error& error);

 private:
  std::ostream& out_;
  std::ostream& err_;
  std::function<int()> columns_;
};

// As much of a UTF-8 text as fits into so many columns of a terminal, one a code point.
std::string cut_to(const std::string& text, std::size_t columns);

// Block-style YAML of a JSON value; every string that could be read as another type is quoted.
std::string to_yaml(const Json& value);

}  // namespace gossamer::app
