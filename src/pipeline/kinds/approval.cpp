// SPDX-License-Identifier: Apache-2.0
#include "pipeline/kinds/approval_rules.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {
namespace {

using namespace schema;

Type<SwitchProposal> proposal() {
  Type<AliasSwitch> alias = object<AliasSwitch>(
      "an alias to move",
      {required("model", &AliasSwitch::model, name(identifier("a model's name")), "The model."),
       required("alias", &AliasSwitch::alias, name(identifier("an alias")),
                "The alias that moves."),
       required("version", &AliasSwitch::version, text_with_references("a version"),
                "The version that it moves to.")});
  Type<SwitchProposal> changes = object<SwitchProposal>(
      "a switch",
      {optional("aliases", &SwitchProposal::aliases, list_of("a list of aliases", std::move(alias)),
                "Aliases of models that move."),
       optional(
           "settings", &SwitchProposal::settings,
           map_of("a mapping of settings", dotted_name("a setting's name"), text_with_references()),
           "Settings that get a new value."),
       optional("publish", &SwitchProposal::publish,
                one_or_many("a step's name or a list", name(identifier("a step's name"))),
                "Steps whose held output becomes current.")});
  Type<SwitchProposal> keep = refined<SwitchProposal>(
      choice<bool>({{"keep", true}}),
      [](bool, const YamlNode&, Problems&) -> std::optional<SwitchProposal> {
        return SwitchProposal{};
      });
  return by_shape<SwitchProposal>({"`keep` or a mapping with `aliases`, `settings`, `publish`",
                                   std::move(keep), std::nullopt, std::move(changes)});
}

Type<Approvers> approvers() {
  // `group:analysts` has a colon, which names of people have not.
  NameRule who = person_name("a user or group");
  who.pattern = "^(group:)?[A-Za-z0-9._@+-]+$";
  who.hint = "a user's name or `group:` and a group's";
  who.accepts = [](std::string_view name) {
    if (name.starts_with("group:")) name.remove_prefix(6);
    return person_name("").accepts(name);
  };
  return object<Approvers>(
      "approvers",
      {required("any_of", &Approvers::any_of, one_or_many("a user, a group or a list", name(who)),
                "Users and `group:<name>`s who may decide."),
       optional("count", &Approvers::count, small_number(1, 1000), "How many must approve."),
       optional("rejections", &Approvers::rejections, small_number(1, 1000),
                "How many rejections reject."),
       optional("exclude", &Approvers::exclude,
                one_or_many("`starter`, `applier`, `model_author` or a list",
                            choice<Exclusion>({{"starter", Exclusion::starter},
                                               {"applier", Exclusion::applier},
                                               {"model_author", Exclusion::model_author}})),
                "Who may not decide though listed.")});
}

Type<Expiry> expiry() {
  return object<Expiry>(
      "an expiry",
      {required("after", &Expiry::after, duration(), "How long the gate waits."),
       optional("calendar", &Expiry::calendar, name(label("a calendar's name")),
                "Count only the business days of this calendar."),
       field_by<Expiry>(Presence::optional, "then", choice<bool>({{"rejected", true}}),
                        "Silence never approves.", [](Expiry&, bool, const YamlNode&) {})});
}

struct Escalation {
  Duration after{};
  std::string to;
};

Type<Escalation> escalation() {
  NameRule group = person_name("a group");
  group.pattern = "^group:[A-Za-z0-9._@+-]+$";
  group.hint = "`group:` and a group's name";
  group.accepts = [](std::string_view name) {
    return name.starts_with("group:") && person_name("").accepts(name.substr(6));
  };
  return object<Escalation>(
      "an escalation",
      {required("after", &Escalation::after, duration(), "How long to wait for the first group."),
       required("to", &Escalation::to, name(group), "The group that is asked then.")});
}

std::vector<Field<ApprovalStep>> fields() {
  return {
      required("title", &ApprovalStep::title, text_with_references("the question"),
               "The question that people answer."),
      optional("evidence", &ApprovalStep::evidence,
               one_or_many("a step's name or a list", name(identifier("a step's name"))),
               "Steps whose results are shown."),
      required("approvers", &ApprovalStep::approvers, approvers(), "Who may decide."),
      optional("expires", &ApprovalStep::expires, expiry(), "When the gate rejects by itself."),
      optional("remind", &ApprovalStep::remind, one_or_many("a duration or a list", duration()),
               "How long after opening people are reminded."),
      field_by<ApprovalStep>(Presence::optional, "escalate", escalation(),
                             "Who is asked when nobody answers.",
                             [](ApprovalStep& into, Escalation value, const YamlNode&) {
                               into.escalate_after = value.after;
                               into.escalate_to = std::move(value.to);
                             }),
      optional("notify", &ApprovalStep::notify, channel(), "Where the question is posted."),
      optional("on_newer", &ApprovalStep::on_newer,
               choice<OnNewer>({{"supersede", OnNewer::supersede}, {"queue", OnNewer::queue}}),
               "What a newer gate on the same alias does to this one."),
      optional("on_approved", &ApprovalStep::on_approved, proposal(), "What an approval switches."),
      optional("on_rejected", &ApprovalStep::on_rejected, proposal(), "What a rejection switches."),
      optional("rework", &ApprovalStep::rework_step, name(identifier("a step's name")),
               "The step that a rework goes back to."),
  };
}

}  // namespace

Kind approval_kind() {
  Kind kind;
  kind.kind = StepKind::approval;
  kind.description = "Waits for people; what they decide is switched in one step.";
  kind.body = as_body(object<ApprovalStep>("an approval step", fields()));
  kind.texts = [](const StepBody& body) {
    const auto& step = std::get<ApprovalStep>(body);
    std::vector<const Text*> texts{&step.title};
    for (const SwitchProposal* change : {&step.on_approved, &step.on_rejected}) {
      for (const AliasSwitch& alias : change->aliases)
        texts.push_back(&alias.version);
      for (const auto& [setting, value] : change->settings)
        texts.push_back(&value);
    }
    return texts;
  };
  kind.check = check_approval;
  return kind;
}

}  // namespace gossamer::pipeline
