// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "pipeline/load.hpp"
#include "pipeline/version.hpp"

namespace {

// No SQL engine: the words after a space are tables, so that steps can read each other.
gossamer::Result<gossamer::pipeline::ParsedQuery> parse_words(std::string_view sql) {
  gossamer::pipeline::ParsedQuery query;
  query.tables = gossamer::split(sql, ' ');
  return query;
}

}  // namespace

// The input is a pipelines file; a part behind a form feed is gossamer.yaml. Either there are
// errors with a place, or a definition that reads back to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace gossamer::pipeline;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t feed = text.find('\f');
  const std::string workspace =
      feed == text.npos ? "workspace: w\ngroups: {g: [a, b]}\n" : text.substr(feed + 1);
  const Loaded loaded =
      load_files({{"gossamer.yaml", workspace}, {"pipelines/p.yaml", text.substr(0, feed)}},
                 parse_words, Known{{"raw.t"}, {}});
  if (loaded.errors.empty() != (loaded.definition != nullptr)) std::abort();
  for (const gossamer::Error& error : loaded.errors) {
    if (!error.position || error.position->file.empty() || error.message.empty()) std::abort();
  }
  if (!loaded.definition) return 0;
  for (const auto& [name, pipeline] : loaded.definition->pipelines) {
    for (std::size_t step = 0; step < pipeline.steps.size(); ++step) {
      for (const Dependency& dependency : pipeline.steps[step].dependencies) {
        if (dependency.step >= step) std::abort();
      }
    }
  }
  const Loaded again = load_files(loaded.definition->files, parse_words, Known{{"raw.t"}, {}});
  if (!again.definition || again.definition->digest != loaded.definition->digest) std::abort();
  return 0;
}
