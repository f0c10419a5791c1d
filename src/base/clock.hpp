// SPDX-License-Identifier: Apache-2.0
// The one place that reads the time of day and that waits. All types here may be shared by threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/time.hpp"

namespace gossamer {

// A point on a clock that never jumps; only differences mean anything.
using SteadyInstant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  // The time of day; may jump either way between two calls.
  [[nodiscard]] virtual Instant now() const = 0;
  // For durations and deadlines inside the process; never goes back.
  [[nodiscard]] virtual SteadyInstant steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] SteadyInstant steady() const override;
};

// Time for tests: stands still until told otherwise.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = Instant{});

  [[nodiscard]] Instant now() const override;
  [[nodiscard]] SteadyInstant steady() const override;

  // Both clocks go on by `by`, which is not negative.
  void advance(Duration by);
  // The time of day jumps (either way); the steady clock does not notice.
  void set(Instant instant);

 private:
  mutable std::mutex mutex_;
  Instant now_;
  SteadyInstant steady_{};
};

// A pause that another thread can end. Prefer a condition variable or EventFd with a deadline.
class Waiter {
 public:
  // True once `pause` is over, false at once from the first interrupt() on.
  bool wait(Duration pause);
  void interrupt();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_ = false;
};

}  // namespace gossamer
