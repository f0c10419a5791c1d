// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "release/publication.hpp"

namespace gossamer::release {

// `model@alias` moves from a version (none: the alias is new) to another (none: it goes away).
struct AliasChange {
  std::string model;
  std::string alias;
  std::optional<int> from;
  std::optional<int> to;
};

// A setting without a stored value holds its declared default: then `from` is that default.
struct SettingChange {
  std::string name;
  Json from;
  Json to;
};

// The current content of a partition is replaced, both sides named by the attempt that wrote it.
struct ContentChange {
  std::string table;
  PartitionKey key;
  std::optional<AttemptId> from;
  std::optional<AttemptId> to;
};

enum class SwitchCause : std::uint8_t { gate, undo, command };
std::string_view name_of(SwitchCause cause);
Result<SwitchCause> parse_switch_cause(std::string_view text);

// One atomic, versioned change.
struct Switch {
  SwitchId id;
  SwitchCause cause = SwitchCause::command;
  std::string actor;
  std::string reason;
  Instant at{};
  std::optional<GateId> gate;
  std::optional<SwitchId> undoes;
  std::vector<AliasChange> aliases;
  std::vector<SettingChange> settings;
  std::vector<ContentChange> contents;
  bool empty() const { return aliases.empty() && settings.empty() && contents.empty(); }
};

// The present values of everything that a switch names, in the switch's order.
struct Present {
  std::vector<std::optional<int>> aliases;
  std::vector<Json> settings;  // null: never switched, so that the declared default holds
  std::vector<std::optional<AttemptId>> contents;
};

// Success if each `from` still equals the present value; otherwise a conflict that names everything
// that moved, from what, to what. A setting that was never switched is where the change found it:
// what has been switched never becomes unset again.
Result<void> check_applies(const Switch& change, const Present& present);

// The switch that puts back what `change` replaced.
Switch inverse(const Switch& change, SwitchId id, std::string actor, std::string reason,
               Instant at);

// Lines for people, e.g. "bike_demand@champion: 3 -> 4".
std::vector<std::string> describe(const Switch& change);

Json to_json(const Switch& change);
Result<Switch> switch_from_json(const Json& json);

}  // namespace gossamer::release
