// SPDX-License-Identifier: Apache-2.0
#include "pipeline/grammar.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/reference.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline::schema {
namespace {

bool is_retry_class(std::string_view word) {
  for (const std::string_view known :
       {"unavailable", "lost", "timeout", "check_failed", "exit_code", "bug"}) {
    if (word == known) return true;
  }
  if (!word.starts_with("exit:")) return false;
  word.remove_prefix(5);
  return !word.empty() && word.size() <= 3 && word.find_first_not_of("0123456789") == word.npos;
}

Type<Condition> condition() {
  return choice<Condition>({{"succeeded", Condition::succeeded},
                            {"passed", Condition::passed},
                            {"failed_criteria", Condition::failed_criteria},
                            {"approved", Condition::approved},
                            {"rejected", Condition::rejected},
                            {"decided", Condition::decided},
                            {"any", Condition::any}});
}

Type<std::vector<After>> one_name() {
  return refined<std::vector<After>>(
      name(identifier("a step's name")),
      [](std::string step, const YamlNode& node, Problems&) -> std::optional<std::vector<After>> {
        return std::vector<After>{{std::move(step), std::nullopt, node.position()}};
      });
}

std::vector<Field<StepDraft>> common_fields();

// One field per kind; which of them was given is decided afterwards.
std::vector<Field<StepDraft>> step_fields() {
  std::vector<Field<StepDraft>> fields = common_fields();
  for (const Kind& kind : all_kinds()) {
    fields.push_back(field_by<StepDraft>(
        Presence::optional, std::string(name_of(kind.kind)), kind.body, kind.description,
        [which = kind.kind](StepDraft& into, StepBody body, const YamlNode& node) {
          into.step.kind = which;
          into.step.body = std::move(body);
          into.body = &node;
          into.has_body = true;
        }));
  }
  return fields;
}

Json exactly_one_kind() {
  Json one = Json::array();
  for (const std::string& kind : kind_names())
    one.push_back({{"required", {kind}}});
  return one;
}

std::optional<StepDraft> with_one_kind(StepDraft draft, const YamlNode& node, Problems& problems,
                                       bool has_unknown_key) {
  std::vector<const YamlNode*> kinds;
  const std::vector<std::string> names = kind_names();
  for (const YamlEntry& entry : node.entries) {
    if (std::ranges::find(names, entry.key.text) != names.end()) kinds.push_back(&entry.key);
  }
  if (kinds.size() == 1) return draft;
  draft.has_body = false;
  if (kinds.size() > 1) {
    problems.error(*kinds[1], fmt::format("a step has one kind; this one is `{}` and `{}`",
                                          kinds[0]->text, kinds[1]->text));
  } else if (!has_unknown_key) {
    // An unknown key is most likely the misspelt kind: one message is enough.
    std::string known;
    for (const std::string& kind : names)
      known += (known.empty() ? "" : ", ") + kind;
    problems.error(node, fmt::format("the step has no kind; give one of {}", known));
  }
  return draft;
}

Type<StepDraft> step() {
  std::vector<Field<StepDraft>> fields = step_fields();
  std::vector<std::string> known;
  for (const Field<StepDraft>& field : fields)
    known.push_back(field.name);
  Type<StepDraft> type = object<StepDraft>("a step", std::move(fields));
  type.schema["oneOf"] = exactly_one_kind();
  return refined<StepDraft>(
      std::move(type), [known](StepDraft draft, const YamlNode& node, Problems& problems) {
        return with_one_kind(std::move(draft), node, problems, has_unknown_key(node, known));
      });
}

// A member of the step inside of the draft.
template <class M, class V>
Field<StepDraft> part(const std::string& key, M Step::* member, Type<V> type,
                      const std::string& description) {
  return field_by<StepDraft>(Presence::optional, key, std::move(type), description,
                             [member](StepDraft& into, V value, const YamlNode&) {
                               into.step.*member = std::move(value);
                             });
}

std::vector<Field<StepDraft>> common_fields() {
  return {
      optional("after", &StepDraft::after, after(),
               "Steps that come first, and how they must end."),
      part("output", &Step::output, output(), "The table that gets this step's rows."),
      part("checks", &Step::checks, checks(), "What must be true of the rows before they count."),
      part("foreach", &Step::foreach, for_each(), "One instance per value."),
      optional("retries", &StepDraft::retries, retries(), "How often and when it is tried again."),
      part("timeout", &Step::timeout, duration(), "How long one attempt may take."),
      part("deadline", &Step::deadline, duration(),
           "How long after the run's start it counts as late."),
      part("pool", &Step::pool, name(identifier("a pool's name")), "The pool whose slot it takes."),
      part("priority", &Step::priority, small_number(-1000, 1000), "Higher ones start first."),
      part("reuse", &Step::reuse, choice<Reuse>({{"run", Reuse::run}, {"always", Reuse::always}}),
           "Whether results of other runs may be taken."),
  };
}

}  // namespace

Type<Retries> retries() {
  NameRule failure{"a class of failures",
                   "^(unavailable|lost|timeout|check_failed|exit_code|bug|exit:[0-9]{1,3})$",
                   "`unavailable`, `lost`, `timeout`, `check_failed`, `exit_code`, `bug` or "
                   "`exit:75`",
                   is_retry_class,
                   {"unavailable", "lost", "timeout", "check_failed", "exit_code", "bug"}};
  return object<Retries>(
      "retries", {optional("attempts", &Retries::attempts, small_number(1, 1000),
                           "How often in all; the first counts."),
                  optional("backoff", &Retries::backoff, duration(), "The first wait; it doubles."),
                  optional("max_backoff", &Retries::max_backoff, duration(), "The longest wait."),
                  optional("retry_on", &Retries::retry_on,
                           one_or_many("a class of failures or a list", name(std::move(failure))),
                           "Which failures are tried again.")});
}

Type<std::vector<After>> after() {
  Type<std::vector<After>> list =
      refined<std::vector<After>>(list_of("a list of steps", one_name(), {.least = 1}),
                                  [](std::vector<std::vector<After>> names, const YamlNode&,
                                     Problems&) -> std::optional<std::vector<After>> {
                                    std::vector<After> all;
                                    for (auto& one : names)
                                      all.insert(all.end(), one.begin(), one.end());
                                    return all;
                                  });
  Type<std::vector<After>> mapping = map_into<std::vector<After>>(
      "a mapping from steps to how they ended", identifier("a step's name"), condition(),
      [](std::vector<After>& into, const YamlEntry& entry, Condition condition) {
        into.push_back({entry.key.text, condition, entry.key.position()});
      });
  return by_shape<std::vector<After>>(
      {"a step's name, a list of them, or a mapping such as "
       "`{ confirm: approved }`",
       one_name(), std::move(list), std::move(mapping)});
}

Type<ForEach> for_each() {
  Type<ForEach> literal = refined<ForEach>(
      list_of("a list of values", scalar(), {.least = 1, .most = 10'000}),
      [](std::vector<Json> values, const YamlNode& node,
         Problems& problems) -> std::optional<ForEach> {
        std::vector<Json> sorted = values;
        std::ranges::sort(sorted);
        if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end()) {
          problems.error(node, fmt::format("{} is listed twice", twice->dump()));
        }
        ForEach result;
        result.values = std::move(values);
        return result;
      });
  Type<ForEach> returned = refined<ForEach>(
      text_with_references(),
      [](Text text, const YamlNode& node, Problems& problems) -> std::optional<ForEach> {
        ForEach result;
        result.list = sole_reference(text);
        if (result.list) return result;
        problems.error(node,
                       "expected a list of values, or a reference to one that an earlier "
                       "step returned, such as \"${steps.find.outputs.countries}\"");
        return std::nullopt;
      });
  returned.schema = {{"type", "string"}, {"pattern", "^\\$\\{[a-z]+(\\.[A-Za-z0-9_-]+)+\\}$"}};
  Type<ForEach> values = by_shape<ForEach>({"a list of values, or a reference to one",
                                            std::move(returned), std::move(literal), std::nullopt});
  Type<ForEach> type = map_into<ForEach>("a mapping with one key, such as `{ country: [jp, us] }`",
                                         identifier("a key column"), std::move(values),
                                         [](ForEach& into, const YamlEntry& entry, ForEach value) {
                                           into = std::move(value);
                                           into.key = entry.key.text;
                                         });
  type.schema["minProperties"] = 1;
  type.schema["maxProperties"] = 1;
  return refined<ForEach>(
      std::move(type),
      [](ForEach value, const YamlNode& node, Problems& problems) -> std::optional<ForEach> {
        if (node.entries.size() == 1) return value;
        problems.error(node, "`foreach` has exactly one key");
        return std::nullopt;
      });
}

Type<Output> output() {
  Type<Output> table_only = refined<Output>(
      name(table_name()),
      [](std::string table, const YamlNode& node, Problems&) -> std::optional<Output> {
        return Output{std::move(table), ReleaseMode::automatic, node.position()};
      });
  Type<Output> mapping = object<Output>(
      "an output",
      {required("table", &Output::table, name(table_name()), "The table."),
       optional("release", &Output::release,
                choice<ReleaseMode>(
                    {{"automatic", ReleaseMode::automatic}, {"manual", ReleaseMode::manual}}),
                "`manual` holds the rows as a candidate until a decision publishes them.")},
      &Output::position);
  return by_shape<Output>({"a table's name, or `{ table: ..., release: manual }`",
                           std::move(table_only), std::nullopt, std::move(mapping)});
}

Type<Steps> steps() {
  Type<Steps> type = map_into<Steps>("a mapping of steps", identifier("a step's name"), step(),
                                     [](Steps& into, const YamlEntry& entry, StepDraft draft) {
                                       draft.step.name = entry.key.text;
                                       draft.step.position = entry.key.position();
                                       draft.node = &entry.value;
                                       into.readable.push_back(std::move(draft));
                                     });
  type.schema["minProperties"] = 1;
  return refined<Steps>(
      std::move(type),
      [](Steps steps, const YamlNode& node, Problems& problems) -> std::optional<Steps> {
        if (node.entries.empty()) problems.error(node, "a pipeline needs at least one step");
        for (const YamlEntry& entry : node.entries) {
          const bool readable = std::ranges::any_of(steps.readable, [&](const StepDraft& draft) {
            return draft.step.name == entry.key.text;
          });
          if (!readable) steps.unreadable.push_back(entry.key.text);
        }
        return steps;
      });
}

}  // namespace gossamer::pipeline::schema
