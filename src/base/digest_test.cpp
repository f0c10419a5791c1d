// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include <gtest/gtest.h>

#include "base/files.hpp"

namespace gossamer {
namespace {

// FIPS 180-2, appendix B.1, and the digest of nothing.
constexpr std::string_view abc =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view nothing =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Digest, KnowsTheStandardsExamples) {
  EXPECT_EQ(digest_of(std::string_view("abc")).text(), abc);
  EXPECT_EQ(digest_of(std::string_view()).text(), nothing);
}

TEST(Digest, PiecesAndFilesGiveTheSameAsTheWhole) {
  Sha256 sum;
  sum.update(std::string_view("a"));
  sum.update(std::string_view());
  sum.update(std::string_view("bc"));
  EXPECT_EQ(sum.finish().text(), abc);

  const TemporaryFolder folder = TemporaryFolder::make().value();
  const std::string large(1'000'000, 'x');
  ASSERT_TRUE(write_file_durably(folder.path() / "large", large).has_value());
  EXPECT_EQ(digest_of_file(folder.path() / "large").value(), digest_of(large));
}

TEST(Digest, AMissingFileIsNamed) {
  const auto digest = digest_of_file("/no/such/file");
  EXPECT_EQ(digest.error().kind, ErrorKind::not_found);
  EXPECT_EQ(digest.error().message, "cannot open /no/such/file: No such file or directory");
}

TEST(Digest, ParsesItsTextAlone) {
  const Digest digest = Digest::parse(abc).value();
  EXPECT_EQ(digest.hex(), abc.substr(7));
  EXPECT_EQ(digest.short_hex(), "ba7816bf8f01");
  EXPECT_EQ(digest, digest_of(std::string_view("abc")));
  for (const std::string& bad : {std::string(), std::string(abc.substr(7)), std::string(abc) + "0",
                                 std::string("sha256:") + std::string(64, 'G'),
                                 std::string("md5:") + std::string(64, '0')}) {
    EXPECT_EQ(Digest::parse(bad).error().message,
              "`" + bad + "` is not a digest; expected `sha256:` and 64 hex digits in lower case");
  }
  EXPECT_EQ(Digest().hex(), "");
  EXPECT_EQ(Digest().short_hex(), "");
}

TEST(Digest, HmacOfRfc4231) {
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, ConstantTimeComparisonComparesAll) {
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secre"));
}

}  // namespace
}  // namespace gossamer
