// SPDX-License-Identifier: Apache-2.0
#include "base/event_fd.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace gossamer {

Result<EventFd> EventFd::make() {
  const int number = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (number < 0) return std::unexpected(system_error(errno, "make an event descriptor"));
  return EventFd(FileDescriptor(number));
}

void EventFd::raise() const {
  const std::uint64_t one = 1;
  // It can fail only where the counter is full, and then the flag is up already.
  while (::write(file_.number(), &one, sizeof one) < 0 && errno == EINTR) {
  }
}

bool EventFd::take() const {
  std::uint64_t count = 0;
  for (;;) {
    const ssize_t got = ::read(file_.number(), &count, sizeof count);
    if (got >= 0 || errno != EINTR) return got == static_cast<ssize_t>(sizeof count);
  }
}

Result<std::vector<std::size_t>> poll_readable(std::span<const int> numbers,
                                               std::optional<Duration> patience) {
  std::vector<pollfd> entries;
  entries.reserve(numbers.size());
  for (const int number : numbers)
    entries.push_back({.fd = number, .events = POLLIN, .revents = 0});
  const SystemClock clock;
  const SteadyInstant deadline = clock.steady() + patience.value_or(Duration::zero());
  for (;;) {
    timespec pause{};
    if (patience) {
      const Duration left = std::max(deadline - clock.steady(), Duration::zero());
      const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
      pause.tv_sec = seconds.count();
      pause.tv_nsec = std::chrono::nanoseconds(left - seconds).count();
    }
    const int ready = ::ppoll(entries.data(), entries.size(), patience ? &pause : nullptr, nullptr);
    if (ready >= 0) break;
    if (errno != EINTR) return std::unexpected(system_error(errno, "wait for descriptors"));
  }
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].revents != 0) places.push_back(i);
  }
  return places;
}

}  // namespace gossamer
