// SPDX-License-Identifier: Apache-2.0
// Files and folders with Results. Each error names the path and says what the system said; a full
// or broken disk is `unavailable`, a missing file `not_found`, a forbidden one `denied`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/result.hpp"

namespace gossamer {

namespace fs = std::filesystem;

// Owns a descriptor; always close-on-exec.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] explicit operator bool() const { return number_ >= 0; }
  // Gives up ownership.
  int release();
  void close();
  [[nodiscard]] Result<FileDescriptor> duplicate() const;

 private:
  int number_ = -1;
};

// The Error for an errno: "cannot <action> <path>: <what the system says>".
Error system_error(int error_number, std::string_view action, const fs::path& path = {});

// open(2) with O_CLOEXEC added; interrupted calls are repeated.
Result<FileDescriptor> open_file(const fs::path& path, int flags, mode_t mode = 0644);
// All of it, or an error: short writes are continued.
Result<void> write_all(const FileDescriptor& file, std::string_view bytes, const fs::path& name);

// `limit` is in bytes; a larger file is invalid_input.
Result<std::string> read_file(const fs::path& path, std::size_t limit = std::size_t{1} << 31U);

// When it returns, the file has exactly these bytes and stays so through a power cut; after an
// error or a crash it has the old content or none. Writes beside it, syncs, renames, syncs the
// folder.
Result<void> write_file_durably(const fs::path& path, std::string_view bytes, mode_t mode = 0644);

Result<void> fsync_file(const fs::path& path);
Result<void> fsync_folder(const fs::path& folder);
// Creates what is missing; an existing folder is fine, anything else in the way is an error.
Result<void> make_folders(const fs::path& folder);
// Removes a file or a whole folder without following links; absent is fine.
Result<void> remove_tree(const fs::path& path);
// Names (not paths), sorted.
Result<std::vector<std::string>> list_folder(const fs::path& folder);
// Replaces `to` in one step; both on one file system. Does not sync.
Result<void> rename_path(const fs::path& from, const fs::path& to);
Result<bool> path_exists(const fs::path& path);

enum class ExchangeWay : std::uint8_t {
  atomic,      // there was never a moment without either
  by_renames,  // the file system cannot: for a moment `left` did not exist
};
// Swaps what two existing paths name.
Result<ExchangeWay> exchange(const fs::path& left, const fs::path& right);
// The second way alone. A crash inside may leave `left` under its name with ".exchange" behind.
Result<void> exchange_by_renames(const fs::path& left, const fs::path& right);

enum class LinkWay : std::uint8_t { linked, copied };
// A hard link, or a synced copy where the file system refuses one. `to` must not exist.
Result<LinkWay> link_or_copy(const fs::path& from, const fs::path& to);

struct FileSystemType {
  std::string name;         // "ext4", "nfs", or its magic number in hex
  bool is_network = false;  // locks and renames cannot be trusted there
};
Result<FileSystemType> file_system_of(const fs::path& path);

// An advisory lock (flock) that belongs to the open file: it ends when the last copy of the
// descriptor is closed, also by the kernel when processes die.
class FileLock {
 public:
  // Opens (creates) the file and tries to lock it; nothing where another holds it.
  static Result<std::optional<FileLock>> try_lock(const fs::path& path);
  // Waits until it is free.
  static Result<FileLock> lock(const fs::path& path);
  // Takes over a descriptor that another process locked and handed on.
  static FileLock adopt(FileDescriptor locked);

  [[nodiscard]] const FileDescriptor& descriptor() const { return file_; }
  // The descriptor, still locked, to be handed on.
  FileDescriptor release() && { return std::move(file_); }

 private:
  explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}

  FileDescriptor file_;
};

// A fresh folder below the system's temporary one, removed with everything in it at the end.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make(std::string_view prefix = "gossamer");
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}

  fs::path path_;
};

}  // namespace gossamer
