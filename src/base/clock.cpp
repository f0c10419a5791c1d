// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"

#include <cassert>

namespace gossamer {

Instant SystemClock::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

SteadyInstant SystemClock::steady() const {
  return std::chrono::floor<Duration>(std::chrono::steady_clock::now());
}

ManualClock::ManualClock(Instant start) : now_(start) {}

Instant ManualClock::now() const {
  const std::scoped_lock lock(mutex_);
  return now_;
}

SteadyInstant ManualClock::steady() const {
  const std::scoped_lock lock(mutex_);
  return steady_;
}

void ManualClock::advance(Duration by) {
  assert(by >= Duration::zero());
  const std::scoped_lock lock(mutex_);
  now_ += by;
  steady_ += by;
}

void ManualClock::set(Instant instant) {
  const std::scoped_lock lock(mutex_);
  now_ = instant;
}

bool Waiter::wait(Duration pause) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, pause, [this] { return interrupted_; });
}

void Waiter::interrupt() {
  const std::scoped_lock lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

}  // namespace gossamer
