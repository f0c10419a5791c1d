// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/disk.hpp"

#include <sys/stat.h>
#include <unistd.h>

// Takes the place of the C library's in this program: a synced file is one with the sticky bit,
// which nothing else here uses.
extern "C" int fsync(int file) {
  struct stat status{};
  if (::fstat(file, &status) != 0) return -1;
  return ::fchmod(file, status.st_mode | S_ISVTX);
}
extern "C" int fdatasync(int file) { return fsync(file); }

namespace gossamer::simulation {

void cut_power(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    struct stat status{};
    const bool is_synced =
        ::stat(entry.path().c_str(), &status) == 0 && (status.st_mode & S_ISVTX) != 0;
    if (!is_synced) fs::resize_file(entry.path(), 0);
  }
}

}  // namespace gossamer::simulation
