// SPDX-License-Identifier: Apache-2.0
// Identifiers: a prefix that says what it names, and a UUIDv7 that sorts by time of creation.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "base/result.hpp"

namespace gossamer {

class Clock;

// Gives UUIDs; those of one source are strictly increasing as text. Threads may share one.
class IdSource {
 public:
  IdSource() = default;
  IdSource(const IdSource&) = delete;
  IdSource& operator=(const IdSource&) = delete;
  virtual ~IdSource() = default;

  // "0190a1b2-....", 36 characters, lower case, version 7.
  virtual std::string uuid7() = 0;
};

// Time from the clock, randomness from the kernel. The clock must outlive the source.
std::unique_ptr<IdSource> system_ids(const Clock& clock);
// The same ids for the same seed and clock.
std::unique_ptr<IdSource> seeded_ids(const Clock& clock, std::uint64_t seed);

// Success if `text` is `prefix` and a lower-case UUID of version 7.
Result<void> check_id(std::string_view text, std::string_view prefix);

// Tag has a `prefix` (such as "run_"). A default Id is empty and names nothing.
template <class Tag>
class Id {
 public:
  Id() = default;

  static Result<Id> parse(std::string_view text) {
    TRY(check_id(text, Tag::prefix));
    return Id(std::string(text));
  }
  static Id make(IdSource& source) { return Id(std::string(Tag::prefix) + source.uuid7()); }

  [[nodiscard]] const std::string& value() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

  bool operator==(const Id&) const = default;
  std::strong_ordering operator<=>(const Id&) const = default;

 private:
  explicit Id(std::string value) : value_(std::move(value)) {}

  std::string value_;
};

struct RunTag {
  static constexpr std::string_view prefix = "run_";
};
struct GateTag {
  static constexpr std::string_view prefix = "gate_";
};
struct AttemptTag {
  static constexpr std::string_view prefix = "att_";
};
struct SwitchTag {
  static constexpr std::string_view prefix = "switch_";
};
struct PlanTag {
  static constexpr std::string_view prefix = "plan_";
};
struct VoteTag {
  static constexpr std::string_view prefix = "vote_";
};

using RunId = Id<RunTag>;
using GateId = Id<GateTag>;
using AttemptId = Id<AttemptTag>;
using SwitchId = Id<SwitchTag>;
using PlanId = Id<PlanTag>;
using VoteId = Id<VoteTag>;

}  // namespace gossamer

template <class Tag>
struct std::hash<gossamer::Id<Tag>> {
  std::size_t operator()(const gossamer::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.value());
  }
};

template <class Tag>
struct fmt::formatter<gossamer::Id<Tag>> : fmt::formatter<std::string_view> {
  auto format(const gossamer::Id<Tag>& id, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(id.value(), context);
  }
};
