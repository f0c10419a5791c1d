// SPDX-License-Identifier: Apache-2.0
#include "base/password.hpp"

#include <argon2.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace gossamer {

namespace {

constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

Result<void> fill_randomly(std::span<unsigned char> bytes) {
  // Up to 256 bytes come at once or not at all.
  while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    if (errno != EINTR) return unavailable("the system gives no random bytes");
  }
  return {};
}

std::string base64url(std::span<const unsigned char> bytes) {
  static constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned kept = 0;
  int bits = 0;
  for (const unsigned char byte : bytes) {
    kept = (kept << 8U) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += letters[(kept >> static_cast<unsigned>(bits)) & 63U];
    }
  }
  if (bits > 0) text += letters[(kept << static_cast<unsigned>(6 - bits)) & 63U];
  return text;
}

}  // namespace

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  std::array<unsigned char, salt_bytes> salt{};
  TRY(fill_randomly(salt));
  std::vector<char> encoded(
      argon2_encodedlen(cost.passes, cost.memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id));
  const int code =
      argon2id_hash_encoded(cost.passes, cost.memory_kib, lanes, password.data(), password.size(),
                            salt.data(), salt.size(), hash_bytes, encoded.data(), encoded.size());
  if (code != ARGON2_OK) {
    return unavailable(fmt::format("cannot hash a password: {}", argon2_error_message(code)));
  }
  return std::string(encoded.data());
}

bool password_matches(std::string_view password, const std::string& hashed) {
  return argon2id_verify(hashed.c_str(), password.data(), password.size()) == ARGON2_OK;
}

Result<std::string> random_secret() {
  std::array<unsigned char, 32> bytes{};
  TRY(fill_randomly(bytes));
  return base64url(bytes);
}

}  // namespace gossamer
