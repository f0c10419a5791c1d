// SPDX-License-Identifier: Apache-2.0
// What parses must have a canonical form, and that must parse to itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  const auto value = gossamer::parse_json(text, "fuzz", {.bytes = 1U << 20U, .depth = 50});
  if (!value) return 0;
  const auto first = gossamer::canonical(*value);
  if (!first) std::abort();
  const auto again = gossamer::parse_json(*first, "again");
  if (!again || *again != *value) std::abort();
  if (gossamer::canonical(*again).value() != *first) std::abort();
  return 0;
}
