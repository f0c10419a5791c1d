// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gossamer {
namespace {

ErrorKind kind_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::denied;
    case EEXIST:
    case ENOTEMPTY:
      return ErrorKind::conflict;
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return ErrorKind::invalid_input;
    default:
      return ErrorKind::unavailable;
  }
}

fs::path folder_of(const fs::path& path) {
  const fs::path parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

struct TemporaryFile {
  FileDescriptor file;
  fs::path path;
};

// ".NAME.RANDOM.tmp" beside `path`; the caller renames or removes it.
Result<TemporaryFile> open_beside(const fs::path& path) {
  constexpr std::string_view suffix = ".tmp";
  std::string name =
      folder_of(path) / ("." + path.filename().string() + ".XXXXXX" + std::string(suffix));
  const int number = ::mkostemps(name.data(), static_cast<int>(suffix.size()), O_CLOEXEC);
  if (number < 0) return std::unexpected(system_error(errno, "create a file beside", path));
  return TemporaryFile{FileDescriptor(number), fs::path(name)};
}

Result<void> sync_descriptor(const FileDescriptor& file, const fs::path& path) {
  if (::fsync(file.number()) != 0) return std::unexpected(system_error(errno, "sync", path));
  return {};
}

Result<void> fill_and_sync(const FileDescriptor& file, std::string_view bytes, mode_t mode,
                           const fs::path& name) {
  TRY(write_all(file, bytes, name));
  if (::fchmod(file.number(), mode) != 0) {
    return std::unexpected(system_error(errno, "set the mode of", name));
  }
  return sync_descriptor(file, name);
}

Result<void> copy_and_sync(const fs::path& from, const TemporaryFile& to) {
  TRY_ASSIGN(const FileDescriptor source, open_file(from, O_RDONLY));
  struct stat status{};
  if (::fstat(source.number(), &status) != 0) {
    return std::unexpected(system_error(errno, "read", from));
  }
  std::string buffer(std::size_t{256} * 1024, '\0');
  for (;;) {
    const ssize_t got = ::read(source.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error(errno, "read", from));
    if (got == 0) break;
    TRY(write_all(to.file, {buffer.data(), static_cast<std::size_t>(got)}, to.path));
  }
  return fill_and_sync(to.file, {}, status.st_mode & 07777U, to.path);
}

// Gives a finished temporary file its name, which nothing may have yet.
Result<void> place_without_replacing(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) {
    return std::unexpected(system_error(errno, "create", to));
  }
  TRY_ASSIGN(const bool exists, path_exists(to));
  if (exists) return std::unexpected(system_error(EEXIST, "create", to));
  return rename_path(from, to);
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() { return std::exchange(number_, -1); }

void FileDescriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

Result<FileDescriptor> FileDescriptor::duplicate() const {
  const int number = ::fcntl(number_, F_DUPFD_CLOEXEC, 0);
  if (number < 0) return std::unexpected(system_error(errno, "duplicate a descriptor"));
  return FileDescriptor(number);
}

Error system_error(int error_number, std::string_view action, const fs::path& path) {
  std::string message = "cannot " + std::string(action);
  if (!path.empty()) message += " " + path.string();
  message += ": " + std::generic_category().message(error_number);
  if (error_number == ENOSPC || error_number == EDQUOT) message += "; free some and repeat";
  return Error{.kind = kind_of(error_number), .message = std::move(message)};
}

Result<FileDescriptor> open_file(const fs::path& path, int flags, mode_t mode) {
  for (;;) {
    const int number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    if (number >= 0) return FileDescriptor(number);
    if (errno != EINTR) {
      const bool creates = (static_cast<unsigned>(flags) & O_CREAT) != 0;
      return std::unexpected(system_error(errno, creates ? "create" : "open", path));
    }
  }
}

Result<void> write_all(const FileDescriptor& file, std::string_view bytes, const fs::path& name) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.number(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return std::unexpected(system_error(errno, "write", name));
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
  TRY_ASSIGN(const FileDescriptor file, open_file(path, O_RDONLY));
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) {
    return std::unexpected(system_error(errno, "read", path));
  }
  const auto too_large = [&] {
    return invalid_input("cannot read " + path.string() + ": it has more than " +
                         std::to_string(limit) + " bytes");
  };
  const auto expected = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  if (expected > limit) return too_large();
  // One byte more than expected, so that the end is seen without growing; files of /proc say 0.
  std::string bytes(expected + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    if (size == bytes.size()) bytes.resize(bytes.size() * 2 + 4096);
    const ssize_t got = ::read(file.number(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(system_error(errno, "read", path));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > limit) return too_large();
  }
  bytes.resize(size);
  return bytes;
}

Result<void> write_file_durably(const fs::path& path, std::string_view bytes, mode_t mode) {
  TRY_ASSIGN(const TemporaryFile temporary, open_beside(path));
  auto written = fill_and_sync(temporary.file, bytes, mode, path);
  if (written) written = rename_path(temporary.path, path);
  if (!written) {
    ::unlink(temporary.path.c_str());
    return written;
  }
  return fsync_folder(folder_of(path));
}

Result<void> fsync_file(const fs::path& path) {
  TRY_ASSIGN(const FileDescriptor file, open_file(path, O_RDONLY));
  return sync_descriptor(file, path);
}

Result<void> fsync_folder(const fs::path& folder) {
  TRY_ASSIGN(const FileDescriptor file, open_file(folder, O_RDONLY | O_DIRECTORY));
  return sync_descriptor(file, folder);
}

Result<void> rename_path(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  return std::unexpected(system_error(errno, "rename " + from.string() + " to", to));
}

Result<ExchangeWay> exchange(const fs::path& left, const fs::path& right) {
  if (::renameat2(AT_FDCWD, left.c_str(), AT_FDCWD, right.c_str(), RENAME_EXCHANGE) == 0) {
    return ExchangeWay::atomic;
  }
  if (errno != EINVAL && errno != ENOSYS) {
    return std::unexpected(system_error(errno, "exchange " + left.string() + " and", right));
  }
  TRY(exchange_by_renames(left, right));
  return ExchangeWay::by_renames;
}

Result<void> exchange_by_renames(const fs::path& left, const fs::path& right) {
  TRY_ASSIGN(const bool exists, path_exists(right));
  if (!exists) {
    return std::unexpected(system_error(ENOENT, "exchange " + left.string() + " and", right));
  }
  const fs::path spare = left.string() + ".exchange";
  TRY(rename_path(left, spare));
  if (auto moved = rename_path(right, left); !moved) {
    TRY(rename_path(spare, left));
    return moved;
  }
  return rename_path(spare, right);
}

Result<LinkWay> link_or_copy(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return LinkWay::linked;
  const bool refused =
      errno == EXDEV || errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP || errno == ENOSYS;
  if (!refused) return std::unexpected(system_error(errno, "link " + from.string() + " to", to));
  TRY_ASSIGN(const TemporaryFile temporary, open_beside(to));
  auto copied = copy_and_sync(from, temporary);
  if (copied) copied = place_without_replacing(temporary.path, to);
  if (!copied) {
    ::unlink(temporary.path.c_str());
    return std::unexpected(std::move(copied).error());
  }
  return LinkWay::copied;
}

}  // namespace gossamer
