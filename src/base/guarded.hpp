// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace gossamer {

// A mutex that owns what it protects: the value is reached only inside `with`. Do not let a
// reference to it escape, and do not call `with` on the same object inside.
template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Returns what `use(T&)` returns.
  template <class Use>
  decltype(auto) with(Use&& use) {
    const std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(value_);
  }
  template <class Use>
  decltype(auto) with(Use&& use) const {
    const std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(std::as_const(value_));
  }

  // As with, then wakes all that wait.
  template <class Use>
  decltype(auto) change(Use&& use) {
    struct Wake {
      std::condition_variable& changed;
      ~Wake() { changed.notify_all(); }
    };
    const std::scoped_lock lock(mutex_);
    // Still under the lock: a woken thread may destroy this object as soon as it is free.
    const Wake wake{changed_};
    return std::forward<Use>(use)(value_);
  }

  // Waits until `ready(const T&)` holds after some change(), then does `use(T&)`.
  template <class Ready, class Use>
  decltype(auto) when(Ready&& ready, Use&& use) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ready(std::as_const(value_)); });
    return std::forward<Use>(use)(value_);
  }

  // Waits at most `patience`; says whether `ready(const T&)` holds.
  template <class Ready>
  bool wait_for(std::chrono::microseconds patience, Ready&& ready) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return ready(std::as_const(value_)); });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  T value_{};
};

}  // namespace gossamer
