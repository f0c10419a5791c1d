// SPDX-License-Identifier: Apache-2.0
#include "web/repeats.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace gossamer::web {
namespace {

using ::testing::HasSubstr;

class Repeating : public testing::Test {
 protected:
  Result<Json> ask(const std::string& name, const std::string& what, const std::string& who = "ana",
                   Retelling retelling = Retelling::allowed) {
    return repeats_.once({who, name, digest_of(what), retelling}, [&]() -> Result<Json> {
      ++calls_;
      if (what == "fail") return unavailable("not now");
      return Json{{"what", what}, {"call", calls_}};
    });
  }
  // The number of the call whose answer it is.
  int call_of(const Result<Json>& answer) { return answer ? answer->at("call").get<int>() : -1; }

  ManualClock clock_;
  Repeats repeats_{clock_};
  int calls_ = 0;
};

TEST_F(Repeating, IsAnsweredAsTheFirstTime) {
  EXPECT_EQ(call_of(ask("k", "start")), 1);
  EXPECT_EQ(call_of(ask("k", "start")), 1);
  EXPECT_EQ(call_of(ask("l", "start")), 2);
  EXPECT_EQ(call_of(ask("k", "start", "bo")), 3) << "names are each caller's own";
}

TEST_F(Repeating, WithOtherWordsIsRefused) {
  EXPECT_EQ(call_of(ask("k", "start")), 1);
  const auto other = ask("k", "stop");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::conflict);
  EXPECT_THAT(other.error().message, HasSubstr("Idempotency-Key k"));
  EXPECT_EQ(calls_, 1);
}

TEST_F(Repeating, WhileTheFirstIsUnderWayIsRefused) {
  const NamedRequest request{"ana", "k", digest_of("start")};
  const auto inside = [&]() -> Result<Json> { return ask("k", "start"); };
  const auto answer = repeats_.once(request, inside);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::conflict);
  EXPECT_THAT(answer.error().message, HasSubstr("under way"));
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(call_of(ask("k", "start")), 1) << "it failed, and is done anew";
}

TEST_F(Repeating, AfterAFailureIsDoneAnew) {
  EXPECT_FALSE(ask("k", "fail"));
  EXPECT_FALSE(ask("k", "fail"));
  EXPECT_EQ(calls_, 2);
  EXPECT_EQ(call_of(ask("k", "start")), 3);
}

TEST_F(Repeating, TellsNoSecretTwice) {
  EXPECT_EQ(call_of(ask("k", "token", "ana", Retelling::refused)), 1);
  const auto again = ask("k", "token", "ana", Retelling::refused);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("done already"));
  EXPECT_EQ(calls_, 1);
}

TEST_F(Repeating, IsForgottenAfterADayOrWhenThereAreTooMany) {
  EXPECT_EQ(call_of(ask("k", "start")), 1);
  clock_.advance(Repeats::kept_for - Duration(1));
  EXPECT_EQ(call_of(ask("k", "start")), 1);
  clock_.advance(Duration(1));
  EXPECT_EQ(call_of(ask("k", "start")), 2);
  for (std::size_t at = 0; at < Repeats::kept_max; ++at)
    ASSERT_TRUE(ask(fmt::format("n{}", at), "start"));
  const int before = calls_;
  EXPECT_TRUE(ask(fmt::format("n{}", Repeats::kept_max - 1), "start"));
  EXPECT_EQ(calls_, before) << "the newest are known";
  EXPECT_EQ(call_of(ask("k", "start")), before + 1) << "the oldest is not";
  const auto large = std::string(Repeats::kept_bytes_max / 2, 'x');
  EXPECT_TRUE(ask("large-1", large));
  EXPECT_TRUE(ask("large-2", large));
  EXPECT_TRUE(ask("n1", "start"));
  EXPECT_EQ(calls_, before + 4) << "large answers push out the others";
}

TEST_F(Repeating, NeedsAName) {
  for (const auto& name : {std::string(), std::string("two words"), std::string("\n"),
                           std::string("\xC3\xA4"), std::string(256, 'x')}) {
    const auto answer = ask(name, "start");
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error().kind, ErrorKind::invalid_input);
  }
  EXPECT_EQ(call_of(ask(std::string(255, 'x'), "start")), 1);
}

TEST_F(Repeating, AtTheSameMomentIsDoneOnce) {
  std::atomic<int> done = 0;
  std::promise<void> go;
  const auto gone = go.get_future().share();
  const auto one = [&] {
    gone.wait();
    return repeats_.once({"ana", "k", digest_of("x")}, [&]() -> Result<Json> { return ++done; });
  };
  std::vector<std::future<Result<Json>>> all;
  for (int at = 0; at < 8; ++at)
    all.push_back(std::async(std::launch::async, one));
  go.set_value();
  for (auto& each : all) {
    const auto answer = each.get();
    if (answer) {
      EXPECT_EQ(*answer, Json(1));
    } else {
      EXPECT_EQ(answer.error().kind, ErrorKind::conflict);
    }
  }
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace gossamer::web
