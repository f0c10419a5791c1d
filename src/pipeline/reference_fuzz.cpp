// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pipeline/reference.hpp"

// A text that is read and written again means the same; the search for missing quotes stays within
// the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace gossamer::pipeline;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (const auto parsed = parse_text(text, {})) {
    const std::string written = to_source(*parsed);
    const auto again = parse_text(written, {});
    if (!again || again->pieces != parsed->pieces) std::abort();
  }
  for (const UnquotedReference& reference : unquoted_references(text)) {
    if (reference.begin >= reference.end || reference.end > size) std::abort();
    if (!text.substr(reference.begin).starts_with("${")) std::abort();
  }
  return 0;
}
