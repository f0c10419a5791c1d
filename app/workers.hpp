// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/place.hpp"
#include "base/clock.hpp"
#include "base/environment.hpp"
#include "base/guarded.hpp"
#include "base/log.hpp"
#include "executors/worker_pool.hpp"

namespace gossamer::app {

executors::WorkerPoolOptions worker_options(const Paths& paths, const Environment& environment);

// A pool of workers that starts when somebody needs it.
class LazyWorkers {
 public:
  LazyWorkers(executors::WorkerPoolOptions options, const Clock& clock, Log log)
      : pool_(std::move(options), clock, std::move(log)) {}
  ~LazyWorkers() { pool_.stop(); }
  LazyWorkers(const LazyWorkers&) = delete;
  LazyWorkers& operator=(const LazyWorkers&) = delete;

  executors::WorkerPool& pool() { return pool_; }
  Result<executors::WorkerPool*> started() {
    return state_.with([&](bool& is_started) -> Result<executors::WorkerPool*> {
      if (!is_started) TRY(pool_.start());
      is_started = true;
      return &pool_;
    });
  }

 private:
  executors::WorkerPool pool_;
  Guarded<bool> state_{false};
};

}  // namespace gossamer::app
