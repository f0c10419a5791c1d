// SPDX-License-Identifier: Apache-2.0
#include "scoring/forest/tokens.hpp"

#include <fmt/format.h>

namespace gossamer::scoring::forest {

std::string_view name_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::object:
      return "an object";
    case TokenKind::array:
      return "an array";
    case TokenKind::string:
      return "a string";
    case TokenKind::number:
      return "a number";
    case TokenKind::boolean:
      return "a boolean";
    case TokenKind::null:
      return "null";
  }
  return "null";
}

std::unexpected<Error> Tokens::error(std::string_view what) const {
  return invalid_input(fmt::format("byte {}: {}", offset(), what));
}

Result<std::vector<double>> Tokens::numbers() {
  std::vector<double> values;
  TRY(read_array(*this, [&](std::size_t) -> Result<void> {
    TRY_ASSIGN(const double value, number());
    values.push_back(value);
    return {};
  }));
  return values;
}

Result<std::vector<std::string>> Tokens::strings() {
  std::vector<std::string> values;
  TRY(read_array(*this, [&](std::size_t) -> Result<void> {
    TRY_ASSIGN(std::string value, string());
    values.push_back(std::move(value));
    return {};
  }));
  return values;
}

Result<void> Tokens::skip_scalar(TokenKind kind) {
  switch (kind) {
    case TokenKind::string:
      TRY(string());
      return {};
    case TokenKind::null:
      return null();
    case TokenKind::number:
    case TokenKind::boolean:
      TRY(number());
      return {};
    case TokenKind::object:
    case TokenKind::array:
      break;
  }
  return {};
}

Result<void> Tokens::skip() {
  std::vector<TokenKind> open;
  while (true) {
    TRY_ASSIGN(const TokenKind kind, peek());
    if (kind == TokenKind::object || kind == TokenKind::array) {
      TRY(enter(kind));
      open.push_back(kind);
    } else {
      TRY(skip_scalar(kind));
    }
    while (true) {
      if (open.empty()) return {};
      TRY_ASSIGN(const bool another, more());
      if (another) break;
      open.pop_back();
    }
    if (open.back() == TokenKind::object) TRY(key());
  }
}

}  // namespace gossamer::scoring::forest
