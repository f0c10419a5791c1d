// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

class GateStoreSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    if (ports_.gates == nullptr) GTEST_SKIP() << "this implementation has no gate store";
    run_ = sample_.created();
    commit({run_});
  }
  // Moves the run on with these gates.
  void put(const std::vector<approval::Gate>& gates) {
    auto moved = sample_.next(run_);
    moved.gates = gates;
    commit({moved});
    run_ = moved;
  }
  std::vector<GateId> ids(std::optional<approval::GateStatus> status) {
    std::vector<GateId> found;
    for (const auto& gate : must(ports_.gates->list(status)))
      found.push_back(gate.id);
    return found;
  }
  orchestration::Transition run_;
};

TEST_P(GateStoreSuite, ReadsBackAGateAsItWasWritten) {
  approval::Gate gate = sample_.gate(run_);
  gate.generation = 2;
  gate.proposal = release::to_json(sample_.change());
  gate.kept = Json::object();
  gate.criteria_failed = true;
  gate.due_at = sample_.tick();
  gate.remind_at = {sample_.tick(), sample_.tick()};
  gate.escalate_at = sample_.tick();
  gate.escalate_to = "group:leads";
  gate.votes = {sample_.vote(gate, "ben", approval::Answer::approve)};
  gate.votes[0].override_criteria = true;
  gate.votes[0].verified = false;
  gate.votes[0].rework = {{"step", "train"}};
  put({gate});
  restart();
  EXPECT_EQ(approval::to_json(must(ports_.gates->find(gate.id))), approval::to_json(gate));
  EXPECT_EQ(failure(ports_.gates->find(sample_.id<GateId>())).kind, ErrorKind::not_found);
}

TEST_P(GateStoreSuite, GathersVotesUntilTheGateCloses) {
  approval::Gate gate = sample_.gate(run_);
  put({gate});
  gate.votes = {sample_.vote(gate, "ben", approval::Answer::approve)};
  put({gate});
  gate.votes.push_back(sample_.vote(gate, "cid", approval::Answer::approve));
  gate.status = approval::GateStatus::approved;
  gate.closed_at = sample_.tick();
  put({gate});
  const auto read = must(ports_.gates->find(gate.id));
  EXPECT_EQ(read.status, approval::GateStatus::approved);
  EXPECT_EQ(read.closed_at, gate.closed_at);
  ASSERT_EQ(read.votes.size(), 2U);
  EXPECT_EQ(read.votes[0].by, "ben");
  EXPECT_EQ(read.votes[1].by, "cid");
}

TEST_P(GateStoreSuite, TakesOneVoteOfAPersonOnTheSameEvidence) {
  approval::Gate gate = sample_.gate(run_);
  gate.votes = {sample_.vote(gate, "ben", approval::Answer::approve),
                sample_.vote(gate, "ben", approval::Answer::reject)};
  auto moved = sample_.next(run_);
  moved.gates = {gate};
  EXPECT_EQ(refused({moved}).kind, ErrorKind::conflict);
  EXPECT_TRUE(ids(std::nullopt).empty());
}

TEST_P(GateStoreSuite, NeverOpensAClosedGateAgain) {
  approval::Gate gate = sample_.gate(run_);
  gate.status = approval::GateStatus::rejected;
  gate.closed_at = sample_.now();
  put({gate});
  gate.status = approval::GateStatus::open;
  gate.closed_at = std::nullopt;
  auto moved = sample_.next(run_);
  moved.gates = {gate};
  EXPECT_EQ(refused({moved}).kind, ErrorKind::conflict);
  EXPECT_EQ(must(ports_.gates->find(gate.id)).status, approval::GateStatus::rejected);
}

TEST_P(GateStoreSuite, ListsOpenGatesFirstAndTheNextDueFirst) {
  approval::Gate late = sample_.gate(run_);
  late.due_at = sample_.now() + std::chrono::hours(9);
  approval::Gate soon = sample_.gate(run_);
  soon.due_at = sample_.now() + std::chrono::hours(1);
  approval::Gate never = sample_.gate(run_);
  approval::Gate closed = sample_.gate(run_);
  closed.due_at = sample_.now();
  closed.status = approval::GateStatus::expired;
  closed.closed_at = sample_.now();
  put({late, never, closed, soon});
  EXPECT_EQ(ids(std::nullopt), (std::vector<GateId>{soon.id, late.id, never.id, closed.id}));
  EXPECT_EQ(ids(approval::GateStatus::open), (std::vector<GateId>{soon.id, late.id, never.id}));
  EXPECT_EQ(ids(approval::GateStatus::expired), (std::vector<GateId>{closed.id}));
  EXPECT_TRUE(ids(approval::GateStatus::approved).empty());
  EXPECT_EQ(must(ports_.gates->of_run(run_.run)).size(), 4U);
  EXPECT_TRUE(must(ports_.gates->of_run(sample_.id<RunId>())).empty());
}

TEST_P(GateStoreSuite, RemembersWhatEachPersonSawLast) {
  const approval::Gate gate = sample_.gate(run_);
  put({gate});
  EXPECT_EQ(must(ports_.gates->last_shown(gate.id, "ben")), std::nullopt);
  must(ports_.gates->note_shown(gate.id, "ben", digest_of("first"), sample_.tick()));
  must(ports_.gates->note_shown(gate.id, "ben", digest_of("second"), sample_.tick()));
  must(ports_.gates->note_shown(gate.id, "cid", digest_of("third"), sample_.tick()));
  restart();
  EXPECT_EQ(must(ports_.gates->last_shown(gate.id, "ben")), digest_of("second"));
  EXPECT_EQ(must(ports_.gates->last_shown(gate.id, "cid")), digest_of("third"));
  EXPECT_EQ(
      failure(ports_.gates->note_shown(sample_.id<GateId>(), "ben", digest_of("x"), sample_.now()))
          .kind,
      ErrorKind::not_found);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(GateStoreSuite);

}  // namespace gossamer::store::conformance
