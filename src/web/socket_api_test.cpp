// SPDX-License-Identifier: Apache-2.0
#include "web/socket_api.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <future>

namespace gossamer::web {
namespace {

const EventSink ignore_events = [](const Json&) {};

struct Served {
  TemporaryFolder folder = *TemporaryFolder::make();
  Router router;
  SocketServer server;

  explicit Served(std::vector<Route> routes)
      : router(std::move(routes)), server(folder.path() / "engine.sock", router) {
    EXPECT_TRUE(server.start());
  }
  Result<Json> call(const Request& request, const EventSink& events = ignore_events) const {
    auto answer = call_over_socket(folder.path() / "engine.sock", request, events);
    if (!answer) return std::unexpected(std::move(answer).error());
    if (!*answer) return bug("the call was not taken");
    return **std::move(answer);
  }
};

Handler answering(Json answer) {
  return [answer](const Call&) -> Result<Json> { return answer; };
}

// A call under way to whoever listens at `socket`.
auto calling(const fs::path& socket) {
  return std::async(std::launch::async, [socket] {
    return call_over_socket(socket, {"GET", "/x", {}, Json::object(), {}}, ignore_events);
  });
}

TEST(SocketApi, AnswersWithEventsFirst) {
  Served served({{"POST", "/runs", "", [](const Call& call) -> Result<Json> {
                    call.events({{"step", "train"}});
                    call.events({{"step", "evaluate"}});
                    return Json{{"run", call.request.body.at("pipeline")}};
                  }}});
  std::vector<Json> events;
  const auto answer = served.call({"POST", "/runs", {}, {{"pipeline", "p"}}, {}},
                                  [&](const Json& event) { events.push_back(event); });
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(*answer, (Json{{"run", "p"}}));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1], (Json{{"step", "evaluate"}}));
}

TEST(SocketApi, ReplacesWhatIsNoUtf8) {
  Served served({{"POST", "/runs", "", [](const Call& call) -> Result<Json> {
                    call.events({{"error", "a program said \xff"}});
                    return Json{{"error", "\xfe"}};
                  }}});
  std::vector<Json> events;
  for (int at = 0; at < 2; ++at) {
    const auto answer = served.call({"POST", "/runs", {}, {{"pipeline", "\xfd"}}, {}},
                                    [&](const Json& event) { events.push_back(event); });
    ASSERT_TRUE(answer) << answer.error().describe();
    EXPECT_EQ(*answer, (Json{{"error", "\xEF\xBF\xBD"}}));
  }
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1], (Json{{"error", "a program said \xEF\xBF\xBD"}}));
}

TEST(SocketApi, CarriesAnErrorWithItsKindPositionAndCause) {
  Served served({{"GET", "/x", "", [](const Call&) -> Result<Json> {
                    Error inner{ErrorKind::conflict, "moved", Position{"a.yaml", 3, 7}};
                    return std::unexpected(inner.wrapped("cannot switch"));
                  }}});
  const auto answer = served.call({"GET", "/x", {}, Json::object(), {}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::conflict);
  EXPECT_EQ(answer.error().describe(), "a.yaml:3:7: cannot switch: moved");
}

TEST(SocketApi, TellsWhoCallsFromTheKernelAndMarksOthersUnverified) {
  Served served({{"GET", "/who", "", [](const Call& call) -> Result<Json> {
                    const auto& actor = call.request.actor;
                    return Json{{"name", actor.name}, {"verified", actor.verified}};
                  }}});
  const auto own = served.call({"GET", "/who", {}, Json::object(), {"os:anybody", true, "cli"}});
  ASSERT_TRUE(own);
  EXPECT_EQ(*own, (Json{{"name", account_name(::geteuid())}, {"verified", true}}));
  const auto as = served.call({"GET", "/who", {}, Json::object(), {"ana", false, "cli"}});
  ASSERT_TRUE(as);
  EXPECT_EQ(*as, (Json{{"name", "ana"}, {"verified", false}}));
}

TEST(SocketApi, RefusesRubbishAndGoesOnServing) {
  Served served({{"GET", "/x", "", answering(1)}});
  auto socket = Socket::connect(served.folder.path() / "engine.sock");
  ASSERT_TRUE(socket);
  ASSERT_TRUE(socket->send("{no json"));
  const auto taken = socket->receive();
  ASSERT_TRUE(taken && *taken);
  const auto reply = socket->receive();
  ASSERT_TRUE(reply && *reply);
  EXPECT_NE((*reply)->bytes.find("urn:gossamer:problem:invalid-input"), std::string::npos);
  EXPECT_TRUE(served.call({"GET", "/x", {}, Json::object(), {}}));
}

TEST(SocketApi, AnswersACallUnderWayBeforeItStops) {
  std::promise<void> entered;
  std::promise<void> leave;
  Served served({{"GET", "/slow", "", [&](const Call&) -> Result<Json> {
                    entered.set_value();
                    leave.get_future().wait();
                    return 1;
                  }}});
  auto answer = std::async(std::launch::async,
                           [&] { return served.call({"GET", "/slow", {}, Json::object(), {}}); });
  entered.get_future().wait();
  std::thread stopper([&] { served.server.stop(); });
  leave.set_value();
  const auto result = answer.get();
  stopper.join();
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_EQ(*result, Json(1));
}

TEST(SocketApi, SaysSoWhenTheOtherSideEndsBeforeItAnswers) {
  const auto folder = *TemporaryFolder::make();
  auto listener = Listener::listen(folder.path() / "engine.sock");
  ASSERT_TRUE(listener);
  auto answer = calling(folder.path() / "engine.sock");
  {
    auto socket = listener->accept();
    ASSERT_TRUE(socket);
    ASSERT_TRUE(socket->receive());
    ASSERT_TRUE(socket->send(R"({"taken": true})"));
  }
  const auto result = answer.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
  EXPECT_NE(result.error().message.find("repeat the command"), std::string::npos);
}

TEST(SocketApi, MayBeAskedElsewhereWhereTheOtherSideEndsBeforeItTakesTheCall) {
  const auto folder = *TemporaryFolder::make();
  auto listener = Listener::listen(folder.path() / "engine.sock");
  ASSERT_TRUE(listener);
  auto answer = calling(folder.path() / "engine.sock");
  {
    const auto socket = listener->accept();
    ASSERT_TRUE(socket);
  }
  const auto result = answer.get();
  ASSERT_TRUE(result) << result.error().describe();
  EXPECT_FALSE(result->has_value());
}

TEST(SocketApi, TakesNothingWhereNobodyListens) {
  const auto folder = *TemporaryFolder::make();
  const auto answer = call_over_socket(folder.path() / "engine.sock",
                                       {"GET", "/x", {}, Json::object(), {}}, ignore_events);
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_FALSE(answer->has_value());
}

TEST(Router, TellsAnUnknownPathFromAWrongMethod) {
  const Router router({{"GET", "/runs/:run", "", answering(1)}});
  const auto unknown = router.call({"GET", "/nothing", {}, {}, {}}, ignore_events);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::not_found);
  const auto method = router.call({"POST", "/runs/1", {}, {}, {}}, ignore_events);
  ASSERT_FALSE(method);
  EXPECT_EQ(method.error().message, "/runs/1 does not take POST");
  EXPECT_FALSE(router.call({"GET", "/runs/", {}, {}, {}}, ignore_events));
}

}  // namespace
}  // namespace gossamer::web
