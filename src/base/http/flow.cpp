// SPDX-License-Identifier: Apache-2.0
#include "base/http/flow.hpp"

namespace gossamer::http {

bool Outlet::send(std::string text) const { return flow_->send(std::move(text)); }
void Outlet::close() const { flow_->close(); }

Outlet::Flow::Flow(std::size_t limit_bytes, std::function<void()> wake)
    : limit_bytes_(limit_bytes), state_(State{.text = {}, .wake = std::move(wake)}) {}

bool Outlet::Flow::send(std::string text) {
  return state_.with([&](State& state) {
    if (!state.is_open) return false;
    if (state.text.size() + text.size() > limit_bytes_) {
      state.is_open = false;
      state.gave_up = true;
    } else {
      state.text += text;
    }
    // Under the lock, so that it is not called once shut() has returned.
    state.wake();
    return state.is_open;
  });
}

void Outlet::Flow::close() {
  state_.with([](State& state) {
    if (!state.is_open) return;
    state.is_open = false;
    state.wake();
  });
}

Outlet::Flow::Taken Outlet::Flow::take() {
  return state_.with([](State& state) {
    Taken taken;
    taken.text.swap(state.text);
    taken.is_over = !state.is_open;
    taken.gave_up = state.gave_up;
    return taken;
  });
}

void Outlet::Flow::shut() {
  state_.with([](State& state) {
    state.is_open = false;
    state.wake = [] {};
  });
}

Outlet outlet_of(const std::shared_ptr<Outlet::Flow>& flow) {
  return Outlet(
      std::shared_ptr<Outlet::Flow>(flow.get(), [flow](Outlet::Flow* ending) { ending->close(); }));
}

}  // namespace gossamer::http
