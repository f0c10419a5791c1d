// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"

namespace gossamer::bench {

// The median time of an fdatasync after 4 KiB appended to a file in `folder`, in milliseconds:
// what a durable commit costs at least on this disk.
inline double fdatasync_ms_median(const fs::path& folder) {
  constexpr int rounds = 51;
  const SystemClock clock;
  const fs::path path = folder / "fdatasync.probe";
  auto file = open_file(path, O_CREAT | O_WRONLY | O_TRUNC);
  if (!file) return -1;
  // Without a name it is gone with this function, however that ends.
  std::error_code failed;
  fs::remove(path, failed);
  const std::string block(4096, 'x');
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    if (!write_all(*file, block, path)) return -1;
    const SteadyInstant before = clock.steady();
    if (::fdatasync(file->number()) != 0) return -1;
    times.push_back(std::chrono::duration<double, std::milli>(clock.steady() - before).count());
  }
  std::ranges::nth_element(times, times.begin() + rounds / 2);
  return times[rounds / 2];
}

}  // namespace gossamer::bench
