// SPDX-License-Identifier: Apache-2.0
#include "pipeline/grammar.hpp"
#include "pipeline/scalars.hpp"
#include "pipeline/values.hpp"

namespace gossamer::pipeline::schema {
namespace {

Type<std::string> value_type() {
  std::vector<std::pair<std::string, std::string>> choices;
  for (const std::string& type : value_types())
    choices.emplace_back(type, type);
  return choice(choices);
}

Type<SettingDeclaration> setting() {
  Type<SettingDeclaration> type = object<SettingDeclaration>(
      "a setting", {required("type", &SettingDeclaration::type, value_type(), "Its type."),
                    required("default", &SettingDeclaration::default_value, scalar(),
                             "Its value until a switch changes it.")});
  return refined<SettingDeclaration>(
      std::move(type),
      [](SettingDeclaration setting, const YamlNode& node,
         Problems& problems) -> std::optional<SettingDeclaration> {
        Parameter declaration;
        declaration.type = setting.type;
        const YamlNode* value = node.find("default");
        if (!setting.type.empty() && value != nullptr && !setting.default_value.is_null()) {
          check_value(*value, declaration, problems);
        }
        return setting;
      });
}

struct SecretKeys {
  std::vector<std::string> env;
  std::vector<std::string> file;
  std::vector<std::string> command;
};

Type<SecretSource> secret() {
  const auto single = [](Type<std::string> type) {
    return refined<std::vector<std::string>>(
        std::move(type),
        [](std::string value, const YamlNode&,
           Problems&) -> std::optional<std::vector<std::string>> {
          return std::vector<std::string>{std::move(value)};
        });
  };
  Type<SecretKeys> type = object<SecretKeys>(
      "a secret",
      {optional("env", &SecretKeys::env, single(name(variable_name())), "An environment variable."),
       optional("file", &SecretKeys::file, single(text("a path")),
                "A file; its last line end is cut."),
       optional("command", &SecretKeys::command,
                list_of("a list: a program and its arguments", text(), {.least = 1, .most = 100}),
                "A program that prints it.")});
  type.schema["minProperties"] = 1;
  type.schema["maxProperties"] = 1;
  return refined<SecretSource>(
      std::move(type),
      [](SecretKeys keys, const YamlNode& node, Problems& problems) -> std::optional<SecretSource> {
        if (node.entries.size() != 1) {
          problems.error(node, "a secret comes from exactly one of `env`, `file` and `command`");
          return std::nullopt;
        }
        const std::string& kind = node.entries.front().key.text;
        auto& value = kind == "env" ? keys.env : kind == "file" ? keys.file : keys.command;
        return SecretSource{kind, std::move(value)};
      });
}

struct Keep {
  Duration keep{};
};

Field<Workspace> keep_field(const std::string& key, std::optional<Duration> Workspace::* member,
                            const std::string& description) {
  Type<Keep> type = object<Keep>("a mapping with `keep`",
                                 {required("keep", &Keep::keep, duration(), "How long.")});
  return field_by<Workspace>(
      Presence::optional, key, std::move(type), description,
      [member](Workspace& into, Keep value, const YamlNode&) { into.*member = value.keep; });
}

std::vector<Field<Workspace>> fields() {
  NameRule group_name = person_name("a group's name");
  return {
      required("workspace", &Workspace::name, name(label("a workspace's name")), "Its name."),
      optional("timezone", &Workspace::timezone, timezone(),
               "The zone of times that name none, UTC unless said."),
      optional("groups", &Workspace::groups,
               map_of("a mapping of groups", std::move(group_name),
                      list_of("a list of users", name(person_name("a user's name")))),
               "Groups and their users."),
      optional("pools", &Workspace::pools,
               map_of("a mapping of pools", identifier("a pool's name"), small_number(1, 10'000)),
               "Named pools of slots and their sizes."),
      optional("settings", &Workspace::settings,
               map_of("a mapping of settings", dotted_name("a setting's name"), setting()),
               "Typed values that steps read and only a switch changes."),
      optional("secrets", &Workspace::secrets,
               map_of("a mapping of secrets", identifier("a secret's name"), secret()),
               "Where secrets come from."),
      optional("slack", &Workspace::slack, any_mapping(), "How to reach Slack."),
      keep_field("history", &Workspace::history_keep,
                 "How long finished runs stay in the database."),
      keep_field("evidence", &Workspace::evidence_keep,
                 "How long evidence is kept, 7 years unless said."),
  };
}

}  // namespace

const Type<Workspace>& workspace_grammar() {
  static const Type<Workspace> grammar = object<Workspace>("gossamer.yaml", fields());
  return grammar;
}

Type<std::map<std::string, Parameter>> parameters() {
  Type<Parameter> type = object<Parameter>(
      "a parameter",
      {required("type", &Parameter::type, value_type(), "Its type."),
       optional("default", &Parameter::default_value, scalar(), "Its value where none is given."),
       optional("minimum", &Parameter::minimum, number(), "The least value."),
       optional("maximum", &Parameter::maximum, number(), "The largest value."),
       optional("allowed", &Parameter::allowed, list_of("a list of values", scalar(), {.least = 1}),
                "The only values that it may have."),
       optional("description", &Parameter::description, text(), "What it is for.")});
  auto checked = [](Parameter parameter, const YamlNode& node,
                    Problems& problems) -> std::optional<Parameter> {
    const bool numeric = parameter.type == "integer" || parameter.type == "number";
    for (const char* key : {"minimum", "maximum"}) {
      const YamlNode* bound = node.find(key);
      if (bound == nullptr || numeric || parameter.type.empty()) continue;
      problems.error(*bound, fmt::format("`{}` is for numbers; this parameter is {}", key,
                                         wanted(parameter.type)));
      return parameter;
    }
    if (parameter.minimum && parameter.maximum && *parameter.minimum > *parameter.maximum) {
      problems.error(*node.find("maximum"), "the maximum is below the minimum");
      return parameter;
    }
    const YamlNode* value = node.find("default");
    if (parameter.type.empty()) return parameter;
    Parameter only_type;
    only_type.type = parameter.type;
    if (const YamlNode* allowed = node.find("allowed")) {
      for (const YamlNode& item : allowed->items)
        check_value(item, only_type, problems);
    }
    if (value != nullptr && !parameter.default_value.is_null()) {
      check_value(*value, parameter, problems);
    }
    return parameter;
  };
  return map_of("a mapping of parameters", identifier("a parameter's name"),
                refined<Parameter>(std::move(type), checked));
}

}  // namespace gossamer::pipeline::schema
