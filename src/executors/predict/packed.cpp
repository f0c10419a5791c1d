// SPDX-License-Identifier: Apache-2.0
#include "executors/predict/packed.hpp"

#include <bit>
#include <charconv>
#include <cstdint>

namespace gossamer::executors {
namespace {

constexpr std::size_t digits = 16;
constexpr std::string_view hex = "0123456789abcdef";

}  // namespace

void append_packed(std::string& text, double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < digits; ++i) {
    text += hex[(bits >> (60 - 4 * i)) & 0xFU];
  }
}

std::optional<double> packed_at(std::string_view text, std::size_t index) {
  if (text.size() < (index + 1) * digits) return std::nullopt;
  const std::string_view part = text.substr(index * digits, digits);
  std::uint64_t bits = 0;
  const auto read = std::from_chars(part.data(), part.data() + part.size(), bits, digits);
  if (read.ec != std::errc() || read.ptr != part.data() + part.size()) return std::nullopt;
  return std::bit_cast<double>(bits);
}

}  // namespace gossamer::executors
