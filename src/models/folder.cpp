// SPDX-License-Identifier: Apache-2.0
#include "models/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/text.hpp"

namespace gossamer::models {
namespace {

struct Content {
  std::vector<std::string> files;    // relative, sorted, without the list itself
  std::vector<std::string> folders;  // relative, the deepest last
};

Result<Content> content_of(const fs::path& folder) {
  Content content;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().lexically_relative(folder).string();
    if (name.find_first_of("\n\\") != std::string::npos) {
      return invalid_input(fmt::format("{}: file `{}` has a line end or backslash in its name",
                                       folder.string(), name));
    }
    const fs::file_status status = entries->symlink_status(error);
    if (fs::is_directory(status)) {
      content.folders.push_back(name);
    } else if (!fs::is_regular_file(status)) {
      return invalid_input(
          fmt::format("{}: `{}` is neither file nor folder; a model's folder has no "
                      "links",
                      folder.string(), name));
    } else if (name != sums_file) {
      content.files.push_back(name);
    }
  }
  if (error) return std::unexpected(system_error(error.value(), "list", folder));
  std::ranges::sort(content.files);
  std::ranges::sort(content.folders);
  return content;
}

std::string line_of(const Digest& digest, const std::string& file) {
  return fmt::format("{}  {}\n", digest.hex(), file);
}

}  // namespace

Result<Digest> seal_model_folder(const std::filesystem::path& folder) {
  TRY_ASSIGN(const Content content, content_of(folder));
  if (content.files.empty()) {
    return invalid_input(folder.string() + " has no file: there is no model");
  }
  std::string sums;
  for (const std::string& file : content.files) {
    TRY_ASSIGN(const Digest digest, digest_of_file(folder / file));
    sums += line_of(digest, file);
    TRY(fsync_file(folder / file));
  }
  for (auto inner = content.folders.rbegin(); inner != content.folders.rend(); ++inner) {
    TRY(fsync_folder(folder / *inner));
  }
  TRY(write_file_durably(folder / sums_file, sums));
  return digest_of(sums);
}

Result<void> verify_model_folder(const std::filesystem::path& folder, const Digest& digest) {
  const auto refuse = [&](std::string_view file, std::string_view what) {
    return invalid_input(
        fmt::format("model file {} {} since its version was made; the version is not loaded. "
                    "Restore the file from a backup or train a new version",
                    (folder / file).string(), what));
  };
  TRY_ASSIGN(const bool present, path_exists(folder));
  if (!present) return not_found("the model's folder " + folder.string() + " does not exist");
  const auto sums = read_file(folder / sums_file);
  if (!sums) {
    if (sums.error().kind == ErrorKind::not_found) return refuse(sums_file, "was removed");
    return std::unexpected(sums.error());
  }
  // The list first: what a changed list says of files means nothing.
  if (digest_of(*sums) != digest) return refuse(sums_file, "was changed");
  TRY_ASSIGN(Content content, content_of(folder));
  constexpr std::size_t hex_digits = 64;
  for (const std::string& line : split(*sums, '\n')) {
    if (line.empty()) continue;
    const std::string file = line.substr(hex_digits + 2);
    const auto found = std::ranges::find(content.files, file);
    if (found == content.files.end()) return refuse(file, "was removed");
    TRY_ASSIGN(const Digest actual, digest_of_file(folder / file));
    if (actual.hex() != line.substr(0, hex_digits)) return refuse(file, "was changed");
    content.files.erase(found);
  }
  if (!content.files.empty()) return refuse(content.files.front(), "was added");
  return {};
}

}  // namespace gossamer::models
