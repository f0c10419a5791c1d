// SPDX-License-Identifier: Apache-2.0
// Loaded into a program under test before the C library: the time of day is the kernel's plus the
// seconds that the file named by SHIFTED_CLOCK holds at this moment.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {

constexpr clockid_t time_of_day = 0;  // in the kernel's numbers

const volatile std::int64_t* mapped_seconds() {
  static const auto* const seconds = []() -> const volatile std::int64_t* {
    const char* path = std::getenv("SHIFTED_CLOCK");
    const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* at = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, file, 0);
    ::close(file);
    return at == MAP_FAILED ? nullptr : static_cast<const std::int64_t*>(at);
  }
  ();
  return seconds;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* at) {
  const auto failed = static_cast<int>(::syscall(SYS_clock_gettime, clock, at));
  if (failed != 0 || clock != time_of_day) return failed;
  if (const auto* seconds = mapped_seconds()) at->tv_sec += *seconds;
  return 0;
}
