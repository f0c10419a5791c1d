// SPDX-License-Identifier: Apache-2.0
// Requests that name themselves, so that one sent twice is done once
// (draft-ietf-httpapi-idempotency-key-header).
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/guarded.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace gossamer::web {

// Whether an answer may be given again: one with a secret may not.
enum class Retelling : std::uint8_t { allowed, refused };

struct NamedRequest {
  std::string who;  // names are each caller's own
  std::string name;
  Digest asked;  // of all that the request says
  Retelling retelling = Retelling::allowed;
};

// Any thread. What it knows is kept in memory: a restart forgets it.
class Repeats {
 public:
  explicit Repeats(const Clock& clock) : clock_(clock) {}

  // `call`, or what it answered the first time. conflict where the name was used for something
  // else, where the first is still under way, and where its answer is not told again.
  // invalid_input for a name that is none. What failed is done anew.
  Result<Json> once(const NamedRequest& request, const std::function<Result<Json>()>& call);

  static constexpr std::size_t name_bytes_max = 255;
  static constexpr std::size_t kept_max = 10'000;
  static constexpr std::size_t kept_bytes_max = std::size_t{32} << 20U;
  static constexpr Duration kept_for = std::chrono::hours(24);

 private:
  using Key = std::pair<std::string, std::string>;  // who, name
  enum class Stage : std::uint8_t { under_way, done };
  struct Entry {
    Digest asked;
    Stage stage = Stage::under_way;
    Retelling retelling = Retelling::allowed;
    std::string answer;
    SteadyInstant at{};
  };
  struct State {
    std::map<Key, Entry> entries;
    std::list<Key> done;  // the oldest first
    std::size_t bytes = 0;
  };
  // The answer of before; nothing where it is to be done now.
  Result<std::optional<Json>> begin(const Key& key, const NamedRequest& request);
  void end(const Key& key, const Result<Json>& answer);
  void forget_old(State& state) const;

  const Clock& clock_;
  Guarded<State> state_;
};

}  // namespace gossamer::web
