// SPDX-License-Identifier: Apache-2.0
#include "app/copy_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/json_fields.hpp"

namespace gossamer::app {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;

Result<std::size_t> read_some(const FileDescriptor& file, std::string& buffer,
                              const fs::path& name) {
  while (true) {
    const auto size = ::read(file.number(), buffer.data(), buffer.size());
    if (size >= 0) return static_cast<std::size_t>(size);
    if (errno != EINTR) return std::unexpected(system_error(errno, "read", name));
  }
}

Result<void> copy_file(TreeEntry& entry, const fs::path& from, const fs::path& to) {
  TRY_ASSIGN(const auto source, open_file(from, O_RDONLY | O_NOFOLLOW));
  TRY_ASSIGN(const auto target, open_file(to, O_WRONLY | O_CREAT | O_EXCL, 0600));
  Sha256 sum;
  std::string buffer(chunk_bytes, '\0');
  entry.bytes = 0;
  while (true) {
    TRY_ASSIGN(const auto size, read_some(source, buffer, from));
    if (size == 0) break;
    const std::string_view bytes(buffer.data(), size);
    sum.update(bytes);
    TRY(write_all(target, bytes, to));
    entry.bytes += size;
  }
  entry.digest = sum.finish();
  if (::fchmod(target.number(), entry.mode) != 0) {
    return std::unexpected(system_error(errno, "set the permissions of", to));
  }
  return {};
}

std::string_view name_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::file:
      return "file";
    case EntryKind::folder:
      return "folder";
    case EntryKind::link:
      return "link";
  }
  return "";
}

Result<std::optional<TreeEntry>> entry_at(const fs::path& root, const fs::path& path) {
  struct stat status{};
  if (::lstat((root / path).c_str(), &status) != 0) {
    if (errno == ENOENT) return std::optional<TreeEntry>();  // it has gone since it was listed
    return std::unexpected(system_error(errno, "look at", root / path));
  }
  TreeEntry entry;
  entry.path = path.string();
  entry.mode = status.st_mode & 07777U;
  if (S_ISREG(status.st_mode)) return entry;
  if (S_ISDIR(status.st_mode)) {
    entry.kind = EntryKind::folder;
    return entry;
  }
  if (!S_ISLNK(status.st_mode)) return std::optional<TreeEntry>();
  std::error_code failed;
  entry.kind = EntryKind::link;
  entry.link = fs::read_symlink(root / path, failed).string();
  return entry;
}

Result<void> list_below(const fs::path& root, const fs::path& path, const TreeFilter& filter,
                        std::vector<TreeEntry>& entries) {
  const auto names = list_folder(root / path);
  if (!names) {
    if (names.error().kind == ErrorKind::not_found) return {};
    return std::unexpected(names.error());
  }
  for (const std::string& name : *names) {
    const fs::path below = path / name;
    if (!filter(below)) continue;
    TRY_ASSIGN(auto entry, entry_at(root, below));
    if (!entry) continue;
    const bool is_folder = entry->kind == EntryKind::folder;
    entries.push_back(*std::move(entry));
    if (is_folder) TRY(list_below(root, below, filter, entries));
  }
  return {};
}

}  // namespace

Json to_json(const TreeEntry& entry) {
  Json json{{"path", entry.path}, {"kind", name_of(entry.kind)}};
  if (entry.kind == EntryKind::link) {
    json["link"] = entry.link;
    return json;
  }
  json["mode"] = entry.mode;
  if (entry.kind == EntryKind::file) {
    json["bytes"] = entry.bytes;
    json["digest"] = entry.digest.text();
  }
  return json;
}

Result<TreeEntry> tree_entry_from_json(const Json& json) {
  TreeEntry entry;
  TRY_ASSIGN(entry.path, require<std::string>(json, "path"));
  const fs::path path(entry.path);
  const bool leaves = std::ranges::find(path, fs::path("..")) != path.end();
  if (entry.path.empty() || path.is_absolute() || leaves) {
    return invalid_input(fmt::format("the path '{}' leads out of the backup", entry.path));
  }
  TRY_ASSIGN(const auto kind, require<std::string>(json, "kind"));
  if (kind == "link") {
    entry.kind = EntryKind::link;
    TRY_ASSIGN(entry.link, require<std::string>(json, "link"));
    return entry;
  }
  TRY_ASSIGN(const auto mode, require<std::int64_t>(json, "mode"));
  entry.mode = static_cast<unsigned>(mode) & 07777U;
  if (kind == "folder") {
    entry.kind = EntryKind::folder;
    return entry;
  }
  if (kind != "file") return invalid_input(fmt::format("'{}' is no kind of file", kind));
  TRY_ASSIGN(const auto bytes, require<std::int64_t>(json, "bytes"));
  entry.bytes = static_cast<std::uint64_t>(bytes);
  TRY_ASSIGN(entry.digest, require_parsed<Digest>(json, "digest"));
  return entry;
}

Result<std::vector<TreeEntry>> list_tree(const fs::path& root, const TreeFilter& filter) {
  std::vector<TreeEntry> entries;
  TRY(list_below(root, {}, filter, entries));
  return entries;
}

Result<void> copy_entry(TreeEntry& entry, const fs::path& from, const fs::path& to) {
  if (entry.kind == EntryKind::file) return copy_file(entry, from / entry.path, to / entry.path);
  if (entry.kind == EntryKind::folder) return make_folders(to / entry.path);
  std::error_code failed;
  fs::create_symlink(entry.link, to / entry.path, failed);
  if (!failed) return {};
  return std::unexpected(system_error(failed.value(), "make the link", to / entry.path));
}

Result<void> finish_folders(const std::vector<TreeEntry>& entries, const fs::path& to) {
  // The innermost first: one without write permission is not looked into any more.
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->kind != EntryKind::folder) continue;
    if (::chmod((to / entry->path).c_str(), entry->mode) != 0) {
      return std::unexpected(system_error(errno, "set the permissions of", to / entry->path));
    }
  }
  return {};
}

Result<void> sync_file_system(const fs::path& folder) {
  TRY_ASSIGN(const auto file, open_file(folder, O_RDONLY | O_DIRECTORY));
  if (::syncfs(file.number()) == 0) return {};
  return std::unexpected(system_error(errno, "make durable", folder));
}

}  // namespace gossamer::app
