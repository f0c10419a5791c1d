// SPDX-License-Identifier: Apache-2.0
#include "executors/supervisor/durable.hpp"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace gossamer::supervisor {
namespace {

constexpr off_t reserved_bytes = 4096;

int sync_one(const char* path, const struct stat*, int type, FTW*) {
  if (type != FTW_F && type != FTW_DP) return 0;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return errno;
  // Sockets and pipes in the folder have nothing to sync.
  const int error = ::fsync(file) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
  ::close(file);
  return error;
}

}  // namespace

ReservedFile::ReservedFile(std::string path)
    : path_(std::move(path)),
      file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  // Where the file system cannot reserve, a full disk costs the report: nothing else to do.
  if (file_ >= 0 && ::fallocate(file_, 0, 0, reserved_bytes) != 0) ::lseek(file_, 0, SEEK_SET);
}

ReservedFile::~ReservedFile() {
  if (file_ >= 0) ::close(file_);
}

int ReservedFile::publish(std::string_view content, const std::string& target,
                          Durability durability) {
  if (file_ < 0) return EIO;
  off_t at = 0;
  while (static_cast<std::size_t>(at) < content.size()) {
    const std::string_view rest = content.substr(static_cast<std::size_t>(at));
    const ssize_t size = ::pwrite(file_, rest.data(), rest.size(), at);
    if (size < 0 && errno != EINTR) return errno;
    if (size > 0) at += size;
  }
  if (::ftruncate(file_, at) != 0) return errno;
  if (durability == Durability::needed && ::fdatasync(file_) != 0) return errno;
  return ::rename(path_.c_str(), target.c_str()) == 0 ? 0 : errno;
}

int sync_tree(const std::string& path) {
  errno = 0;
  const int result = ::nftw(path.c_str(), sync_one, 16, FTW_PHYS | FTW_DEPTH);
  return result == -1 ? errno : result;
}

std::string system_text(int error) {
  const char* name = ::strerrordesc_np(error);
  return name == nullptr ? "error " + std::to_string(error) : name;
}

}  // namespace gossamer::supervisor
