// SPDX-License-Identifier: Apache-2.0
#include "web/named_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::web {

namespace {

// A folder is a model of another program: a handful of files.
constexpr std::size_t folder_entries_max = 10'000;

// The same words for everything that is not to be had, so that they do not tell what is there.
std::unexpected<Error> out_of_bounds(const std::string& text) {
  return denied(fmt::format(
      "{}: over HTTP a file is one of the workspace's folder, named from there, such as "
      "data/sales.csv; no link that leads out of it, no name that begins with a dot, no secret",
      text));
}

bool is_hidden(const fs::path& part) { return part.string().starts_with("."); }

bool is_secret(const FileBounds& bounds, const fs::path& file) {
  if (!bounds.secrets) return false;
  return std::ranges::any_of(bounds.secrets(), [&](const fs::path& secret) {
    std::error_code failed;
    return fs::equivalent(file, secret, failed) && !failed;
  });
}

// What a folder holds goes where the folder goes: links in it would lead anywhere.
Result<void> check_folder(const std::string& text, const fs::path& folder) {
  std::error_code failed;
  std::size_t count = 0;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    const auto status = at->symlink_status(failed);
    const bool is_plain = fs::is_regular_file(status) || fs::is_directory(status);
    if (failed || !is_plain || is_hidden(at->path().filename())) return out_of_bounds(text);
    if (++count > folder_entries_max) {
      return invalid_input(fmt::format("{} has more than {} files", text, folder_entries_max));
    }
  }
  if (failed) return out_of_bounds(text);
  return {};
}

Result<std::string> real_path(const FileBounds& bounds, const std::string& text) {
  if (text.find('\0') != std::string::npos) return invalid_input("a file's name has a zero byte");
  std::error_code failed;
  const fs::path root = bounds.folder.empty() ? fs::path() : fs::canonical(bounds.folder, failed);
  if (root.empty() || failed) return out_of_bounds(text);
  const fs::path real = fs::weakly_canonical(root / text, failed);
  if (failed) return out_of_bounds(text);
  const fs::path below = real.lexically_relative(root);
  if (below.empty() || std::ranges::any_of(below, is_hidden)) return out_of_bounds(text);
  const auto status = fs::symlink_status(real, failed);
  if (!fs::exists(status)) {
    return not_found(fmt::format("there is no file {} in the workspace", below.string()));
  }
  if (fs::is_directory(status)) {
    TRY(check_folder(text, real));
  } else if (!fs::is_regular_file(status) || is_secret(bounds, real)) {
    return out_of_bounds(text);
  }
  return real.string();
}

Result<void> bind_text(const FileBounds& bounds, const FileField& field, std::string& text) {
  if (text.empty()) return {};
  if (field.use == FileUse::writes) {
    return denied(fmt::format(
        "the server writes no file for whoever comes over HTTP: leave `{}` out, and take the rows "
        "from the answer (on the command line: -o csv > FILE)",
        field.name));
  }
  TRY_ASSIGN(text, real_path(bounds, text));
  return {};
}

Result<void> bind_value(const FileBounds& bounds, const FileField& field, Json& value) {
  // What is neither is refused by whoever reads the field.
  if (value.is_array()) {
    for (Json& each : value)
      TRY(bind_value(bounds, field, each));
  } else if (value.is_string()) {
    TRY(bind_text(bounds, field, value.get_ref<std::string&>()));
  }
  return {};
}

}  // namespace

Result<void> bind_files(const FileBounds& bounds, const Route& route, Request& request) {
  for (const auto& field : route.files) {
    if (const auto found = request.query.find(field.name); found != request.query.end()) {
      TRY(bind_text(bounds, field, found->second));
    }
    if (const auto found = request.body.find(field.name); found != request.body.end()) {
      TRY(bind_value(bounds, field, *found));
    }
  }
  return {};
}

}  // namespace gossamer::web
