// SPDX-License-Identifier: Apache-2.0
#include "web/repeats.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "web/responses.hpp"

namespace gossamer::web {

namespace {

// What is kept of one beside its texts, about.
constexpr std::size_t entry_bytes = 512;

Result<void> check_name(const std::string& name) {
  const bool is_visible =
      std::ranges::all_of(name, [](char letter) { return letter > ' ' && letter <= '~'; });
  if (!name.empty() && is_visible && name.size() <= Repeats::name_bytes_max) return {};
  return invalid_input(fmt::format(
      "Idempotency-Key is 1 to {} visible ASCII characters without spaces, such as a UUID",
      Repeats::name_bytes_max));
}

}  // namespace

Result<Json> Repeats::once(const NamedRequest& request, const std::function<Result<Json>()>& call) {
  TRY(check_name(request.name));
  const Key key{request.who, request.name};
  TRY_ASSIGN(auto before, begin(key, request));
  if (before) return *std::move(before);
  auto answer = call();
  end(key, answer);
  return answer;
}

Result<std::optional<Json>> Repeats::begin(const Key& key, const NamedRequest& request) {
  return state_.with([&](State& state) -> Result<std::optional<Json>> {
    forget_old(state);
    const auto [found, is_new] = state.entries.try_emplace(
        key, Entry{request.asked, Stage::under_way, request.retelling, "", clock_.steady()});
    if (is_new) return std::nullopt;
    const Entry& entry = found->second;
    if (entry.asked != request.asked) {
      return conflict(fmt::format(
          "Idempotency-Key {} was used for another request already: each request has its own",
          request.name));
    }
    if (entry.stage == Stage::under_way) {
      return conflict(fmt::format(
          "the first request with Idempotency-Key {} is still under way: ask again later",
          request.name));
    }
    if (entry.retelling == Retelling::refused) {
      return conflict(fmt::format(
          "the request with Idempotency-Key {} was done already; its answer held a secret, and is "
          "not given again",
          request.name));
    }
    TRY_ASSIGN(auto answer, parse_json(entry.answer, "kept answer"));
    return std::optional<Json>(std::move(answer));
  });
}

void Repeats::end(const Key& key, const Result<Json>& answer) {
  state_.with([&](State& state) {
    const auto found = state.entries.find(key);
    if (found == state.entries.end()) return;
    if (!answer) {
      state.entries.erase(found);
      return;
    }
    Entry& entry = found->second;
    entry.stage = Stage::done;
    entry.at = clock_.steady();
    if (entry.retelling == Retelling::allowed) {
      entry.answer = text_of(*answer);
    }
    state.bytes += entry_bytes + entry.answer.size();
    state.done.push_back(key);
    forget_old(state);
  });
}

void Repeats::forget_old(State& state) const {
  const auto now = clock_.steady();
  while (!state.done.empty()) {
    const auto oldest = state.entries.find(state.done.front());
    const bool is_too_much = state.done.size() > kept_max || state.bytes > kept_bytes_max;
    if (!is_too_much && now - oldest->second.at < kept_for) return;
    state.bytes -= entry_bytes + oldest->second.answer.size();
    state.entries.erase(oldest);
    state.done.pop_front();
  }
}

}  // namespace gossamer::web
