// SPDX-License-Identifier: Apache-2.0
#include "base/event_fd.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace gossamer {
namespace {

using namespace std::chrono_literals;
using Places = std::vector<std::size_t>;

TEST(EventFd, IsRaisedOnceHoweverOften) {
  const EventFd event = EventFd::make().value();
  EXPECT_FALSE(event.take());
  event.raise();
  event.raise();
  EXPECT_TRUE(event.take());
  EXPECT_FALSE(event.take());
}

TEST(Poll, ReportsTheRaisedOnes) {
  const EventFd first = EventFd::make().value();
  const EventFd second = EventFd::make().value();
  const std::vector<int> numbers = {first.descriptor().number(), -1, second.descriptor().number()};
  EXPECT_EQ(poll_readable(numbers, 0s).value(), Places{});
  second.raise();
  EXPECT_EQ(poll_readable(numbers, std::nullopt).value(), Places{2});
  first.raise();
  EXPECT_EQ(poll_readable(numbers, 1h).value(), (Places{0, 2}));
}

TEST(Poll, WakesWhenAnotherThreadRaises) {
  const EventFd event = EventFd::make().value();
  std::thread other([&] { event.raise(); });
  const std::vector<int> numbers = {event.descriptor().number()};
  EXPECT_EQ(poll_readable(numbers, 1h).value(), Places{0});
  other.join();
}

}  // namespace
}  // namespace gossamer
