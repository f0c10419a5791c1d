// SPDX-License-Identifier: Apache-2.0
#include "access/throttle.hpp"

#include <algorithm>

namespace gossamer::access {

std::optional<Duration> Throttle::wait_for(const std::string& key, SteadyInstant now) const {
  const auto found = keys_.find(key);
  if (found == keys_.end() || found->second.free_from <= now) return std::nullopt;
  return found->second.free_from - now;
}

void Throttle::failed(const std::string& key, SteadyInstant now) {
  if (!keys_.contains(key) && keys_.size() >= most_keys) forget_oldest();
  auto& failures = keys_[key];
  failures.last = now;
  ++failures.count;
  if (failures.count < free_failures) return;
  const int doublings = std::min(failures.count - free_failures, 6);
  const Duration wait = std::chrono::seconds(1 << doublings);
  failures.free_from = now + std::min(wait, longest_wait);
}

void Throttle::succeeded(const std::string& key) { keys_.erase(key); }

void Throttle::forget_oldest() {
  const auto oldest =
      std::ranges::min_element(keys_, {}, [](const auto& entry) { return entry.second.last; });
  keys_.erase(oldest);
}

}  // namespace gossamer::access
