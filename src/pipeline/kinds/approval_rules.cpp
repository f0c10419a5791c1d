// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/approval_rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/suggest.hpp"
#include "pipeline/reference.hpp"
#include "pipeline/values.hpp"

namespace gossamer::pipeline {
namespace {

using Names = std::vector<std::string>;

template <class V>
Names keys(const std::map<std::string, V>& map) {
  Names names;
  for (const auto& [name, value] : map)
    names.push_back(name);
  return names;
}

const YamlNode& below(const YamlNode& node, std::string_view key) {
  const YamlNode* child = node.find(key);
  return child == nullptr ? node : *child;
}

// The node of one item, where a single item may stand without a list.
const YamlNode& item(const YamlNode& node, std::size_t index) {
  return index < node.items.size() ? node.items[index] : node;
}

class ApprovalRules {
 public:
  ApprovalRules(const StepDraft& draft, const Surroundings& around, Problems& problems)
      : draft_(draft),
        step_(std::get<ApprovalStep>(draft.step.body)),
        workspace_(around.workspace.workspace),
        around_(around),
        problems_(problems) {}

  void run() {
    if (around_.workspace.node != nullptr) check_approvers();
    check_times();
    for (const char* key : {"on_approved", "on_rejected"}) {
      const YamlNode* node = draft_.body->find(key);
      if (node == nullptr || node->kind != YamlNode::Kind::mapping) continue;
      const bool approved = std::string_view(key) == "on_approved";
      check_switch(*node, approved ? step_.on_approved : step_.on_rejected);
    }
  }

 private:
  void check_approvers() {
    const YamlNode* approvers = draft_.body->find("approvers");
    if (approvers == nullptr || approvers->find("any_of") == nullptr) return;
    const YamlNode& any_of = *approvers->find("any_of");
    const std::size_t before = problems_.count();
    std::set<std::string> people;
    for (std::size_t index = 0; index < step_.approvers.any_of.size(); ++index) {
      add_people(step_.approvers.any_of[index], item(any_of, index), people);
    }
    if (problems_.count() > before || people.empty()) return;
    const auto enough = [&](int needed, std::string_view key, std::string_view what) {
      if (static_cast<std::size_t>(needed) <= people.size()) return;
      problems_.error(below(*approvers, key),
                      fmt::format("the gate can never be {}: it needs {} people, and only {} may "
                                  "decide",
                                  what, needed, people.size()));
    };
    enough(step_.approvers.count, "count", "approved");
    enough(step_.approvers.rejections, "rejections", "rejected");
    const bool too_few = people.size() == static_cast<std::size_t>(step_.approvers.count);
    if (too_few && !step_.approvers.exclude.empty()) {
      problems_.warning(below(*approvers, "exclude").position(),
                        fmt::format("step `{}`: all {} approvers are needed, so the gate cannot be "
                                    "approved when one of them is excluded",
                                    draft_.step.name, people.size()));
    }
  }

  void add_people(const std::string& who, const YamlNode& node, std::set<std::string>& people) {
    const auto& groups = workspace_.groups;
    if (!who.starts_with("group:")) {
      if (groups.contains(who)) {
        problems_.error(node, fmt::format("`{}` is a group: write `group:{}`", who, who));
        return;
      }
      Names users;
      for (const auto& [group, members] : groups) {
        users.insert(users.end(), members.begin(), members.end());
      }
      const bool known = std::ranges::find(users, who) != users.end();
      if (const std::string hint = did_you_mean(who, users); !known && !hint.empty()) {
        problems_.error(node, fmt::format("no group has a user `{}`{}", who, hint));
        return;
      }
      people.insert(who);
      return;
    }
    const auto group = groups.find(who.substr(6));
    if (group == groups.end()) {
      problems_.error(node, fmt::format("gossamer.yaml has no group `{}`{}", who.substr(6),
                                        did_you_mean(who.substr(6), keys(groups))));
    } else if (group->second.empty()) {
      problems_.error(
          node, fmt::format("group `{}` has no members, so nobody could decide", group->first));
    } else {
      people.insert(group->second.begin(), group->second.end());
    }
  }

  void check_times() {
    const YamlNode* expires = draft_.body->find("expires");
    if (step_.expires && !step_.expires->calendar.empty() &&
        !around_.workspace.calendars.contains(step_.expires->calendar)) {
      problems_.error(
          below(*expires, "calendar"),
          fmt::format("there is no calendar `{}`{}", step_.expires->calendar,
                      did_you_mean(step_.expires->calendar, keys(around_.workspace.calendars))));
    }
    if (!step_.escalate_to.empty() && around_.workspace.node != nullptr &&
        !workspace_.groups.contains(step_.escalate_to.substr(6))) {
      problems_.error(
          below(below(*draft_.body, "escalate"), "to"),
          fmt::format("gossamer.yaml has no group `{}`{}", step_.escalate_to.substr(6),
                      did_you_mean(step_.escalate_to.substr(6), keys(workspace_.groups))));
    }
    // Business time passes more slowly, so only elapsed time can be compared.
    if (!step_.expires || !step_.expires->calendar.empty() ||
        step_.expires->after == Duration::zero()) {
      return;
    }
    for (std::size_t index = 0; index < step_.remind.size(); ++index) {
      if (step_.remind[index] < step_.expires->after) continue;
      problems_.error(item(below(*draft_.body, "remind"), index),
                      fmt::format("the reminder comes when the gate has expired, after {}",
                                  format_duration(step_.expires->after)));
    }
    if (step_.escalate_after && *step_.escalate_after >= step_.expires->after) {
      problems_.error(below(below(*draft_.body, "escalate"), "after"),
                      fmt::format("the escalation comes when the gate has expired, after {}",
                                  format_duration(step_.expires->after)));
    }
  }

  void check_switch(const YamlNode& node, const SwitchProposal& change) {
    if (const YamlNode* aliases = node.find("aliases")) {
      // Items that could not be read are missing from the values: then positions would be wrong.
      if (aliases->items.size() == change.aliases.size()) {
        std::set<std::string> moved;
        for (std::size_t index = 0; index < change.aliases.size(); ++index) {
          check_alias(aliases->items[index], change.aliases[index], moved);
        }
      }
    }
    if (const YamlNode* settings = node.find("settings")) {
      for (const YamlEntry& entry : settings->entries)
        check_setting(entry, change);
    }
    const YamlNode& publish = below(node, "publish");
    for (std::size_t index = 0; index < change.publish.size(); ++index) {
      check_publish(item(publish, index), change.publish[index]);
    }
  }

  void check_alias(const YamlNode& node, const AliasSwitch& alias, std::set<std::string>& moved) {
    if (!moved.insert(alias.model + "@" + alias.alias).second) {
      problems_.error(node, fmt::format("{}@{} is moved twice", alias.model, alias.alias));
    }
    if (alias.version.pieces.empty()) return;
    const YamlNode& version = below(node, "version");
    const std::optional<Reference> reference = sole_reference(alias.version);
    if (!reference) {
      const bool digits =
          alias.version.is_literal() && !alias.version.literal().empty() &&
          std::ranges::all_of(alias.version.literal(), [](char c) { return c >= '0' && c <= '9'; });
      if (!digits && alias.version.is_literal()) {
        problems_.error(version, fmt::format("`{}` is no version: write its number, or "
                                             "\"${{steps.<train step>.version}}\"",
                                             alias.version.literal()));
      }
      return;
    }
    if (reference->scope != Scope::steps) return;
    const StepDraft* maker = around_.pipeline.find(reference->path.front());
    if (maker == nullptr || !maker->has_body) return;
    const std::string* model = nullptr;
    if (const auto* train = std::get_if<TrainStep>(&maker->step.body)) model = &train->model;
    if (const auto* command = std::get_if<CommandStep>(&maker->step.body)) model = &command->model;
    if (model != nullptr && !model->empty() && *model != alias.model) {
      problems_.error(version, fmt::format("step `{}` makes versions of `{}`, not of `{}`",
                                           maker->step.name, *model, alias.model));
    }
  }

  void check_setting(const YamlEntry& entry, const SwitchProposal& change) {
    if (around_.workspace.node == nullptr) return;
    const auto declared = workspace_.settings.find(entry.key.text);
    if (declared == workspace_.settings.end()) {
      problems_.error(entry.key,
                      fmt::format("gossamer.yaml declares no setting `{}`{}", entry.key.text,
                                  did_you_mean(entry.key.text, keys(workspace_.settings))));
      return;
    }
    const std::string& type = declared->second.type;
    const auto value = change.settings.find(entry.key.text);
    if (value == change.settings.end() || type.empty()) return;
    if (value->second.is_literal()) {
      Parameter wanted_type;
      wanted_type.type = type;
      check_value(entry.value, wanted_type, problems_);
      return;
    }
    const std::optional<Reference> reference = sole_reference(value->second);
    std::string given = reference ? "" : "string";
    if (reference && reference->scope == Scope::params) {
      const auto& parameters = around_.pipeline.pipeline.parameters;
      const auto parameter = parameters.find(reference->path.front());
      if (parameter != parameters.end()) given = parameter->second.type;
    }
    if (!given.empty() && !is_convertible(given, type)) {
      problems_.error(entry.value,
                      fmt::format("setting `{}` is {}, but `{}` is {}", entry.key.text,
                                  wanted(type), value->second.literal(), wanted(given)));
    }
  }

  void check_publish(const YamlNode& node, const std::string& name) {
    const StepDraft* step = around_.pipeline.find(name);
    if (step == nullptr) {
      if (around_.pipeline.is_unreadable(name)) return;
      problems_.error(node, fmt::format("there is no step `{}`{}", name,
                                        did_you_mean(name, around_.pipeline.step_names())));
    } else if (!step->step.output) {
      if (step->has_body) {
        problems_.error(node, fmt::format("step `{}` writes no table, so nothing of it can be "
                                          "published",
                                          name));
      }
    } else if (step->step.output->release != ReleaseMode::manual) {
      problems_.error(node,
                      fmt::format("step `{}` is published by itself; to hold it for this gate, "
                                  "give it `output: {{ table: {}, release: manual }}`",
                                  name, step->step.output->table));
    }
  }

  const StepDraft& draft_;
  const ApprovalStep& step_;
  const Workspace& workspace_;
  const Surroundings& around_;
  Problems& problems_;
};

}  // namespace

void check_approval(const StepDraft& draft, const Surroundings& around, Problems& problems) {
  ApprovalRules(draft, around, problems).run();
}

}  // namespace gossamer::pipeline
