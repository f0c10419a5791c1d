// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <utility>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

class ReleaseStoreSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    if (ports_.releases == nullptr) GTEST_SKIP() << "this implementation has no release store";
    orchestration::Transition made = sample_.created();
    made.models = {sample_.model("bike", 1), sample_.model("bike", 2), sample_.model("car", 1)};
    commit({made});
    run_ = made;
  }

  Result<void> apply(const release::Switch& change) {
    return ports_.releases->apply(change, Sample::note("switch.apply", change.id.value()), {});
  }
  release::Switch alias_change(std::optional<int> from, std::optional<int> to) {
    release::Switch change = sample_.change();
    change.aliases = {{.model = "bike", .alias = "champion", .from = from, .to = to}};
    return change;
  }
  release::Switch setting_change(Json from, Json to) {
    release::Switch change = sample_.change();
    change.settings = {{.name = "horizon", .from = std::move(from), .to = std::move(to)}};
    return change;
  }
  std::optional<int> champion() { return must(ports_.releases->alias("bike", "champion")); }

  orchestration::Transition run_;
};

TEST_P(ReleaseStoreSuite, MovesAliasesForwardBackAndAway) {
  EXPECT_EQ(champion(), std::nullopt);
  must(apply(alias_change(std::nullopt, 1)));
  EXPECT_EQ(champion(), 1);
  must(apply(alias_change(1, 2)));
  EXPECT_EQ(champion(), 2);
  must(apply(alias_change(2, std::nullopt)));
  EXPECT_EQ(champion(), std::nullopt);
  EXPECT_EQ(must(ports_.releases->alias("car", "champion")), std::nullopt);
}

TEST_P(ReleaseStoreSuite, ChangesNothingWhereSomethingMoved) {
  must(apply(alias_change(std::nullopt, 1)));
  release::Switch late = alias_change(std::nullopt, 2);
  late.settings = {{.name = "horizon", .from = 7, .to = 14}};
  const auto applied = apply(late);
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::conflict);
  EXPECT_THAT(applied.error().describe(), testing::HasSubstr("bike@champion was none"));
  EXPECT_EQ(champion(), 1);
  EXPECT_TRUE(must(ports_.releases->setting("horizon")).is_null());
  EXPECT_EQ(must(ports_.releases->switches(10, std::nullopt)).size(), 1U);
}

TEST_P(ReleaseStoreSuite, RefusesAVersionThatDoesNotExist) {
  const auto applied = apply(alias_change(std::nullopt, 9));
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().kind, ErrorKind::conflict);
  EXPECT_THAT(applied.error().describe(), testing::HasSubstr("version 9"));
  EXPECT_EQ(champion(), std::nullopt);
}

TEST_P(ReleaseStoreSuite, HoldsSettingsOfAnyTypeOnceSwitched) {
  EXPECT_TRUE(must(ports_.releases->setting("horizon")).is_null());
  EXPECT_EQ(must(ports_.releases->settings()), Json::object());
  must(apply(setting_change(7, 14)));
  EXPECT_EQ(must(ports_.releases->setting("horizon")), 14);
  must(apply(setting_change(14, "two \"weeks\"")));
  EXPECT_EQ(must(ports_.releases->settings()), Json({{"horizon", "two \"weeks\""}}));
  EXPECT_FALSE(apply(setting_change(14, 21)));
  EXPECT_FALSE(apply(setting_change("two \"weeks\"", nullptr)));
  EXPECT_EQ(must(ports_.releases->setting("horizon")), "two \"weeks\"");
}

TEST_P(ReleaseStoreSuite, GivesThePresentValuesInTheSwitchesOrder) {
  must(apply(alias_change(std::nullopt, 2)));
  must(apply(setting_change(7, 14)));
  orchestration::Transition published = sample_.next(run_);
  const release::Publication shown = sample_.current("t", "day=1");
  published.publications = {shown};
  commit({published});
  release::Switch asked = sample_.change();
  asked.aliases = {{.model = "bike", .alias = "none", .from = {}, .to = {}},
                   {.model = "bike", .alias = "champion", .from = {}, .to = {}}};
  asked.settings = {{.name = "horizon", .from = {}, .to = {}},
                    {.name = "unknown", .from = {}, .to = {}}};
  asked.contents = {{.table = "t", .key = shown.content.key, .from = {}, .to = {}},
                    {.table = "unknown", .key = shown.content.key, .from = {}, .to = {}}};
  const release::Present present = must(ports_.releases->present(asked));
  EXPECT_EQ(present.aliases, (std::vector<std::optional<int>>{std::nullopt, 2}));
  EXPECT_EQ(present.settings, (std::vector<Json>{14, nullptr}));
  EXPECT_EQ(present.contents,
            (std::vector<std::optional<AttemptId>>{shown.content.attempt, std::nullopt}));
}

TEST_P(ReleaseStoreSuite, AppliesASwitchWithTheTransitionThatDecidesIt) {
  orchestration::Transition decided = sample_.next(run_);
  release::Switch change = alias_change(std::nullopt, 2);
  change.cause = release::SwitchCause::gate;
  change.gate = sample_.id<GateId>();
  decided.applied_switch = change;
  commit({decided});
  restart();
  EXPECT_EQ(champion(), 2);
  EXPECT_EQ(release::to_json(must(ports_.releases->find(change.id))), release::to_json(change));
}

TEST_P(ReleaseStoreSuite, MovesNoRunWhereItsSwitchDoesNotFit) {
  must(apply(alias_change(std::nullopt, 1)));
  orchestration::Transition decided = sample_.next(run_);
  release::Switch change = alias_change(std::nullopt, 2);
  change.cause = release::SwitchCause::gate;
  change.gate = sample_.id<GateId>();
  decided.applied_switch = change;
  EXPECT_EQ(refused({decided}).kind, ErrorKind::conflict);
  EXPECT_EQ(must(ports_.runs->load(run_.run)).revision, 1U);
  EXPECT_EQ(champion(), 1);
}

TEST_P(ReleaseStoreSuite, KeepsNothingOfASwitchThatChangesNothing) {
  orchestration::Transition decided = sample_.next(run_);
  decided.applied_switch = sample_.change();
  commit({decided});
  EXPECT_TRUE(must(ports_.releases->switches(10, std::nullopt)).empty());
}

TEST_P(ReleaseStoreSuite, UndoesASwitchOnce) {
  const release::Switch change = alias_change(std::nullopt, 2);
  must(apply(change));
  const release::Switch undo =
      release::inverse(change, sample_.id<SwitchId>(), "ben", "worse", sample_.tick());
  must(apply(undo));
  EXPECT_EQ(champion(), std::nullopt);

  must(apply(alias_change(std::nullopt, 2)));
  const auto again =
      apply(release::inverse(change, sample_.id<SwitchId>(), "cid", "again", sample_.tick()));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::conflict);
  EXPECT_THAT(again.error().describe(), testing::HasSubstr("undone before, by ben"));

  const auto redo =
      release::inverse(undo, sample_.id<SwitchId>(), "ben", "better after all", sample_.tick());
  EXPECT_FALSE(apply(redo)) << "the alias has moved since";
}

TEST_P(ReleaseStoreSuite, ListsSwitchesNewestFirst) {
  const release::Switch first = alias_change(std::nullopt, 1);
  const release::Switch second = alias_change(1, 2);
  must(apply(first));
  must(apply(second));
  restart();
  const auto all = must(ports_.releases->switches(10, std::nullopt));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, second.id);
  EXPECT_EQ(all[1].actor, "ana");
  EXPECT_EQ(must(ports_.releases->switches(1, std::nullopt)).size(), 1U);
  const auto behind = must(ports_.releases->switches(10, second.id));
  ASSERT_EQ(behind.size(), 1U);
  EXPECT_EQ(behind[0].id, first.id);
  EXPECT_TRUE(must(ports_.releases->switches(10, first.id)).empty());
  EXPECT_TRUE(must(ports_.releases->switches(10, sample_.id<SwitchId>())).empty());
  EXPECT_EQ(failure(ports_.releases->find(sample_.id<SwitchId>())).kind, ErrorKind::not_found);
}

TEST_P(ReleaseStoreSuite, PutsEffectsAndAnAuditEntryBesideASwitchWithoutRun) {
  const std::array effects{Sample::effect("switch/1")};
  const release::Switch change = alias_change(std::nullopt, 1);
  must(ports_.releases->apply(change, Sample::note("switch.undo", change.id.value()), effects));
  const auto waiting = must(ports_.runs->outbox(0));
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_TRUE(waiting[0].run.empty());
  EXPECT_EQ(waiting[0].effect.key, "switch/1");
  if (ports_.audit == nullptr) return;
  const auto entries = must(ports_.audit->read(0, 100));
  ASSERT_FALSE(entries.empty());
  EXPECT_EQ(entries.back().action, "switch.undo");
  EXPECT_EQ(entries.back().at, change.at);
}

TEST_P(ReleaseStoreSuite, NumbersVersionsAndKnowsTheirAuthors) {
  EXPECT_EQ(must(ports_.releases->next_version("bike")), 3);
  EXPECT_EQ(must(ports_.releases->next_version("new")), 1);
  EXPECT_EQ(must(ports_.releases->author("bike", 2)), "ana");
  EXPECT_EQ(must(ports_.releases->author("bike", 7)), "");
}

TEST_P(ReleaseStoreSuite, RefusesAVersionThatExists) {
  orchestration::Transition again = sample_.next(run_);
  again.models = {sample_.model("bike", 3), sample_.model("bike", 2)};
  const Error error = refused({again});
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.describe(), testing::HasSubstr("bike/2"));
  EXPECT_EQ(must(ports_.releases->next_version("bike")), 3);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ReleaseStoreSuite);

}  // namespace gossamer::store::conformance
