// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

namespace gossamer {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_input:
      return "invalid_input";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::conflict:
      return "conflict";
    case ErrorKind::denied:
      return "denied";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::bug:
      return "bug";
  }
  return "bug";
}

std::string to_string(const Position& position) {
  std::string text = position.file;
  if (position.line <= 0) return text;
  if (!text.empty()) text += ':';
  text += std::to_string(position.line);
  if (position.column > 0) text += ':' + std::to_string(position.column);
  return text;
}

std::string Error::describe() const {
  std::string text;
  if (position) {
    text = to_string(*position);
    if (!text.empty()) text += ": ";
  }
  text += message;
  for (const Error* inner = cause.get(); inner != nullptr; inner = inner->cause.get()) {
    text += ": ";
    // A position that the outer error already showed would only be noise.
    if (inner->position && inner->position != position) {
      text += to_string(*inner->position) + ": ";
    }
    text += inner->message;
  }
  return text;
}

Error Error::wrapped(std::string outer) const {
  return Error{kind, std::move(outer), position, std::make_shared<const Error>(*this)};
}

std::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return std::unexpected(Error{.kind = kind, .message = std::move(message)});
}

std::unexpected<Error> fail(ErrorKind kind, std::string message, Position position) {
  return std::unexpected(
      Error{.kind = kind, .message = std::move(message), .position = std::move(position)});
}

std::unexpected<Error> invalid_input(std::string message) {
  return fail(ErrorKind::invalid_input, std::move(message));
}

std::unexpected<Error> invalid_input(std::string message, Position position) {
  return fail(ErrorKind::invalid_input, std::move(message), std::move(position));
}

std::unexpected<Error> not_found(std::string message) {
  return fail(ErrorKind::not_found, std::move(message));
}

std::unexpected<Error> conflict(std::string message) {
  return fail(ErrorKind::conflict, std::move(message));
}

std::unexpected<Error> denied(std::string message) {
  return fail(ErrorKind::denied, std::move(message));
}

std::unexpected<Error> unavailable(std::string message) {
  return fail(ErrorKind::unavailable, std::move(message));
}

std::unexpected<Error> bug(std::string message) { return fail(ErrorKind::bug, std::move(message)); }

}  // namespace gossamer
