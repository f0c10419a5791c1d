// SPDX-License-Identifier: Apache-2.0
// What is kept of passwords, and secrets that nobody can guess.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gossamer {

// argon2id; the defaults are the least that OWASP's password storage cheat sheet names.
struct PasswordCost {
  std::uint32_t memory_kib = 19'456;
  std::uint32_t passes = 2;
};

// "$argon2id$v=19$m=...,t=...,p=1$salt$hash" with a salt of its own: tens of milliseconds.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost = {});
// Takes as long as the hashing did, whatever the answer; false for what is no hash.
bool password_matches(std::string_view password, const std::string& hashed);

// 256 bits of the kernel's randomness, 43 letters that need no quoting anywhere.
Result<std::string> random_secret();

}  // namespace gossamer
