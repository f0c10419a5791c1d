// SPDX-License-Identifier: Apache-2.0
#include "app/demo/example_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <set>

#include "examples/embedded.hpp"

namespace gossamer::app {

std::vector<std::string> example_names() {
  std::set<std::string> names;
  for (const auto path : examples::embedded_paths()) {
    names.insert(std::string(path.substr(0, path.find('/'))));
  }
  return {names.begin(), names.end()};
}

Result<void> write_example(const std::string& example, const fs::path& folder) {
  const std::string prefix = example + "/";
  std::vector<std::pair<fs::path, std::string_view>> files;
  for (const auto path : examples::embedded_paths()) {
    if (!path.starts_with(prefix)) continue;
    const auto target = folder / path.substr(prefix.size());
    const auto text = examples::embedded_text(path);
    TRY_ASSIGN(const bool exists, path_exists(target));
    if (exists) {
      TRY_ASSIGN(const auto present, read_file(target));
      if (present == text) continue;
      return conflict(fmt::format("{} exists and is not the example's; choose an empty folder",
                                  target.string()));
    }
    files.emplace_back(target, text);
  }
  for (const auto& [target, text] : files) {
    TRY(make_folders(target.parent_path()));
    // Programs of an example are scripts; the embedding keeps texts but no mode bits.
    const mode_t mode = text.starts_with("#!") ? 0755 : 0644;
    TRY(write_file_durably(target, text, mode));
  }
  return {};
}

}  // namespace gossamer::app
