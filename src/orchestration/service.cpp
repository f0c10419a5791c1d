// SPDX-License-Identifier: Apache-2.0
#include "orchestration/service.hpp"

#include <algorithm>
#include <deque>
#include <set>

#include "orchestration/core.hpp"

namespace gossamer::orchestration {
namespace {

// The clock may jump, so nobody sleeps longer than this on its word.
constexpr Duration longest_nap = std::chrono::seconds(30);

EnginePorts with_pools(EnginePorts ports, ThreadPool& projections, ThreadPool& messages) {
  ports.background = [&projections, &messages](std::string_view kind,
                                               std::move_only_function<void()> task) {
    ThreadPool& pool = kind == "notify" ? messages : projections;
    return pool.submit(std::move(task));
  };
  return ports;
}

}  // namespace

// What one caller of wait() is told; the engine's thread writes, the caller's reads.
struct EngineService::Waiter {
  struct News {
    std::deque<RunProgress> progress;
    std::optional<Result<std::vector<RunEnd>>> end;
  };
  RunId run;
  std::set<RunId> family;  // the run and what follows from it; the engine's thread alone
  Guarded<News> news;
};

struct EngineService::BackfillWaiter {
  struct News {
    std::optional<BackfillView> latest;
    std::optional<Result<BackfillView>> end;
  };
  PlanId plan;
  std::optional<BackfillView> told;  // the engine's thread alone
  Guarded<News> news;
};

EngineService::EngineService(EnginePorts ports, EngineOptions options)
    : inbox_(ports.inbox),
      clock_(ports.clock),
      projections_(ThreadPoolOptions{"projection", 1, 100'000}),
      messages_(ThreadPoolOptions{"messages", 1, 100'000}),
      engine_(with_pools(std::move(ports), projections_, messages_), options),
      verbs_(engine_) {
  engine_.observe([this](const RunProgress& progress) {
    for (const auto& waiter : waiters_) {
      const bool follows = progress.parent && waiter->family.contains(*progress.parent);
      if (follows) waiter->family.insert(progress.run);
      if (!waiter->family.contains(progress.run)) continue;
      waiter->news.change([&](auto& news) { news.progress.push_back(progress); });
    }
  });
}

EngineService::~EngineService() { stop(); }

Result<void> EngineService::start() {
  TRY(projections_.start());
  TRY(messages_.start());
  TRY(engine_.start());
  open_.with([](bool& open) { open = true; });
  thread_ = std::thread([this] { loop(); });
  return {};
}

void EngineService::stop() noexcept {
  const bool was_open = open_.with([](bool& open) { return std::exchange(open, false); });
  if (was_open) {
    inbox_.push(Call([this] { stopping_ = true; }));
    thread_.join();
  }
  projections_.stop();
  messages_.stop();
}

bool EngineService::post(Call call) {
  return open_.with([&](const bool& open) {
    if (open) inbox_.push(std::move(call));
    return open;
  });
}

void EngineService::loop() {
  while (!stopping_) {
    engine_.work();
    check_waiters();
    check_backfill_waiters();
    if (stopping_) break;
    Duration nap = longest_nap;
    if (const auto wake = engine_.next_wake()) {
      nap = std::clamp<Duration>(*wake - clock_.now(), Duration::zero(), longest_nap);
    }
    inbox_.wait(nap);
  }
  engine_.flush();
  for (const auto& waiter : waiters_) {
    waiter->news.change([](auto& news) {
      news.end = unavailable("the engine was stopped while it was waited for");
    });
  }
  waiters_.clear();
  for (const auto& waiter : backfill_waiters_) {
    waiter->news.change([](auto& news) {
      news.end = unavailable("the engine was stopped while it was waited for");
    });
  }
  backfill_waiters_.clear();
}

void EngineService::check_waiters() {
  std::erase_if(waiters_, [&](const std::shared_ptr<Waiter>& waiter) {
    auto settled = engine_.settled(waiter->run);
    if (settled && !*settled) return false;
    waiter->news.change([&](auto& news) {
      if (settled) {
        news.end = **std::move(settled);
      } else {
        news.end = std::unexpected(std::move(settled).error());
      }
    });
    return true;
  });
}

Result<std::vector<RunEnd>> EngineService::wait(const RunId& run, const ProgressSink& progress) {
  auto waiter = std::make_shared<Waiter>();
  waiter->run = run;
  const bool posted = post([this, waiter] {
    waiter->family = engine_.core().family_of(waiter->run);
    if (auto state = engine_.core().load(waiter->run)) {
      waiter->news.change([&](auto& news) { news.progress.push_back(progress_of(*state)); });
    }
    waiters_.push_back(waiter);
  });
  if (!posted) return unavailable("the engine does not run any more");
  while (true) {
    auto news = waiter->news.when(
        [](const Waiter::News& seen) { return !seen.progress.empty() || seen.end.has_value(); },
        [](Waiter::News& seen) { return std::exchange(seen, {}); });
    for (const auto& step : news.progress) {
      if (progress) progress(step);
    }
    if (news.end) return *std::move(news.end);
  }
}

// --- Backfills -----------------------------------------------------------------------------------

void EngineService::check_backfill_waiters() {
  const auto* backfills = engine_.core().backfills();
  std::erase_if(backfill_waiters_, [&](const std::shared_ptr<BackfillWaiter>& waiter) {
    auto view = backfills->view(waiter->plan);
    const bool is_over = !view || backfills->is_settled(waiter->plan);
    const bool is_news = view && (!waiter->told || waiter->told->counts != view->counts);
    if (!is_over && !is_news) return false;
    if (view) waiter->told = *view;
    waiter->news.change([&](auto& news) {
      if (is_news) news.latest = *view;
      if (is_over) news.end = std::move(view);
    });
    return is_over;
  });
}

Result<BackfillView> EngineService::wait(const PlanId& plan, const BackfillSink& progress) {
  auto waiter = std::make_shared<BackfillWaiter>();
  waiter->plan = plan;
  if (engine_.core().backfills() == nullptr) return unavailable("this engine has no backfills");
  if (!post([this, waiter] { backfill_waiters_.push_back(waiter); })) {
    return unavailable("the engine does not run any more");
  }
  while (true) {
    auto news =
        waiter->news.when([](const BackfillWaiter::News& seen) { return seen.latest || seen.end; },
                          [](BackfillWaiter::News& seen) { return std::exchange(seen, {}); });
    if (news.latest && progress) progress(*news.latest);
    if (news.end) return *std::move(news.end);
  }
}

}  // namespace gossamer::orchestration
