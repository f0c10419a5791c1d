// SPDX-License-Identifier: Apache-2.0
// What every benchmark shares: repeated timing, the disk's own speed, and one line of JSON.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "bench/disk.hpp"

namespace gossamer::bench {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Seconds that `work` takes.
inline double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Seconds of each of `count` repetitions, after `warm_ups` that do not count.
inline std::vector<double> repeat(int warm_ups, int count, const std::function<void()>& work) {
  std::vector<double> seconds;
  for (int i = 0; i < warm_ups; ++i)
    work();
  for (int i = 0; i < count; ++i)
    seconds.push_back(seconds_of(work));
  return seconds;
}

// A benchmark that cannot run says why and ends the process: it has no figure to report.
[[noreturn]] inline void give_up(std::string_view why) {
  std::fprintf(stderr, "bench: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

// The value of a Result, or give_up with its error.
template <class T>
T value_of(Result<T> result) {
  if (!result) give_up(result.error().describe());
  return std::move(*result);
}
inline void check(const Result<void>& result) {
  if (!result) give_up(result.error().describe());
}

// One line: name, unit, the repetitions' minimum, median and maximum, the disk, and `more`.
inline void report(std::string_view name, std::string_view unit, const std::vector<double>& values,
                   const std::filesystem::path& folder, Json more = Json::object()) {
  more["bench"] = name;
  more["unit"] = unit;
  more["median"] = median(values);
  more["minimum"] = *std::min_element(values.begin(), values.end());
  more["maximum"] = *std::max_element(values.begin(), values.end());
  more["repetitions"] = values.size();
  more["fdatasync_ms_median"] = fdatasync_ms_median(folder);
  std::printf("%s\n", more.dump().c_str());
}

// The folder that the built executables are in, beside the benchmark's own.
inline std::filesystem::path bin_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "bin";
}

}  // namespace gossamer::bench
