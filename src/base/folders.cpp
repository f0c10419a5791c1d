// SPDX-License-Identifier: Apache-2.0
// The part of files.hpp that deals with folders, file systems and locks.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/files.hpp"

namespace gossamer {
namespace {

struct KnownFileSystem {
  std::uint32_t magic;
  std::string_view name;
  bool is_network;
};

// Magic numbers of statfs(2) and the kernel's linux/magic.h. FUSE may be anything; its commonest
// uses (containers, merged disks) are local.
constexpr std::array known_file_systems = {
    KnownFileSystem{0x0000EF53, "ext4", false},    KnownFileSystem{0x58465342, "xfs", false},
    KnownFileSystem{0x9123683E, "btrfs", false},   KnownFileSystem{0x01021994, "tmpfs", false},
    KnownFileSystem{0x794C7630, "overlay", false}, KnownFileSystem{0x2FC12FC1, "zfs", false},
    KnownFileSystem{0xF2F52010, "f2fs", false},    KnownFileSystem{0x65735546, "fuse", false},
    KnownFileSystem{0x00006969, "nfs", true},      KnownFileSystem{0x0000517B, "smb", true},
    KnownFileSystem{0xFF534D42, "cifs", true},     KnownFileSystem{0xFE534D42, "smb2", true},
    KnownFileSystem{0x01021997, "9p", true},       KnownFileSystem{0x00C36400, "ceph", true},
    KnownFileSystem{0x0BD00BD0, "lustre", true},   KnownFileSystem{0x47504653, "gpfs", true},
    KnownFileSystem{0x7461636F, "ocfs2", true},    KnownFileSystem{0x01161970, "gfs2", true},
    KnownFileSystem{0x5346414F, "afs", true},      KnownFileSystem{0x73757245, "coda", true},
};

Error error_of(const std::error_code& code, std::string_view action, const fs::path& path) {
  return system_error(code.value(), action, path);
}

}  // namespace

Result<void> make_folders(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  // An existing file at the very end makes some standard libraries say nothing.
  if (code == std::errc::not_a_directory || (!code && !fs::is_directory(folder, code))) {
    return conflict("cannot create the folder " + folder.string() + ": a file is in the way");
  }
  if (code) return std::unexpected(error_of(code, "create the folder", folder));
  return {};
}

Result<void> remove_tree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code && code != std::errc::no_such_file_or_directory) {
    return std::unexpected(error_of(code, "remove", path));
  }
  return {};
}

Result<std::vector<std::string>> list_folder(const fs::path& folder) {
  std::error_code code;
  fs::directory_iterator entry(folder, code);
  std::vector<std::string> names;
  while (!code && entry != fs::directory_iterator()) {
    names.push_back(entry->path().filename().string());
    entry.increment(code);
  }
  if (code) return std::unexpected(error_of(code, "list", folder));
  std::ranges::sort(names);
  return names;
}

Result<bool> path_exists(const fs::path& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return std::unexpected(system_error(errno, "look at", path));
}

Result<FileSystemType> file_system_of(const fs::path& path) {
  struct statfs status{};
  if (::statfs(path.c_str(), &status) != 0) {
    return std::unexpected(system_error(errno, "look at the file system of", path));
  }
  const auto magic = static_cast<std::uint32_t>(status.f_type);
  const auto* known = std::ranges::find(known_file_systems, magic, &KnownFileSystem::magic);
  if (known == known_file_systems.end()) return FileSystemType{fmt::format("{:#x}", magic)};
  return FileSystemType{std::string(known->name), known->is_network};
}

Result<std::optional<FileLock>> FileLock::try_lock(const fs::path& path) {
  TRY_ASSIGN(FileDescriptor file, open_file(path, O_RDWR | O_CREAT, 0644));
  while (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FileLock>();
    if (errno != EINTR) return std::unexpected(system_error(errno, "lock", path));
  }
  return std::optional<FileLock>(FileLock(std::move(file)));
}

Result<FileLock> FileLock::lock(const fs::path& path) {
  TRY_ASSIGN(FileDescriptor file, open_file(path, O_RDWR | O_CREAT, 0644));
  while (::flock(file.number(), LOCK_EX) != 0) {
    if (errno != EINTR) return std::unexpected(system_error(errno, "lock", path));
  }
  return FileLock(std::move(file));
}

FileLock FileLock::adopt(FileDescriptor locked) { return FileLock(std::move(locked)); }

Result<TemporaryFolder> TemporaryFolder::make(std::string_view prefix) {
  std::error_code code;
  const fs::path parent = fs::temp_directory_path(code);
  if (code) return std::unexpected(error_of(code, "find the temporary folder", {}));
  std::string name = parent / (std::string(prefix) + "-XXXXXX");
  if (::mkdtemp(name.data()) == nullptr) {
    return std::unexpected(system_error(errno, "create a folder in", parent));
  }
  return TemporaryFolder(fs::path(name));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  if (this != &other) std::swap(path_, other.path_);
  return *this;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace gossamer
