// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/guarded.hpp"
#include "base/result.hpp"
#include "base/service.hpp"

namespace gossamer {

struct ThreadPoolOptions {
  std::string name{};  // of the threads too, cut to what the system shows (15 bytes)
  std::size_t threads = 1;
  std::size_t queue_limit = 1024;  // tasks that wait; more are refused
};

// Named threads for blocking work. Tasks start in the order they came; any thread may submit.
class ThreadPool final : public Service {
 public:
  using Task = std::move_only_function<void()>;

  explicit ThreadPool(ThreadPoolOptions options);
  ~ThreadPool() override;

  [[nodiscard]] std::string_view name() const override { return options_.name; }
  Result<void> start() override;
  // Tasks that have begun are finished, waiting ones are destroyed without having run.
  void stop() noexcept override;

  // unavailable where the queue is full or the pool does not run. A task must not throw.
  Result<void> submit(Task task);
  // Returns once nothing waits and nothing runs.
  void drain();

 private:
  struct Queue {
    std::deque<Task> waiting;
    std::size_t running = 0;
    bool open = false;
  };
  void work();

  ThreadPoolOptions options_;
  Guarded<Queue> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace gossamer
