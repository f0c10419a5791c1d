// SPDX-License-Identifier: Apache-2.0
// Rubbish must give an error or a tree whose places lie within the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/json.hpp"
#include "base/yaml.hpp"

namespace {

void check(const gossamer::YamlNode& node, std::size_t size) {
  if (node.begin > node.end || node.end > size || node.line < 1 || node.column < 1) std::abort();
  for (const auto& item : node.items)
    check(item, size);
  for (const auto& entry : node.entries) {
    check(entry.key, size);
    check(entry.value, size);
    if (node.find(entry.key.text) != &entry.value) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(bytes, bytes + size);
  const auto documents =
      gossamer::parse_yaml_stream(text, "fuzz", {.bytes = 1U << 16U, .nodes = 2000, .depth = 30});
  if (!documents) {
    if (!documents.error().position) std::abort();
    return 0;
  }
  for (const auto& document : *documents) {
    check(document, size);
    const auto json = gossamer::to_json(document);
    if (json && !gossamer::canonical(*json)) std::abort();
  }
  return 0;
}
