// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace gossamer::access {

// Makes guessing slow: after a few failures under one key the next try has to wait, twice as long
// each time, up to a limit. Never locks anybody out for good. One thread at a time.
class Throttle {
 public:
  // How long a try under this key has to wait still; nothing: it may go on.
  [[nodiscard]] std::optional<Duration> wait_for(const std::string& key, SteadyInstant now) const;
  void failed(const std::string& key, SteadyInstant now);
  void succeeded(const std::string& key);
  [[nodiscard]] std::size_t size() const { return keys_.size(); }

  static constexpr int free_failures = 5;
  static constexpr Duration longest_wait = std::chrono::minutes(1);
  static constexpr std::size_t most_keys = 10'000;

 private:
  struct Failures {
    int count = 0;
    SteadyInstant last{};
    SteadyInstant free_from{};
  };
  void forget_oldest();

  std::map<std::string, Failures> keys_;
};

}  // namespace gossamer::access
