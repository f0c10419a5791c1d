// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include "base/files.hpp"

namespace gossamer {
namespace {

constexpr std::string_view prefix = "sha256:";
constexpr std::size_t hex_size = 64;

std::string to_hex(std::span<const unsigned char> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

// OpenSSL fails here only for want of memory or of its own algorithms.
void must(int outcome) {
  if (outcome != 1) std::abort();
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
  const bool good =
      text.starts_with(prefix) && text.size() == prefix.size() + hex_size &&
      text.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
  if (good) return Digest(std::string(text));
  return invalid_input("`" + std::string(text) +
                       "` is not a digest; expected `sha256:` and 64 hex digits in lower case");
}

std::string_view Digest::hex() const {
  return text_.empty() ? std::string_view{} : std::string_view(text_).substr(prefix.size());
}

void Sha256::Free::operator()(evp_md_ctx_st* state) const { EVP_MD_CTX_free(state); }

Sha256::Sha256() : state_(EVP_MD_CTX_new()) {
  must(state_ != nullptr ? 1 : 0);
  must(EVP_DigestInit_ex(state_.get(), EVP_sha256(), nullptr));
}

void Sha256::update(std::string_view bytes) {
  must(EVP_DigestUpdate(state_.get(), bytes.data(), bytes.size()));
}

void Sha256::update(std::span<const std::byte> bytes) {
  must(EVP_DigestUpdate(state_.get(), bytes.data(), bytes.size()));
}

Digest Sha256::finish() {
  std::array<unsigned char, 32> bytes{};
  must(EVP_DigestFinal_ex(state_.get(), bytes.data(), nullptr));
  return Digest(std::string(prefix) + to_hex(bytes));
}

Digest digest_of(std::string_view bytes) {
  Sha256 sum;
  sum.update(bytes);
  return sum.finish();
}

Digest digest_of(std::span<const std::byte> bytes) {
  Sha256 sum;
  sum.update(bytes);
  return sum.finish();
}

Result<Digest> digest_of_file(const std::filesystem::path& path) {
  TRY_ASSIGN(const FileDescriptor file, open_file(path, O_RDONLY));
  Sha256 sum;
  std::vector<char> buffer(std::size_t{256} * 1024);
  for (;;) {
    const ssize_t got = ::read(file.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error(errno, "read", path));
    if (got == 0) return sum.finish();
    sum.update(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
}

std::string hmac_sha256_hex(std::string_view key, std::string_view message) {
  std::array<unsigned char, 32> bytes{};
  unsigned size = 0;
  const auto* result = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                            reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                            bytes.data(), &size);
  must(result != nullptr ? 1 : 0);
  return to_hex(bytes);
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace gossamer
