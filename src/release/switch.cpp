// SPDX-License-Identifier: Apache-2.0
#include "release/switch.hpp"

#include <fmt/core.h>

#include <array>

#include "base/json_fields.hpp"
#include "base/text.hpp"

namespace gossamer::release {

namespace {

constexpr std::array<std::string_view, 3> cause_names{"gate", "undo", "command"};

std::string shown(const std::optional<int>& version) {
  return version ? std::to_string(*version) : "none";
}
std::string shown(const std::optional<AttemptId>& attempt) {
  return attempt ? attempt->value() : "none";
}
std::string shown(const Json& value) {
  constexpr std::size_t bytes_max = 200;
  return abbreviated(value.dump(-1, ' ', false, Json::error_handler_t::replace), bytes_max);
}

std::string name_of_change(const AliasChange& change) { return change.model + "@" + change.alias; }
std::string name_of_change(const SettingChange& change) { return change.name; }
std::string name_of_change(const ContentChange& change) {
  return change.table + " " + change.key.text();
}

template <class Value>
Json json_of(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}
template <class Tag>
Json json_of(const std::optional<Id<Tag>>& id) {
  return id ? Json(id->value()) : Json(nullptr);
}

Result<AliasChange> alias_change_from_json(const Json& json, const std::string& where) {
  AliasChange change;
  TRY_ASSIGN(change.model, require<std::string>(json, "model", where));
  TRY_ASSIGN(change.alias, require<std::string>(json, "alias", where));
  TRY_ASSIGN(change.from, optional_integer<int>(json, "from", where));
  TRY_ASSIGN(change.to, optional_integer<int>(json, "to", where));
  return change;
}

Result<SettingChange> setting_change_from_json(const Json& json, const std::string& where) {
  SettingChange change;
  TRY_ASSIGN(change.name, require<std::string>(json, "name", where));
  change.from = member_or_null(json, "from");
  change.to = member_or_null(json, "to");
  return change;
}

Result<ContentChange> content_change_from_json(const Json& json, const std::string& where) {
  ContentChange change;
  TRY_ASSIGN(change.table, require<std::string>(json, "table", where));
  TRY_ASSIGN(change.key, require_parsed<PartitionKey>(json, "partition", where));
  TRY_ASSIGN(change.from, optional_parsed<AttemptId>(json, "from", where));
  TRY_ASSIGN(change.to, optional_parsed<AttemptId>(json, "to", where));
  return change;
}

template <class Change>
void note_moved(std::vector<std::string>& moved, const Change& change, const std::string& present) {
  moved.push_back(fmt::format("{} was {} when this was proposed and is {} now",
                              name_of_change(change), shown(change.from), present));
}

template <class Change>
std::string line_of(const Change& change) {
  return fmt::format("{}: {} -> {}", name_of_change(change), shown(change.from), shown(change.to));
}

}  // namespace

std::string_view name_of(SwitchCause cause) { return cause_names[static_cast<std::size_t>(cause)]; }

Result<SwitchCause> parse_switch_cause(std::string_view name) {
  for (std::size_t at = 0; at < cause_names.size(); ++at) {
    if (cause_names[at] == name) return static_cast<SwitchCause>(at);
  }
  return invalid_input(fmt::format("`{}` is no cause of a switch: gate, undo or command", name));
}

Result<void> check_applies(const Switch& change, const Present& present) {
  if (present.aliases.size() != change.aliases.size() ||
      present.settings.size() != change.settings.size() ||
      present.contents.size() != change.contents.size()) {
    return bug("a switch was compared with the present values of another one");
  }
  std::vector<std::string> moved;
  for (std::size_t at = 0; at < change.aliases.size(); ++at) {
    const AliasChange& alias = change.aliases[at];
    if (alias.from != present.aliases[at]) note_moved(moved, alias, shown(present.aliases[at]));
  }
  for (std::size_t at = 0; at < change.settings.size(); ++at) {
    const SettingChange& setting = change.settings[at];
    const Json& now = present.settings[at];
    if (!now.is_null() && setting.from != now) note_moved(moved, setting, shown(now));
  }
  for (std::size_t at = 0; at < change.contents.size(); ++at) {
    const ContentChange& content = change.contents[at];
    const auto& now = present.contents[at];
    if (content.from != now) note_moved(moved, content, shown(now));
  }
  if (moved.empty()) return {};
  return conflict(
      fmt::format("the switch no longer fits: {}; look at the present values and "
                  "decide again",
                  join(moved, "; ")));
}

Switch inverse(const Switch& change, SwitchId id, std::string actor, std::string reason,
               Instant at) {
  Switch undo;
  undo.id = std::move(id);
  undo.cause = SwitchCause::undo;
  undo.actor = std::move(actor);
  undo.reason = std::move(reason);
  undo.at = at;
  undo.undoes = change.id;
  undo.aliases = change.aliases;
  for (AliasChange& alias : undo.aliases)
    std::swap(alias.from, alias.to);
  undo.settings = change.settings;
  for (SettingChange& setting : undo.settings)
    std::swap(setting.from, setting.to);
  undo.contents = change.contents;
  for (ContentChange& content : undo.contents)
    std::swap(content.from, content.to);
  return undo;
}

std::vector<std::string> describe(const Switch& change) {
  std::vector<std::string> lines;
  for (const AliasChange& alias : change.aliases)
    lines.push_back(line_of(alias));
  for (const SettingChange& setting : change.settings)
    lines.push_back(line_of(setting));
  for (const ContentChange& content : change.contents)
    lines.push_back(line_of(content));
  return lines;
}

Json to_json(const Switch& change) {
  Json aliases = Json::array();
  for (const AliasChange& alias : change.aliases) {
    aliases.push_back({{"model", alias.model},
                       {"alias", alias.alias},
                       {"from", json_of(alias.from)},
                       {"to", json_of(alias.to)}});
  }
  Json settings = Json::array();
  for (const SettingChange& setting : change.settings) {
    settings.push_back({{"name", setting.name}, {"from", setting.from}, {"to", setting.to}});
  }
  Json contents = Json::array();
  for (const ContentChange& content : change.contents) {
    contents.push_back({{"table", content.table},
                        {"partition", content.key.text()},
                        {"from", json_of(content.from)},
                        {"to", json_of(content.to)}});
  }
  return {{"id", change.id.empty() ? Json(nullptr) : Json(change.id.value())},
          {"cause", name_of(change.cause)},
          {"actor", change.actor},
          {"reason", change.reason},
          {"at", format_instant(change.at)},
          {"gate", json_of(change.gate)},
          {"undoes", json_of(change.undoes)},
          {"aliases", std::move(aliases)},
          {"settings", std::move(settings)},
          {"contents", std::move(contents)}};
}

Result<Switch> switch_from_json(const Json& json) {
  Switch change;
  TRY_ASSIGN(const std::optional<SwitchId> id, optional_parsed<SwitchId>(json, "id"));
  if (id) change.id = *id;
  TRY_ASSIGN(const std::string cause, require<std::string>(json, "cause"));
  TRY_ASSIGN(change.cause, parse_switch_cause(cause));
  TRY_ASSIGN(change.actor, require<std::string>(json, "actor"));
  TRY_ASSIGN(change.reason, require<std::string>(json, "reason"));
  TRY_ASSIGN(change.at, require_instant(json, "at"));
  TRY_ASSIGN(change.gate, optional_parsed<GateId>(json, "gate"));
  TRY_ASSIGN(change.undoes, optional_parsed<SwitchId>(json, "undoes"));
  TRY_ASSIGN(change.aliases,
             require_list<AliasChange>(json, "aliases", "", alias_change_from_json));
  TRY_ASSIGN(change.settings,
             require_list<SettingChange>(json, "settings", "", setting_change_from_json));
  TRY_ASSIGN(change.contents,
             require_list<ContentChange>(json, "contents", "", content_change_from_json));
  return change;
}

}  // namespace gossamer::release
