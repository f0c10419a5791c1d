// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

class AccountStoreSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    if (ports_.accounts == nullptr) GTEST_SKIP() << "this implementation has no accounts";
  }
  static access::AuditEntry entry(const std::string& action) {
    access::AuditEntry made;
    made.at = Instant{std::chrono::hours(1)};
    made.actor = "ana";
    made.channel = "page";
    made.action = action;
    made.subject = "s";
    made.details = Json::object();
    return made;
  }
  static access::User user(const std::string& name, access::Role role = access::Role::approver) {
    return {name, "$argon2id$x", role, true, Instant{std::chrono::hours(2)}};
  }
  static access::SignedIn session(const std::string& secret, const std::string& user, int until) {
    return {digest_of(secret), user, Instant{std::chrono::hours(until - 12)},
            Instant{std::chrono::hours(until)}};
  }
};

TEST_P(AccountStoreSuite, KeepsUsersByName) {
  must(ports_.accounts->put_user(user("bo"), entry("user.add")));
  must(ports_.accounts->put_user(user("ana"), entry("user.add")));
  auto changed = user("bo", access::Role::admin);
  changed.is_active = false;
  changed.password = "$argon2id$y";
  must(ports_.accounts->put_user(changed, entry("user.change")));
  restart();
  const auto users = must(ports_.accounts->users());
  ASSERT_EQ(users.size(), 2U);
  EXPECT_EQ(users[0].name, "ana");
  EXPECT_EQ(users[1].role, access::Role::admin);
  EXPECT_EQ(users[1].password, "$argon2id$y");
  EXPECT_FALSE(users[1].is_active);
  EXPECT_EQ(users[1].created_at, changed.created_at);
  EXPECT_FALSE(must(ports_.accounts->find_user("cy")));
}

TEST_P(AccountStoreSuite, KeepsSessionsUntilTheyEnd) {
  must(ports_.accounts->put_user(user("ana"), entry("user.add")));
  must(ports_.accounts->put_user(user("bo"), entry("user.add")));
  must(ports_.accounts->begin_session(session("a", "ana", 20), entry("sign_in")));
  must(ports_.accounts->begin_session(session("b", "ana", 21), entry("sign_in")));
  must(ports_.accounts->begin_session(session("c", "bo", 22), entry("sign_in")));
  restart();
  const auto found = must(ports_.accounts->find_session(digest_of("a")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, "ana");
  EXPECT_EQ(found->expires_at, Instant{std::chrono::hours(20)});
  // Nobody ends a session of somebody else.
  must(ports_.accounts->end_sessions("bo", digest_of("a"), entry("sign_out")));
  EXPECT_TRUE(must(ports_.accounts->find_session(digest_of("a"))));
  must(ports_.accounts->end_sessions("ana", digest_of("a"), entry("sign_out")));
  EXPECT_FALSE(must(ports_.accounts->find_session(digest_of("a"))));
  must(ports_.accounts->end_sessions("ana", std::nullopt, entry("sign_out")));
  EXPECT_FALSE(must(ports_.accounts->find_session(digest_of("b"))));
  EXPECT_TRUE(must(ports_.accounts->find_session(digest_of("c"))));
  must(ports_.accounts->begin_session(session("d", "bo", 34), entry("sign_in")));
  EXPECT_FALSE(must(ports_.accounts->find_session(digest_of("c")))) << "it had expired";
}

TEST_P(AccountStoreSuite, KeepsTokensByTheDigestOfTheirSecret) {
  must(ports_.accounts->put_user(user("ana"), entry("user.add")));
  const ManualClock clock;
  const auto ids = seeded_ids(clock, 3);
  access::Token token{access::TokenId::make(*ids),
                      "nightly",
                      digest_of("secret"),
                      "ana",
                      access::Role::viewer,
                      Instant{std::chrono::hours(1)},
                      Instant{std::chrono::hours(100)},
                      std::nullopt};
  must(ports_.accounts->put_token(token, entry("token.create")));
  auto newer = token;
  newer.id = access::TokenId::make(*ids);
  newer.secret = digest_of("other");
  must(ports_.accounts->put_token(newer, entry("token.create")));
  token.revoked_at = Instant{std::chrono::hours(3)};
  must(ports_.accounts->put_token(token, entry("token.revoke")));
  restart();
  const auto found = must(ports_.accounts->find_token(digest_of("secret")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, token.id);
  EXPECT_EQ(found->revoked_at, token.revoked_at);
  EXPECT_FALSE(must(ports_.accounts->find_token(digest_of("third"))));
  const auto all = must(ports_.accounts->tokens());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, newer.id);
}

TEST_P(AccountStoreSuite, ChainsAnAuditEntryWithEachChange) {
  if (ports_.audit == nullptr) GTEST_SKIP() << "this implementation has no audit log";
  const auto before = must(ports_.audit->last_sequence());
  must(ports_.accounts->put_user(user("ana"), entry("user.add")));
  must(ports_.accounts->note(entry("sign_in.refused")));
  const auto entries = must(ports_.audit->read(before, 10));
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].action, "sign_in.refused");
  EXPECT_FALSE(must(access::verify_store(*ports_.audit, std::nullopt)).fault);
}

}  // namespace gossamer::store::conformance
