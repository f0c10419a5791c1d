// SPDX-License-Identifier: Apache-2.0
#include "access/front_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/fakes/accounts.hpp"

namespace gossamer::access {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

constexpr PasswordCost cheap{.memory_kib = 64, .passes = 1};
constexpr const char* good = "correct horse battery";
const Author root{"os:root", true, "cli"};

class Desk : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(desk_.add_user("ana", Role::admin, good, root));
    ASSERT_TRUE(desk_.add_user("bo", Role::operating, good, root));
  }
  Result<NewSession> sign_in(const std::string& user, const std::string& password = good) {
    return desk_.sign_in(user, password, "10.0.0.1");
  }
  Result<NewToken> token(Role role, Duration valid_for = std::chrono::hours(2)) {
    return desk_.issue_token({"nightly", "bo", role, valid_for}, root);
  }

  ManualClock clock_{Instant{std::chrono::hours(24 * 20'000)}};
  std::unique_ptr<IdSource> ids_ = seeded_ids(clock_, 7);
  fakes::MemoryAccounts store_;
  FrontDesk desk_{store_, *ids_, clock_, cheap};
};

TEST_F(Desk, ASessionKnowsItsUserUntilItEnds) {
  const auto session = sign_in("bo");
  ASSERT_TRUE(session) << session.error().message;
  auto identity = desk_.find_session(session->secret);
  ASSERT_TRUE(identity && *identity);
  EXPECT_EQ((*identity)->user, "bo");
  EXPECT_EQ((*identity)->role, Role::operating);
  EXPECT_FALSE(*desk_.find_session(session->secret + "x"));
  clock_.advance(FrontDesk::session_lasts);
  EXPECT_FALSE(*desk_.find_session(session->secret));
}

TEST_F(Desk, SigningOutEndsOneSession) {
  const auto one = sign_in("bo");
  const auto two = sign_in("bo");
  ASSERT_TRUE(one && two);
  ASSERT_TRUE(desk_.sign_out(one->secret));
  EXPECT_FALSE(*desk_.find_session(one->secret));
  EXPECT_TRUE(*desk_.find_session(two->secret));
}

TEST_F(Desk, AWrongNameAndAWrongPasswordLookTheSame) {
  const auto wrong_name = sign_in("nobody");
  const auto wrong_password = sign_in("bo", "something else");
  ASSERT_FALSE(wrong_name || wrong_password);
  EXPECT_EQ(wrong_name.error().kind, ErrorKind::denied);
  EXPECT_EQ(wrong_name.error().message, wrong_password.error().message);
  EXPECT_THAT(store_.noted(), IsSupersetOf({"sign_in.refused unknown", "sign_in.refused bo"}));
}

TEST_F(Desk, GuessingHasToWaitLongerAndLonger) {
  for (int at = 0; at < Throttle::free_failures; ++at)
    EXPECT_EQ(sign_in("bo", "guess").error().kind, ErrorKind::denied);
  const auto blocked = sign_in("bo");
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(blocked.error().message, HasSubstr("1 s"));
  EXPECT_TRUE(sign_in("ana")) << "others are not held up";
  EXPECT_TRUE(desk_.sign_in("bo", good, "10.0.0.2")) << "nor the same person from elsewhere";
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(sign_in("bo", "guess").error().kind, ErrorKind::denied);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(sign_in("bo").error().kind, ErrorKind::unavailable);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(sign_in("bo"));
}

TEST_F(Desk, DisabledUsersAreOutAtOnce) {
  const auto session = sign_in("bo");
  const auto made = token(Role::viewer);
  ASSERT_TRUE(session && made);
  ASSERT_TRUE(desk_.change_user("bo", {.is_active = false}, root));
  EXPECT_FALSE(*desk_.find_session(session->secret));
  EXPECT_FALSE(*desk_.find_token(made->secret, "10.0.0.1"));
  EXPECT_FALSE(sign_in("bo"));
}

TEST_F(Desk, ANewPasswordEndsSessions) {
  const auto session = sign_in("bo");
  ASSERT_TRUE(session);
  ASSERT_TRUE(desk_.change_user("bo", {.password = "another long one"}, root));
  EXPECT_FALSE(*desk_.find_session(session->secret));
  EXPECT_FALSE(sign_in("bo"));
  EXPECT_TRUE(sign_in("bo", "another long one"));
}

TEST_F(Desk, ARoleCountsFromTheNextRequestOn) {
  const auto session = sign_in("bo");
  ASSERT_TRUE(session);
  ASSERT_TRUE(desk_.change_user("bo", {.role = Role::viewer}, root));
  EXPECT_EQ((*desk_.find_session(session->secret))->role, Role::viewer);
}

TEST_F(Desk, TheLastAdminStays) {
  for (const UserChange& change :
       {UserChange{.role = Role::editor}, UserChange{.is_active = false}}) {
    const auto refused = desk_.change_user("ana", change, root);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  }
  ASSERT_TRUE(desk_.change_user("bo", {.role = Role::admin}, root));
  EXPECT_TRUE(desk_.change_user("ana", {.is_active = false}, root));
}

TEST_F(Desk, ATokenHasTheLesserOfTwoRolesUntilItIsRevokedOrExpires) {
  const auto made = token(Role::operating);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT(made->secret, testing::StartsWith("gsm_"));
  ASSERT_TRUE(desk_.change_user("bo", {.role = Role::viewer}, root));
  EXPECT_EQ((*desk_.find_token(made->secret, "a"))->role, Role::viewer);
  ASSERT_TRUE(desk_.revoke_token(made->token.id, root));
  EXPECT_FALSE(*desk_.find_token(made->secret, "a"));
  const auto second = token(Role::viewer, std::chrono::hours(1));
  ASSERT_TRUE(second);
  clock_.advance(std::chrono::hours(1));
  EXPECT_FALSE(*desk_.find_token(second->secret, "a"));
}

TEST_F(Desk, ATokensUseIsNotedOnceAnHourAndAddress) {
  const auto made = token(Role::viewer);
  ASSERT_TRUE(made);
  const auto use = "token.use " + made->token.id.value();
  const auto uses = [&] { return std::ranges::count(store_.noted(), use); };
  for (const auto* peer : {"a", "a", "b"})
    ASSERT_TRUE(*desk_.find_token(made->secret, peer));
  EXPECT_EQ(uses(), 2);
  clock_.advance(std::chrono::hours(1));
  ASSERT_TRUE(*desk_.find_token(made->secret, "a"));
  EXPECT_EQ(uses(), 3);
}

TEST_F(Desk, RefusesWhatIsNoAccount) {
  EXPECT_EQ(desk_.add_user("ana", Role::viewer, good, root).error().kind, ErrorKind::conflict);
  for (const auto* name : {"", "a b", "os:root", "-a", "é", "a/b"})
    EXPECT_EQ(desk_.add_user(name, Role::viewer, good, root).error().kind, ErrorKind::invalid_input)
        << name;
  EXPECT_THAT(desk_.add_user("cy", Role::viewer, "too short", root).error().message,
              HasSubstr("12"));
  EXPECT_EQ(desk_.change_user("cy", {}, root).error().kind, ErrorKind::not_found);
  EXPECT_EQ(token(Role::admin).error().kind, ErrorKind::invalid_input);
  EXPECT_EQ(token(Role::viewer, std::chrono::days(367)).error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(store_.noted(), testing::Not(Contains("user.add cy")));
}

TEST(Role, EachMayDoWhatTheOneBeforeMay) {
  EXPECT_TRUE(require_permission(Role::viewer, Permission::read));
  const auto refused = require_permission(Role::operating, Permission::decide);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::denied);
  EXPECT_THAT(refused.error().message, HasSubstr("\"decide\""));
  EXPECT_THAT(refused.error().message, HasSubstr("approver"));
  EXPECT_TRUE(require_permission(Role::admin, Permission::administer));
  for (const auto role : {Role::viewer, Role::operating, Role::approver, Role::editor, Role::admin})
    EXPECT_EQ(*parse_role(name_of(role)), role);
  EXPECT_FALSE(parse_role("root"));
}

TEST(ThrottleTest, ForgetsTheOldestKeyRatherThanGrow) {
  Throttle throttle;
  SteadyInstant now{};
  for (std::size_t at = 0; at < Throttle::most_keys + 5; ++at) {
    now += std::chrono::milliseconds(1);
    throttle.failed(std::to_string(at), now);
  }
  EXPECT_EQ(throttle.size(), Throttle::most_keys);
}

}  // namespace
}  // namespace gossamer::access
