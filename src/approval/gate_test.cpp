// SPDX-License-Identifier: Apache-2.0
#include "approval/gate.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gossamer::approval {
namespace {

using testing::HasSubstr;
using testing::Not;

Instant at(int seconds) { return Instant(std::chrono::seconds(seconds)); }
Digest shown() { return digest_of("what everybody sees"); }

VoteId next_vote_id() {
  static int made = 0;
  return VoteId::parse(fmt::format("vote_0190a1b2-0000-7000-8000-{:012x}", ++made)).value();
}

Vote vote(std::string by, Answer answer, int seconds = 100) {
  Vote made;
  made.id = next_vote_id();
  made.by = std::move(by);
  made.answer = answer;
  made.at = at(seconds);
  made.channel = "cli";
  made.digest = shown();
  return made;
}

Gate gate(int count = 1) {
  Gate made;
  made.id = GateId::parse("gate_0190a1b2-0000-7000-8000-000000000001").value();
  made.run = RunId::parse("run_0190a1b2-0000-7000-8000-000000000001").value();
  made.pipeline = "bike";
  made.partition = "day=2026-11-22";
  made.step = "confirm";
  made.question = "Use it?";
  made.evidence = shown();
  made.policy = {.any_of = {"group:analysts", "zoe"}, .count = count, .excluded = {}};
  made.opened_at = at(0);
  made.due_at = at(1000);
  return made;
}

Groups groups() { return {{"analysts", {"ana", "ben", "cid"}}, {"leads", {"lea"}}}; }

Gate with_votes(Gate it, std::vector<Vote> votes) {
  for (Vote& each : votes)
    it.votes.push_back(std::move(each));
  return it;
}

Ruling ruled(const Gate& it, const Vote& last, const Groups& who = groups()) {
  const auto ruling = judge(it, last, who);
  EXPECT_TRUE(ruling) << ruling.error().message;
  return ruling.value_or(Ruling());
}

Error refused(const Gate& it, const Vote& last, const Groups& who = groups()) {
  const auto ruling = judge(it, last, who);
  EXPECT_FALSE(ruling) << "the vote was taken";
  return ruling ? Error() : ruling.error();
}

TEST(Judge, OneApprovalDecidesWhereOneIsNeeded) {
  const Ruling ruling = ruled(gate(), vote("ana", Answer::approve));
  EXPECT_EQ(ruling.verdict, Verdict::decided);
  EXPECT_EQ(ruling.status, GateStatus::approved);
  EXPECT_EQ(ruling.approvals, 1);
  EXPECT_EQ(ruling.needed, 1);
}

TEST(Judge, CountsUntilEnoughPeopleApprove) {
  const Ruling first = ruled(gate(2), vote("ana", Answer::approve));
  EXPECT_EQ(first.verdict, Verdict::counted);
  EXPECT_EQ(first.status, GateStatus::open);
  EXPECT_EQ(first.approvals, 1);
  EXPECT_EQ(first.needed, 2);

  const Gate half = with_votes(gate(2), {vote("ana", Answer::approve)});
  const Ruling second = ruled(half, vote("zoe", Answer::approve));
  EXPECT_EQ(second.status, GateStatus::approved);
  EXPECT_EQ(second.approvals, 2);
}

TEST(Judge, OneRejectionRejectsHoweverManyApproved) {
  const Gate half =
      with_votes(gate(3), {vote("ana", Answer::approve), vote("ben", Answer::approve)});
  EXPECT_EQ(ruled(half, vote("cid", Answer::reject)).status, GateStatus::rejected);
}

TEST(Judge, WaitsForAsManyRejectionsAsThePolicySays) {
  Gate it = gate(2);
  it.policy.rejections = 2;
  EXPECT_EQ(ruled(it, vote("ana", Answer::reject)).verdict, Verdict::counted);
  EXPECT_EQ(
      ruled(with_votes(it, {vote("ana", Answer::reject)}), vote("ben", Answer::reject)).status,
      GateStatus::rejected);
}

TEST(Judge, OneVoteForReworkDecides) {
  EXPECT_EQ(ruled(gate(3), vote("ana", Answer::rework)).status, GateStatus::reworked);
}

TEST(Judge, RefusesWhoIsNoApprover) {
  const Error error = refused(gate(), vote("eve", Answer::approve));
  EXPECT_EQ(error.kind, ErrorKind::denied);
  EXPECT_THAT(error.message, HasSubstr("eve is not an approver"));
  EXPECT_THAT(error.message, HasSubstr("ana, ben, cid, zoe"));
}

TEST(Judge, RefusesANamelessVoteAndAGroupsNameAsAPerson) {
  EXPECT_EQ(refused(gate(), vote("", Answer::approve)).kind, ErrorKind::invalid_input);
  EXPECT_EQ(refused(gate(), vote("group:analysts", Answer::approve)).kind, ErrorKind::denied);
}

TEST(Judge, RefusesTheExcludedAndSaysWhy) {
  Gate it = gate();
  it.policy.excluded = {"ana"};
  const Error error = refused(it, vote("ana", Answer::approve));
  EXPECT_EQ(error.kind, ErrorKind::denied);
  EXPECT_THAT(error.message, HasSubstr("excludes"));
  EXPECT_THAT(error.message, Not(HasSubstr("ana, ben")));
  EXPECT_EQ(refused(it, vote("ana", Answer::reject)).kind, ErrorKind::denied);
  EXPECT_EQ(ruled(it, vote("ben", Answer::approve)).status, GateStatus::approved);
}

TEST(Judge, RefusesAVoteOnOtherEvidence) {
  Vote late = vote("ana", Answer::approve);
  late.digest = digest_of("what was shown yesterday");
  const Error error = refused(gate(), late);
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.message, HasSubstr(std::string(shown().short_hex())));
  EXPECT_THAT(error.message, HasSubstr("gossamer gates show"));
  late.digest = Digest();
  EXPECT_EQ(refused(gate(), late).kind, ErrorKind::conflict);
}

TEST(Judge, DoesNotCountVotesOnFormerEvidence) {
  Vote former = vote("ana", Answer::approve);
  former.digest = digest_of("what was shown before");
  const Gate it = with_votes(gate(2), {former});
  EXPECT_EQ(ruled(it, vote("ben", Answer::approve)).approvals, 1);
  // Nor does it bind who gave it.
  EXPECT_EQ(ruled(it, vote("ana", Answer::reject)).status, GateStatus::rejected);
}

TEST(Judge, TakesTheSameAnswerAgainAsASuccessThatChangesNothing) {
  const Gate it = with_votes(gate(2), {vote("ana", Answer::approve)});
  const Ruling ruling = ruled(it, vote("ana", Answer::approve));
  EXPECT_EQ(ruling.verdict, Verdict::repeated);
  EXPECT_EQ(ruling.status, GateStatus::open);
  EXPECT_EQ(ruling.approvals, 1);
}

TEST(Judge, RefusesAChangeOfMind) {
  const Gate it = with_votes(gate(2), {vote("ana", Answer::approve, 50)});
  const Error error = refused(it, vote("ana", Answer::reject));
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.message, HasSubstr("ana has answered"));
  EXPECT_THAT(error.message, HasSubstr("`approve`"));
}

TEST(Judge, ForgetsTheVotesOfThoseWhoHaveLeft) {
  const Gate it = with_votes(gate(2), {vote("ana", Answer::approve)});
  const Groups without_ana = {{"analysts", {"ben", "cid"}}};
  const Ruling ruling = ruled(it, vote("ben", Answer::approve), without_ana);
  EXPECT_EQ(ruling.status, GateStatus::open);
  EXPECT_EQ(ruling.approvals, 1);
  EXPECT_EQ(refused(it, vote("ana", Answer::approve), without_ana).kind, ErrorKind::denied);
}

TEST(Judge, ForgetsRejectionsOfThoseWhoHaveLeft) {
  Gate it = gate();
  it.policy.rejections = 2;
  it = with_votes(it, {vote("ana", Answer::reject)});
  EXPECT_EQ(ruled(it, vote("ben", Answer::reject), {{"analysts", {"ben"}}}).status,
            GateStatus::open);
}

TEST(Judge, CountsAPersonInTwoGroupsOnce) {
  Gate it = gate(2);
  it.policy.any_of = {"group:analysts", "group:leads", "ana"};
  const Groups both = {{"analysts", {"ana"}}, {"leads", {"ana", "lea"}}};
  EXPECT_EQ(ruled(it, vote("ana", Answer::approve), both).approvals, 1);
}

TEST(Judge, NamesWhoDecidedWhereTheAnswerDiffers) {
  Gate it = with_votes(gate(2), {vote("ana", Answer::approve), vote("ben", Answer::approve)});
  it.status = GateStatus::approved;
  it.closed_at = at(200);
  const Error error = refused(it, vote("cid", Answer::reject, 300));
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.message, HasSubstr("was approved by ana, ben at 1970-01-01T00:03:20"));
  EXPECT_THAT(error.message, HasSubstr("`reject` comes too late"));
}

TEST(Judge, TakesTheAnswerThatDecidedAsASuccessFromAnyApprover) {
  Gate it = with_votes(gate(), {vote("ana", Answer::reject)});
  it.status = GateStatus::rejected;
  EXPECT_EQ(ruled(it, vote("ana", Answer::reject)).verdict, Verdict::repeated);
  EXPECT_EQ(ruled(it, vote("ben", Answer::reject)).verdict, Verdict::repeated);
  EXPECT_EQ(ruled(it, vote("ben", Answer::reject)).status, GateStatus::rejected);
  EXPECT_EQ(refused(it, vote("eve", Answer::reject)).kind, ErrorKind::denied);
}

TEST(Judge, TakesNoVotesOnAGateThatClosedWithoutAnAnswer) {
  for (const GateStatus status :
       {GateStatus::expired, GateStatus::superseded, GateStatus::withdrawn}) {
    Gate it = gate();
    it.status = status;
    const Error error = refused(it, vote("ana", Answer::approve));
    EXPECT_EQ(error.kind, ErrorKind::conflict);
    EXPECT_THAT(error.message, HasSubstr(std::string(name_of(status))));
  }
}

TEST(Judge, TakesNoVoteOnceTheGateIsDue) {
  EXPECT_EQ(ruled(gate(), vote("ana", Answer::approve, 999)).verdict, Verdict::decided);
  const Error error = refused(gate(), vote("ana", Answer::approve, 1000));
  EXPECT_EQ(error.kind, ErrorKind::conflict);
  EXPECT_THAT(error.message, HasSubstr("silence never approves"));
}

TEST(Judge, WantsOverrideAndCommentWhereCriteriaFailed) {
  Gate it = gate();
  it.criteria_failed = true;
  Vote approval = vote("ana", Answer::approve);
  EXPECT_THAT(refused(it, approval).message, HasSubstr("--override"));
  approval.comment = "we need it";
  EXPECT_EQ(refused(it, approval).kind, ErrorKind::invalid_input);
  approval.override_criteria = true;
  EXPECT_EQ(ruled(it, approval).status, GateStatus::approved);
  approval.comment = " \t\n";
  EXPECT_THAT(refused(it, approval).message, HasSubstr("--comment"));

  EXPECT_EQ(ruled(it, vote("ana", Answer::reject)).status, GateStatus::rejected);
  EXPECT_EQ(ruled(it, vote("ana", Answer::rework)).status, GateStatus::reworked);
}

TEST(Judge, LetsTheEscalationGroupDecideFromItsMomentOn) {
  Gate it = gate();
  it.escalate_to = "group:leads";
  it.escalate_at = at(500);
  EXPECT_EQ(refused(it, vote("lea", Answer::approve, 499)).kind, ErrorKind::denied);
  EXPECT_EQ(ruled(it, vote("lea", Answer::approve, 500)).status, GateStatus::approved);
  EXPECT_EQ(ruled(it, vote("ana", Answer::approve, 500)).status, GateStatus::approved);
  it.policy.excluded = {"lea"};
  EXPECT_EQ(refused(it, vote("lea", Answer::approve, 500)).kind, ErrorKind::denied);
}

TEST(IsOverdue, FromTheDueMomentOnWhileOpen) {
  Gate it = gate();
  EXPECT_FALSE(is_overdue(it, at(999)));
  EXPECT_TRUE(is_overdue(it, at(1000)));
  it.status = GateStatus::approved;
  EXPECT_FALSE(is_overdue(it, at(2000)));
  it = gate();
  it.due_at = std::nullopt;
  EXPECT_FALSE(is_overdue(it, at(1000000)));
}

TEST(WhyImpossible, IsSilentWhereEnoughPeopleMayDecide) {
  EXPECT_EQ(why_impossible(gate(4).policy, groups()), std::nullopt);
}

TEST(WhyImpossible, CountsPeopleNotNames) {
  Policy policy{.any_of = {"group:analysts", "ana", "zoe"}, .count = 5, .excluded = {}};
  EXPECT_EQ(why_impossible(policy, groups()), "5 must approve, but only 4 may: ana, ben, cid, zoe");
}

TEST(WhyImpossible, SaysWhoIsExcluded) {
  Policy policy{.any_of = {"group:leads"}, .count = 1, .excluded = {"lea"}};
  EXPECT_EQ(why_impossible(policy, groups()),
            "1 must approve, but only 0 may: nobody (lea excluded)");
}

TEST(WhyImpossible, NamesWhatIsWrongInThePolicyItself) {
  EXPECT_THAT(*why_impossible({.any_of = {"group:nobody"}, .excluded = {}}, groups()),
              HasSubstr("`nobody` does not exist"));
  EXPECT_THAT(*why_impossible({.any_of = {}, .excluded = {}}, groups()), HasSubstr("names nobody"));
  EXPECT_THAT(*why_impossible({.any_of = {"ana"}, .count = 0, .excluded = {}}, groups()),
              HasSubstr("at least one"));
  EXPECT_THAT(*why_impossible({.any_of = {"ana"}, .rejections = 0, .excluded = {}}, groups()),
              HasSubstr("rejections is 0"));
}

Gate full_gate() {
  Gate it = with_votes(gate(2), {vote("ana", Answer::approve), vote("ben", Answer::rework)});
  it.votes[0].comment = "ok\"\n";
  it.votes[0].override_criteria = true;
  it.votes[1].verified = false;
  it.votes[1].rework = {{"step", "train"}, {"params", {{"rounds", 10}}}};
  it.generation = 3;
  it.proposal = {{"aliases", Json::array()}};
  it.policy.excluded = {"zoe"};
  it.criteria_failed = true;
  it.remind_at = {at(10), at(20)};
  it.escalate_at = at(30);
  it.escalate_to = "group:leads";
  it.status = GateStatus::reworked;
  it.closed_at = at(40);
  return it;
}

TEST(GateJson, IsReadBackAsItWas) {
  const auto read = gate_from_json(to_json(full_gate()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read).dump(), to_json(*gate_from_json(to_json(*read))).dump());
  EXPECT_EQ(read->status, GateStatus::reworked);
  EXPECT_EQ(read->votes.size(), 2U);
  EXPECT_EQ(read->votes[1].rework["params"]["rounds"], 10);
  EXPECT_FALSE(read->votes[1].verified);
  EXPECT_EQ(read->remind_at, (std::vector<Instant>{at(10), at(20)}));
  EXPECT_EQ(read->escalate_at, at(30));
  EXPECT_EQ(read->policy.excluded, std::set<std::string>{"zoe"});

  Gate plain = gate();
  plain.evidence = Digest();
  plain.due_at = std::nullopt;
  const auto again = gate_from_json(to_json(plain));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->due_at);
  EXPECT_TRUE(again->evidence.empty());
}

TEST(GateJson, SaysWhichMemberIsWrong) {
  const auto message = [](auto change) {
    Json json = to_json(full_gate());
    change(json);
    const auto read = gate_from_json(json);
    return read ? std::string("accepted") : read.error().describe();
  };
  EXPECT_THAT(message([](Json& it) { it["status"] = "shut"; }), HasSubstr("`shut`"));
  EXPECT_THAT(message([](Json& it) { it["votes"][1]["answer"] = "maybe"; }), HasSubstr("votes[1]"));
  EXPECT_THAT(message([](Json& it) { it["policy"]["count"] = "two"; }), HasSubstr("policy.count"));
  EXPECT_THAT(message([](Json& it) { it["remind_at"][0] = 5; }), HasSubstr("remind_at[0]"));
  EXPECT_THAT(message([](Json& it) { it["evidence"] = "abc"; }), HasSubstr("evidence"));
  EXPECT_THAT(message([](Json& it) { it.erase("run"); }), HasSubstr("run"));
  EXPECT_FALSE(gate_from_json(Json("x")));
}

TEST(Names, AreReadBack) {
  for (int index = 0; index <= static_cast<int>(GateStatus::withdrawn); ++index) {
    const auto status = static_cast<GateStatus>(index);
    EXPECT_EQ(parse_gate_status(name_of(status)).value(), status);
  }
  for (const Answer answer : {Answer::approve, Answer::reject, Answer::rework}) {
    EXPECT_EQ(parse_answer(name_of(answer)).value(), answer);
  }
}

}  // namespace
}  // namespace gossamer::approval
