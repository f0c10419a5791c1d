// SPDX-License-Identifier: Apache-2.0
// A model file as a stream of tokens, pulled by who knows what must come: JSON text and UBJSON
// bytes look the same from here. Nothing is kept but the stack of open containers, whose depth is
// bounded.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gossamer::scoring::forest {

enum class TokenKind : std::uint8_t { object, array, string, number, boolean, null };
std::string_view name_of(TokenKind kind);

// Every call gives invalid_input, with the byte, where the file has something else.
class Tokens {
 public:
  static constexpr std::size_t depth_max = 64;

  Tokens() = default;
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  virtual ~Tokens() = default;

  // What comes next, without taking it.
  virtual Result<TokenKind> peek() = 0;
  // Into an object or array.
  virtual Result<void> enter(TokenKind container) = 0;
  // Whether the innermost container has another element; leaves it where it has none.
  virtual Result<bool> more() = 0;
  // Of an object's next member, after more().
  virtual Result<std::string> key() = 0;
  virtual Result<std::string> string() = 0;
  // A boolean counts as 0 or 1. Fractions are read as float32, whole numbers up to 2^53.
  virtual Result<double> number() = 0;
  virtual Result<void> null() = 0;
  [[nodiscard]] virtual std::size_t offset() const = 0;

  // The error "byte 17: ..." of the place before the next token.
  [[nodiscard]] std::unexpected<Error> error(std::string_view what) const;
  // A whole array of numbers.
  Result<std::vector<double>> numbers();
  Result<std::vector<std::string>> strings();
  // A value of any kind, whatever is in it.
  Result<void> skip();

 private:
  Result<void> skip_scalar(TokenKind kind);
};

std::unique_ptr<Tokens> json_tokens(std::string_view text);
std::unique_ptr<Tokens> ubjson_tokens(std::string_view bytes);

// Calls `member(key)`, which must take the value, for each member of the object that comes next.
template <class Member>
Result<void> read_object(Tokens& tokens, Member&& member) {
  TRY(tokens.enter(TokenKind::object));
  while (true) {
    TRY_ASSIGN(const bool more, tokens.more());
    if (!more) return {};
    TRY_ASSIGN(const std::string key, tokens.key());
    TRY(member(key));
  }
}

// The same for an array: `element(index)`.
template <class Element>
Result<void> read_array(Tokens& tokens, Element&& element) {
  TRY(tokens.enter(TokenKind::array));
  for (std::size_t index = 0;; ++index) {
    TRY_ASSIGN(const bool more, tokens.more());
    if (!more) return {};
    TRY(element(index));
  }
}

}  // namespace gossamer::scoring::forest
