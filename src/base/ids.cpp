// SPDX-License-Identifier: Apache-2.0
#include "base/ids.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <random>

#include <fmt/format.h>
#include <sys/random.h>

#include "base/clock.hpp"
#include "base/guarded.hpp"

namespace gossamer {
namespace {

using Random = std::move_only_function<std::uint64_t()>;

// 64 random bits of the kernel; without them no id may be given out.
std::uint64_t kernel_random() {
  std::uint64_t bits = 0;
  while (getrandom(&bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits)) {
    if (errno != EINTR) std::abort();
  }
  return bits;
}

// RFC 9562, version 7: 48 bits of milliseconds, then 74 bits that hold a counter in their upper
// part. The counter starts at random below half its range in each millisecond and grows by one (the
// RFC's method 1), so that ids of one source only grow; a clock that went back is ignored until it
// has caught up.
class UuidSource final : public IdSource {
 public:
  UuidSource(const Clock& clock, Random random) : clock_(clock) {
    state_.with([&](State& state) { state.random = std::move(random); });
  }

  std::string uuid7() override {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
    const auto since_epoch = now.time_since_epoch().count();
    const std::uint64_t milliseconds =
        since_epoch > 0 ? static_cast<std::uint64_t>(since_epoch) : 0;
    return state_.with([&](State& state) { return next(state, milliseconds); });
  }

 private:
  static constexpr unsigned counter_bits = 42;  // rand_a (12) and the upper 30 of rand_b (62)
  struct State {
    Random random;
    std::uint64_t milliseconds = 0;
    std::uint64_t counter = 0;
    bool used = false;
  };

  static std::string next(State& state, std::uint64_t now) {
    if (!state.used || now > state.milliseconds) {
      state.used = true;
      state.milliseconds = now;
      state.counter = state.random() >> (64 - counter_bits + 1);
    } else if (++state.counter >> counter_bits != 0) {
      ++state.milliseconds;
      state.counter = 0;
    }
    const std::uint64_t low_random = state.random() & 0xFFFF'FFFFU;
    const std::uint64_t rand_a = state.counter >> 30U;
    const std::uint64_t rand_b = (state.counter & 0x3FFF'FFFFU) << 32U | low_random;
    return fmt::format("{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}", state.milliseconds >> 16U,
                       state.milliseconds & 0xFFFFU, rand_a, 0x8000U | rand_b >> 48U,
                       rand_b & 0xFFFF'FFFF'FFFFU);
  }

  const Clock& clock_;
  Guarded<State> state_;
};

bool is_uuid7(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
      return false;
    }
  }
  return text[14] == '7' && std::string_view("89ab").find(text[19]) != std::string_view::npos;
}

}  // namespace

std::unique_ptr<IdSource> system_ids(const Clock& clock) {
  return std::make_unique<UuidSource>(clock, kernel_random);
}

std::unique_ptr<IdSource> seeded_ids(const Clock& clock, std::uint64_t seed) {
  return std::make_unique<UuidSource>(
      clock, [engine = std::mt19937_64(seed)]() mutable { return engine(); });
}

Result<void> check_id(std::string_view text, std::string_view prefix) {
  if (text.starts_with(prefix) && is_uuid7(text.substr(prefix.size()))) return {};
  return invalid_input(fmt::format(
      "`{}` is not an id; expected `{}` and a UUID of version 7 in lower case", text, prefix));
}

}  // namespace gossamer
