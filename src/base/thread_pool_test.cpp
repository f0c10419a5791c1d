// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.hpp"

#include <array>
#include <atomic>
#include <memory>

#include <gtest/gtest.h>
#include <pthread.h>

namespace gossamer {
namespace {

using namespace std::chrono_literals;

TEST(ThreadPool, RunsEverythingAndDrains) {
  ThreadPool pool({.name = "test", .threads = 3});
  ASSERT_TRUE(pool.start().has_value());
  std::atomic<int> done = 0;
  for (int i = 0; i < 500; ++i)
    ASSERT_TRUE(pool.submit([&] { ++done; }).has_value());
  pool.drain();
  EXPECT_EQ(done, 500);
}

TEST(ThreadPool, OneThreadKeepsTheOrderAndHasTheName) {
  ThreadPool pool({.name = "a-rather-long-name"});
  ASSERT_TRUE(pool.start().has_value());
  std::vector<int> order;
  std::array<char, 16> name{};
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(pool.submit([&order, i] { order.push_back(i); }).has_value());
  ASSERT_TRUE(
      pool.submit([&name] { ::pthread_getname_np(::pthread_self(), name.data(), name.size()); })
          .has_value());
  pool.drain();
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_STREQ(name.data(), "a-rather-long-n");
}

TEST(ThreadPool, RefusesWhatDoesNotFit) {
  Guarded<bool> gate(false);
  ThreadPool pool({.name = "small", .threads = 1, .queue_limit = 1});
  ASSERT_TRUE(pool.start().has_value());
  Guarded<bool> begun(false);
  ASSERT_TRUE(pool.submit([&] {
                    begun.change([](bool& is) { is = true; });
                    gate.when([](bool open) { return open; }, [](bool) {});
                  })
                  .has_value());
  begun.when([](bool is) { return is; }, [](bool) {});
  ASSERT_TRUE(pool.submit([] {}).has_value());
  const auto third = pool.submit([] {});
  EXPECT_EQ(third.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(third.error().message, "pool small is full: 1 tasks wait already");
  gate.change([](bool& open) { open = true; });
}

TEST(ThreadPool, StopFinishesWhatRunsAndDropsTheRest) {
  Guarded<bool> gate(false);
  ThreadPool pool({.name = "stop"});
  ASSERT_TRUE(pool.start().has_value());
  std::atomic<bool> first_finished = false;
  std::atomic<bool> second_ran = false;
  const auto captured = std::make_shared<int>(0);
  Guarded<bool> begun(false);
  ASSERT_TRUE(pool.submit([&] {
                    begun.change([](bool& is) { is = true; });
                    gate.when([](bool open) { return open; }, [](bool) {});
                    first_finished = true;
                  })
                  .has_value());
  begun.when([](bool is) { return is; }, [](bool) {});
  ASSERT_TRUE(pool.submit([&second_ran, captured] { second_ran = true; }).has_value());
  std::thread stopper([&] { pool.stop(); });
  // submit says so from the moment on that stop has taken the queue.
  const auto runs = [&] {
    const auto accepted = pool.submit([] {});
    return accepted || accepted.error().message != "pool stop does not run";
  };
  while (runs())
    std::this_thread::yield();
  gate.change([](bool& open) { open = true; });
  stopper.join();
  EXPECT_TRUE(first_finished);
  EXPECT_FALSE(second_ran);
  EXPECT_EQ(captured.use_count(), 1);
  EXPECT_EQ(pool.submit([] {}).error().message, "pool stop does not run");
  pool.stop();
}

TEST(ThreadPool, StartsAgainAfterAStop) {
  ThreadPool pool({.name = "again"});
  EXPECT_FALSE(pool.submit([] {}).has_value());
  ASSERT_TRUE(pool.start().has_value());
  pool.stop();
  ASSERT_TRUE(pool.start().has_value());
  bool ran = false;
  ASSERT_TRUE(pool.submit([&] { ran = true; }).has_value());
  pool.drain();
  EXPECT_TRUE(ran);
}

TEST(Guarded, WaitsForAChange) {
  Guarded<int> value(1);
  std::thread other([&] { value.change([](int& is) { is = 2; }); });
  EXPECT_EQ(value.when([](int is) { return is == 2; }, [](int& is) { return ++is; }), 3);
  other.join();
  EXPECT_FALSE(value.wait_for(0s, [](int is) { return is == 9; }));
  EXPECT_TRUE(value.wait_for(1h, [](int is) { return is == 3; }));
}

}  // namespace
}  // namespace gossamer
