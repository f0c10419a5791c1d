// SPDX-License-Identifier: Apache-2.0
#include "orchestration/inbox.hpp"

#include <utility>

namespace gossamer::orchestration {

void Inbox::push(InboxItem item) {
  items_.change([&](auto& items) { items.push_back(std::move(item)); });
}

std::deque<InboxItem> Inbox::take() {
  return items_.with([](auto& items) { return std::exchange(items, {}); });
}

void Inbox::wait(Duration patience) {
  items_.wait_for(patience, [](const auto& items) { return !items.empty(); });
}

AttemptSink Inbox::sink() {
  return [this](AttemptResult result) { push(std::move(result)); };
}

}  // namespace gossamer::orchestration
