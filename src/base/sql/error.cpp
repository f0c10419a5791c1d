// SPDX-License-Identifier: Apache-2.0
#include "base/sql/error.hpp"

#include <string>

#include <sqlite3.h>

#include "base/text.hpp"

namespace gossamer::sql {
namespace {

constexpr std::size_t shown_statement_bytes = 300;

struct Meaning {
  ErrorKind kind;
  std::string_view words;  // before SQLite's own
};

Meaning meaning_of(int primary_code) {
  switch (primary_code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::unavailable, "the store is busy, repeat later: "};
    case SQLITE_FULL:
      return {ErrorKind::unavailable, "disk is full, free some and repeat: "};
    case SQLITE_IOERR:
      return {ErrorKind::unavailable, "the disk failed: "};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorKind::unavailable, "the store is damaged: "};
    case SQLITE_CANTOPEN:
      return {ErrorKind::unavailable, "the store cannot be opened: "};
    case SQLITE_NOMEM:
      return {ErrorKind::unavailable, ""};
    case SQLITE_INTERRUPT:
      return {ErrorKind::unavailable, ""};
    case SQLITE_CONSTRAINT:
      return {ErrorKind::conflict, ""};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ErrorKind::denied, "the store cannot be written: "};
    case SQLITE_TOOBIG:
      return {ErrorKind::invalid_input, ""};
    default:
      return {ErrorKind::bug, ""};
  }
}

std::string one_line(std::string_view statement) {
  std::string line;
  for (const char c : abbreviated(trimmed(statement), shown_statement_bytes)) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t';
    if (!is_blank) line += c;
    if (is_blank && !line.ends_with(' ')) line += ' ';
  }
  return line;
}

}  // namespace

Error error_of(sqlite3* connection, std::string_view statement) {
  const Meaning meaning = meaning_of(sqlite3_extended_errcode(connection) & 0xFF);
  std::string message(meaning.words);
  message += sqlite3_errmsg(connection);
  message += " (" + one_line(statement) + ")";
  return Error{.kind = meaning.kind, .message = std::move(message)};
}

}  // namespace gossamer::sql
