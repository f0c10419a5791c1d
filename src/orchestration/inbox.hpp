// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <variant>

#include "base/guarded.hpp"
#include "orchestration/ports.hpp"

namespace gossamer::orchestration {

// An effect that ran elsewhere (a projection, a message) has ended.
struct EffectDone {
  std::int64_t row = 0;
  Result<void> result;
};
// Something to be done on the engine's thread.
using Call = std::move_only_function<void()>;

using InboxItem = std::variant<AttemptResult, EffectDone, Call>;

// What reaches the engine from other threads, in order of arrival. Any thread may push.
class Inbox {
 public:
  void push(InboxItem item);
  std::deque<InboxItem> take();
  // Returns when something is there, or after `patience`.
  void wait(Duration patience);
  // For executors; the inbox must outlive them.
  AttemptSink sink();

 private:
  Guarded<std::deque<InboxItem>> items_;
};

}  // namespace gossamer::orchestration
