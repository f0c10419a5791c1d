// SPDX-License-Identifier: Apache-2.0
// Errors as values. `base` owns what has no domain and knows nothing of pipelines, models or
// tables; nothing in it is a singleton, and a type is for one thread at a time unless its header
// says more.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gossamer {

// Whose fault it is decides the exit code, the HTTP status and whether a retry makes sense.
enum class ErrorKind : std::uint8_t {
  invalid_input,  // the caller said something wrong: correct it and repeat
  not_found,      // the named thing does not exist
  conflict,       // it exists already, or moved on meanwhile: read again and decide anew
  denied,         // the actor may not do this
  unavailable,    // disk, network or another process: repeating later may help
  bug,            // a promise inside the program was broken
};

std::string_view name_of(ErrorKind kind);

// A place in a text file; lines and columns count from 1, 0 means unknown.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;

  bool operator==(const Position&) const = default;
};

// "file:line:column", leaving out what is unknown.
std::string to_string(const Position& position);

struct Error {
  ErrorKind kind = ErrorKind::bug;
  std::string message;
  std::optional<Position> position = std::nullopt;
  std::shared_ptr<const Error> cause = nullptr;

  // The position, the message, and every cause after ": ".
  [[nodiscard]] std::string describe() const;
  // A new error of the same kind and position that says `outer`, caused by this one.
  [[nodiscard]] Error wrapped(std::string outer) const;
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, std::string message);
[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, std::string message, Position position);
[[nodiscard]] std::unexpected<Error> invalid_input(std::string message);
[[nodiscard]] std::unexpected<Error> invalid_input(std::string message, Position position);
[[nodiscard]] std::unexpected<Error> not_found(std::string message);
[[nodiscard]] std::unexpected<Error> conflict(std::string message);
[[nodiscard]] std::unexpected<Error> denied(std::string message);
[[nodiscard]] std::unexpected<Error> unavailable(std::string message);
[[nodiscard]] std::unexpected<Error> bug(std::string message);

}  // namespace gossamer

// TRY(expression): returns the error of a Result<...>; the value, if any, is dropped.
// TRY_ASSIGN(auto name, expression): the same, and keeps the value. It is several statements:
// in an `if` without braces it does not compile into what one would hope, so write the braces.
#define GOSSAMER_TRY_JOIN_(a, b) a##b
#define GOSSAMER_TRY_JOIN(a, b) GOSSAMER_TRY_JOIN_(a, b)
#define GOSSAMER_TRY(temporary, ...)                        \
  do {                                                      \
    auto temporary = (__VA_ARGS__);                         \
    if (!temporary) [[unlikely]]                            \
      return std::unexpected(std::move(temporary).error()); \
  } while (false)
#define GOSSAMER_TRY_ASSIGN(temporary, declaration, ...)  \
  auto temporary = (__VA_ARGS__);                         \
  if (!temporary) [[unlikely]]                            \
    return std::unexpected(std::move(temporary).error()); \
  declaration = *std::move(temporary)

#define TRY(...) GOSSAMER_TRY(GOSSAMER_TRY_JOIN(try_result_, __COUNTER__), __VA_ARGS__)
#define TRY_ASSIGN(declaration, ...) \
  GOSSAMER_TRY_ASSIGN(GOSSAMER_TRY_JOIN(try_result_, __COUNTER__), declaration, __VA_ARGS__)
