// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.hpp"

#include <cassert>
#include <system_error>

#include <pthread.h>

namespace gossamer {

ThreadPool::ThreadPool(ThreadPoolOptions options) : options_(std::move(options)) {
  assert(options_.threads > 0 && options_.queue_limit > 0);
}

ThreadPool::~ThreadPool() { stop(); }

Result<void> ThreadPool::start() {
  assert(threads_.empty());
  queue_.with([](Queue& queue) { queue.open = true; });
  try {
    for (std::size_t i = 0; i < options_.threads; ++i) {
      threads_.emplace_back([this] { work(); });
    }
  } catch (const std::system_error& failure) {
    stop();
    return unavailable("cannot start the threads of pool " + options_.name + ": " + failure.what());
  }
  return {};
}

void ThreadPool::stop() noexcept {
  std::deque<Task> dropped;
  queue_.change([&](Queue& queue) {
    queue.open = false;
    dropped.swap(queue.waiting);
  });
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
}

Result<void> ThreadPool::submit(Task task) {
  return queue_.change([&](Queue& queue) -> Result<void> {
    if (!queue.open) return unavailable("pool " + options_.name + " does not run");
    if (queue.waiting.size() >= options_.queue_limit) {
      return unavailable("pool " + options_.name + " is full: " +
                         std::to_string(options_.queue_limit) + " tasks wait already");
    }
    queue.waiting.push_back(std::move(task));
    return {};
  });
}

void ThreadPool::drain() {
  queue_.when([](const Queue& queue) { return queue.waiting.empty() && queue.running == 0; },
              [](const Queue&) {});
}

void ThreadPool::work() {
  ::pthread_setname_np(::pthread_self(), options_.name.substr(0, 15).c_str());
  const auto next = [](Queue& queue) -> Task {
    if (!queue.open) return nullptr;
    Task task = std::move(queue.waiting.front());
    queue.waiting.pop_front();
    ++queue.running;
    return task;
  };
  const auto ready = [](const Queue& queue) { return !queue.open || !queue.waiting.empty(); };
  while (Task task = queue_.when(ready, next)) {
    task();
    task = nullptr;  // what it captured is gone before anyone hears that it is done
    queue_.change([](Queue& queue) { --queue.running; });
  }
}

}  // namespace gossamer
