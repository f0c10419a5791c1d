// SPDX-License-Identifier: Apache-2.0
#include "base/password.hpp"

#include <gtest/gtest.h>

namespace gossamer {
namespace {

constexpr PasswordCost cheap{.memory_kib = 64, .passes = 1};

TEST(Password, MatchesItselfAlone) {
  const auto hashed = hash_password("correct horse", cheap);
  ASSERT_TRUE(hashed);
  EXPECT_TRUE(password_matches("correct horse", *hashed));
  EXPECT_FALSE(password_matches("correct hors", *hashed));
  EXPECT_FALSE(password_matches("", *hashed));
  EXPECT_FALSE(password_matches("correct horse", ""));
  EXPECT_FALSE(password_matches("correct horse", "plain text"));
}

TEST(Password, HasASaltOfItsOwnAndSaysHowItWasMade) {
  const auto one = hash_password("same", cheap);
  const auto two = hash_password("same", cheap);
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_TRUE(hash_password("x")->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}

// The reference implementation's own test: version 19, t=2, m=256 KiB, p=1, salt "somesalt".
TEST(Password, IsArgon2id) {
  EXPECT_TRUE(password_matches("password",
                               "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"
                               "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"));
}

TEST(Secret, IsLongPlainAndNeverTheSame) {
  const auto one = random_secret();
  const auto two = random_secret();
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  EXPECT_EQ(one->size(), 43U);
  EXPECT_EQ(one->find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789-_"),
            std::string::npos);
}

}  // namespace
}  // namespace gossamer
