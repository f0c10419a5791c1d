// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/guarded.hpp"
#include "base/http/message.hpp"
#include "base/json.hpp"

namespace gossamer::web {

// What changed, to everybody who listens, as server-sent events. Any thread.
class ChangeFeed {
 public:
  // `name` tells this feed's events from those of another start of the program.
  explicit ChangeFeed(std::string name) : name_(std::move(name)) {}

  // `what` is one word, such as "run".
  void publish(std::string_view what, const Json& change);
  // `last_id` is that of the last event the listener saw, empty for none: what came since is sent
  // again or, where that is too long ago, an event "resync".
  void listen(http::Outlet outlet, const std::string& last_id);

  static constexpr std::size_t kept_events = 1000;

 private:
  struct State {
    std::uint64_t last = 0;
    std::deque<std::string> recent;  // the newest ends with the id `last`
    std::vector<http::Outlet> outlets;
  };
  std::string name_;
  Guarded<State> state_;
};

}  // namespace gossamer::web
