// SPDX-License-Identifier: Apache-2.0
#include "release/switch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gossamer::release {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

AttemptId attempt(int number) {
  return AttemptId::parse("att_0190a1b2-0000-7000-8000-00000000000" + std::to_string(number))
      .value();
}
SwitchId switch_id(int number) {
  return SwitchId::parse("switch_0190a1b2-0000-7000-8000-00000000000" + std::to_string(number))
      .value();
}
Instant at(int seconds) { return Instant(std::chrono::seconds(seconds)); }

Switch everything() {
  Switch change;
  change.id = switch_id(1);
  change.cause = SwitchCause::gate;
  change.actor = "ana";
  change.reason = "better";
  change.at = at(1000);
  change.gate = GateId::parse("gate_0190a1b2-0000-7000-8000-000000000001").value();
  change.aliases = {{.model = "bike", .alias = "champion", .from = 3, .to = 4},
                    {.model = "bike", .alias = "new", .from = std::nullopt, .to = 4},
                    {.model = "bike", .alias = "old", .from = 1, .to = std::nullopt}};
  change.settings = {{.name = "horizon", .from = 7, .to = 14}};
  change.contents = {{.table = "predictions",
                      .key = PartitionKey::parse("day=2026-11-22").value(),
                      .from = attempt(1),
                      .to = attempt(2)}};
  return change;
}

Present before(const Switch& change) {
  Present present;
  for (const auto& it : change.aliases)
    present.aliases.push_back(it.from);
  for (const auto& it : change.settings)
    present.settings.push_back(it.from);
  for (const auto& it : change.contents)
    present.contents.push_back(it.from);
  return present;
}

TEST(SwitchApplies, WhereNothingMoved) {
  EXPECT_TRUE(check_applies(everything(), before(everything())));
  EXPECT_TRUE(check_applies(Switch(), Present()));
}

TEST(SwitchApplies, NotWhereAnAliasMoved) {
  Present present = before(everything());
  present.aliases[0] = 5;
  const auto checked = check_applies(everything(), present);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::conflict);
  EXPECT_THAT(checked.error().message, HasSubstr("bike@champion was 3"));
  EXPECT_THAT(checked.error().message, HasSubstr("is 5 now"));
  EXPECT_THAT(checked.error().message, Not(HasSubstr("bike@old")));
}

TEST(SwitchApplies, NotWhereANewAliasExistsByNow) {
  Present present = before(everything());
  present.aliases[1] = 2;
  EXPECT_THAT(check_applies(everything(), present).error().message,
              HasSubstr("bike@new was none when this was proposed and is 2 now"));
}

TEST(SwitchApplies, NotWhereAnAliasWentAway) {
  Present present = before(everything());
  present.aliases[2] = std::nullopt;
  EXPECT_THAT(check_applies(everything(), present).error().message, HasSubstr("is none now"));
}

TEST(SwitchApplies, NotWhereASettingMovedButWhereItWasNeverSwitched) {
  Present present = before(everything());
  present.settings[0] = 8;
  EXPECT_THAT(check_applies(everything(), present).error().message,
              HasSubstr("horizon was 7 when this was proposed and is 8 now"));
  present.settings[0] = nullptr;
  EXPECT_TRUE(check_applies(everything(), present));
}

TEST(SwitchApplies, NotWhereAPartitionMoved) {
  Present present = before(everything());
  present.contents[0] = attempt(9);
  EXPECT_THAT(check_applies(everything(), present).error().message,
              HasSubstr("predictions day=2026-11-22 was " + attempt(1).value()));
}

TEST(SwitchApplies, NamesAllThatMoved) {
  Present present = before(everything());
  present.aliases[0] = 5;
  present.settings[0] = "nine";
  present.contents[0] = std::nullopt;
  const std::string message = check_applies(everything(), present).error().message;
  EXPECT_THAT(message, HasSubstr("bike@champion"));
  EXPECT_THAT(message, HasSubstr("horizon was 7"));
  EXPECT_THAT(message, HasSubstr("\"nine\""));
  EXPECT_THAT(message, HasSubstr("predictions day=2026-11-22"));
}

TEST(SwitchApplies, CallsTheWrongPresentABug) {
  Present present = before(everything());
  present.aliases.pop_back();
  EXPECT_EQ(check_applies(everything(), present).error().kind, ErrorKind::bug);
}

TEST(SwitchInverse, PutsBackAndIsItsOwnInverse) {
  const Switch change = everything();
  const Switch undo = inverse(change, switch_id(2), "ben", "worse", at(2000));
  EXPECT_EQ(undo.cause, SwitchCause::undo);
  EXPECT_EQ(undo.undoes, change.id);
  EXPECT_EQ(undo.actor, "ben");
  EXPECT_FALSE(undo.gate);
  EXPECT_EQ(undo.aliases[0].from, 4);
  EXPECT_EQ(undo.aliases[0].to, 3);
  EXPECT_EQ(undo.aliases[1].to, std::nullopt);
  EXPECT_EQ(undo.aliases[2].to, 1);
  EXPECT_EQ(undo.settings[0].to, 7);
  EXPECT_EQ(undo.contents[0].to, attempt(1));
  EXPECT_EQ(describe(inverse(undo, switch_id(3), "", "", at(0))), describe(change));
}

TEST(SwitchDescription, HasALineForEachChange) {
  EXPECT_THAT(
      describe(everything()),
      ElementsAre(
          "bike@champion: 3 -> 4", "bike@new: none -> 4", "bike@old: 1 -> none", "horizon: 7 -> 14",
          "predictions day=2026-11-22: " + attempt(1).value() + " -> " + attempt(2).value()));
  EXPECT_TRUE(describe(Switch()).empty());
  EXPECT_TRUE(Switch().empty());
  EXPECT_FALSE(everything().empty());
}

TEST(SwitchJson, IsReadBackAsItWas) {
  const auto read = switch_from_json(to_json(everything()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(everything()));
  EXPECT_EQ(read->aliases[1].from, std::nullopt);

  const auto undo = inverse(everything(), switch_id(2), "ben", "", at(5));
  EXPECT_EQ(switch_from_json(to_json(undo))->undoes, switch_id(1));
}

TEST(SwitchJson, TakesAProposalThatHasNoIdYet) {
  Switch proposal = everything();
  proposal.id = SwitchId();
  const auto read = switch_from_json(to_json(proposal));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->id.empty());
}

TEST(SwitchJson, SaysWhichMemberIsWrong) {
  Json json = to_json(everything());
  json["aliases"][0]["to"] = "four";
  EXPECT_THAT(switch_from_json(json).error().message, HasSubstr("aliases[0].to"));
  json = to_json(everything());
  json["cause"] = "mood";
  EXPECT_THAT(switch_from_json(json).error().message, HasSubstr("`mood`"));
  json = to_json(everything());
  json["contents"][0]["from"] = "run_1";
  EXPECT_THAT(switch_from_json(json).error().describe(), HasSubstr("contents[0].from"));
  json = to_json(everything());
  json["at"] = "yesterday";
  EXPECT_THAT(switch_from_json(json).error().describe(), HasSubstr("at"));
  EXPECT_FALSE(switch_from_json(Json::array()));
}

}  // namespace
}  // namespace gossamer::release
