// SPDX-License-Identifier: Apache-2.0
#include "web/change_feed.hpp"

#include <fmt/format.h>

#include "base/numbers.hpp"

namespace gossamer::web {

void ChangeFeed::publish(std::string_view what, const Json& change) {
  const auto data = change.dump(-1, ' ', false, Json::error_handler_t::replace);
  state_.with([&](State& state) {
    ++state.last;
    auto text = fmt::format("id: {}.{}\nevent: {}\ndata: {}\n\n", name_, state.last, what, data);
    std::erase_if(state.outlets, [&](const http::Outlet& outlet) { return !outlet.send(text); });
    state.recent.push_back(std::move(text));
    if (state.recent.size() > kept_events) state.recent.pop_front();
  });
}

void ChangeFeed::listen(http::Outlet outlet, const std::string& last_id) {
  state_.with([&](State& state) {
    std::string missed = ": listening\n\n";
    if (!last_id.empty()) {
      const auto dot = last_id.rfind('.');
      const auto seen =
          dot != std::string::npos && last_id.substr(0, dot) == name_
              ? parse_integer(last_id.substr(dot + 1), 0, static_cast<std::int64_t>(state.last))
              : invalid_input("of another start");
      const auto kept_from = state.last - state.recent.size();
      if (!seen || static_cast<std::uint64_t>(*seen) < kept_from) {
        missed += "event: resync\ndata: {}\n\n";
      } else {
        for (auto at = static_cast<std::uint64_t>(*seen) - kept_from; at < state.recent.size();
             ++at)
          missed += state.recent[at];
      }
    }
    if (outlet.send(std::move(missed))) state.outlets.push_back(std::move(outlet));
  });
}

}  // namespace gossamer::web
