// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <list>
#include <memory>
#include <thread>

#include "base/service.hpp"
#include "base/thread_pool.hpp"
#include "orchestration/engine.hpp"

namespace gossamer::orchestration {

// The engine on a thread of its own. Any thread may call; a call waits until its commit. After
// stop, calls are `unavailable`.
class EngineService final : public Service {
 public:
  // `ports.background` is replaced by a pool of this service, a thread a kind of effect.
  EngineService(EnginePorts ports, EngineOptions options);
  ~EngineService() override;

  [[nodiscard]] std::string_view name() const override { return "engine"; }
  Result<void> start() override;
  void stop() noexcept override;

  // Does `use(Verbs&)` on the engine's thread and returns what it returns, a Result.
  template <class Use>
  auto call(Use use) -> std::invoke_result_t<Use, Verbs&>;

  // Waits until the run and all that follow from it have finished or wait for people. `progress` is
  // called in this thread, starting with the run as it is.
  Result<std::vector<RunEnd>> wait(const RunId& run, const ProgressSink& progress);

  using BackfillSink = std::function<void(const BackfillView&)>;
  // Waits until nothing of the backfill is at work, and nothing will be without somebody doing
  // something: it has ended, is paused, or waits for people. `progress` is called in this thread,
  // starting with what is so.
  Result<BackfillView> wait(const PlanId& plan, const BackfillSink& progress);

 private:
  struct Waiter;
  struct BackfillWaiter;
  void loop();
  void check_waiters();
  void check_backfill_waiters();
  bool post(Call call);

  Inbox& inbox_;
  const Clock& clock_;
  ThreadPool projections_;
  ThreadPool messages_;
  Engine engine_;
  Verbs verbs_;
  std::list<std::shared_ptr<Waiter>> waiters_;                   // the engine's thread alone
  std::list<std::shared_ptr<BackfillWaiter>> backfill_waiters_;  // likewise
  Guarded<bool> open_;
  bool stopping_ = false;  // the engine's thread alone
  std::thread thread_;
};

template <class Use>
auto EngineService::call(Use use) -> std::invoke_result_t<Use, Verbs&> {
  using Answer = std::invoke_result_t<Use, Verbs&>;
  auto promise = std::make_shared<std::promise<Answer>>();
  auto answer = promise->get_future();
  const bool posted =
      post([this, promise, use = std::move(use)]() mutable { promise->set_value(use(verbs_)); });
  if (!posted) return unavailable("the engine does not run any more");
  promise.reset();
  return answer.get();
}

}  // namespace gossamer::orchestration
