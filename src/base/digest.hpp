// SPDX-License-Identifier: Apache-2.0
// SHA-256 over OpenSSL, written as "sha256:" and 64 hex digits.
#pragma once

#include <compare>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "base/result.hpp"

struct evp_md_ctx_st;

namespace gossamer {

// A default Digest is empty and equals that of no content.
class Digest {
 public:
  Digest() = default;
  static Result<Digest> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  // The 64 digits alone, for file names.
  [[nodiscard]] std::string_view hex() const;
  // The first 12 of them, for people.
  [[nodiscard]] std::string_view short_hex() const { return hex().substr(0, 12); }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  bool operator==(const Digest&) const = default;
  std::strong_ordering operator<=>(const Digest&) const = default;

 private:
  friend class Sha256;
  explicit Digest(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

// Fed in pieces; the result is that of all pieces together.
class Sha256 {
 public:
  Sha256();

  void update(std::string_view bytes);
  void update(std::span<const std::byte> bytes);
  // Ends the calculation; call it once.
  [[nodiscard]] Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* state) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> state_;
};

Digest digest_of(std::string_view bytes);
Digest digest_of(std::span<const std::byte> bytes);
Result<Digest> digest_of_file(const std::filesystem::path& path);

// HMAC-SHA-256 as 64 hex digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view message);
// Compares without telling by its duration how much was equal.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace gossamer

template <>
struct std::hash<gossamer::Digest> {
  std::size_t operator()(const gossamer::Digest& digest) const noexcept {
    return std::hash<std::string>{}(digest.text());
  }
};

template <>
struct fmt::formatter<gossamer::Digest> : fmt::formatter<std::string_view> {
  auto format(const gossamer::Digest& digest, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(digest.text(), context);
  }
};
