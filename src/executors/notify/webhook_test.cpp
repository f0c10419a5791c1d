// SPDX-License-Identifier: Apache-2.0
#include "executors/notify/webhook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "base/guarded.hpp"
#include "base/http/server.hpp"
#include "base/http/testing/tls_server_suite.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace gossamer::executors {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Counting final : public orchestration::Notifier {
 public:
  Result<void> send(const RunId&, const std::string&, const orchestration::Notify&) override {
    ++sent;
    return {};
  }
  int sent = 0;
};

class WebhookTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(server_.start()); }

  [[nodiscard]] orchestration::Notify message() const {
    return {.kind = "failed",
            .target = {{"webhook", fmt::format("http://127.0.0.1:{}/hook?key=1", server_.port())}},
            .content = {{"pipeline", "p"},
                        {"partition", "day=2026-11-22"},
                        {"run", "run_1"},
                        {"time", "2026-11-22T12:00:00.000000Z"}}};
  }
  static Result<std::string> plain(const Json& declared) { return declared.get<std::string>(); }

  Guarded<std::vector<http::Request>> got_;
  std::atomic<int> status_ = 202;
  http::Server server_{http::ServerOptions{"127.0.0.1", 0, {}},
                       [this](http::Request request, http::Reply reply) {
                         got_.with([&](auto& got) { got.push_back(std::move(request)); });
                         reply(http::Response{status_.load(), {}, {}, nullptr});
                       }};
  ManualClock clock_{parse_instant("2026-11-22T12:01:00Z").value()};
  Counting next_;
  Webhook webhook_{"/w", plain, clock_, next_};
  RunId run_;
};

TEST_F(WebhookTest, PostsAnEventAndPassesTheMessageOn) {
  const auto sent = webhook_.send(run_, "run_1/4/0", message());
  ASSERT_TRUE(sent) << sent.error().describe();
  const auto got = got_.with([](const auto& all) { return all; });
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].method, "POST");
  EXPECT_EQ(got[0].path, "/hook");
  EXPECT_EQ(got[0].query.at("key"), "1");
  EXPECT_EQ(got[0].header("content-type"), "application/cloudevents+json; charset=utf-8");
  const auto event = parse_json(got[0].body, "event").value();
  EXPECT_EQ(event.at("id"), "run_1/4/0");
  EXPECT_EQ(event.at("type"), "gossamer.run.failed");
  EXPECT_EQ(event.at("time"), "2026-11-22T12:00:00.000000Z");
  EXPECT_EQ(event.at("data").at("run"), "run_1");
  EXPECT_EQ(next_.sent, 1);
}

TEST_F(WebhookTest, WhatHasNoWebhookIsPassedOn) {
  auto other = message();
  other.target = {{"slack", "#a"}};
  EXPECT_TRUE(webhook_.send(run_, "run_1/4/0", other));
  EXPECT_TRUE(got_.with([](const auto& all) { return all.empty(); }));
  EXPECT_EQ(next_.sent, 1);
}

TEST_F(WebhookTest, AnAnswerThatMayChangeIsAskedForAgainForADay) {
  status_ = 503;
  const auto refused = webhook_.send(run_, "run_1/4/0", message());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(next_.sent, 0);
  clock_.advance(std::chrono::hours(25));
  const auto given_up = webhook_.send(run_, "run_1/4/0", message());
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(given_up.error().message, HasSubstr("given up after a day"));
  EXPECT_EQ(next_.sent, 1);
}

TEST_F(WebhookTest, ARefusalIsNotRepeated) {
  status_ = 404;
  const auto refused = webhook_.send(run_, "run_1/4/0", message());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(refused.error().message, HasSubstr("answered 404"));
  EXPECT_EQ(next_.sent, 1);
}

TEST_F(WebhookTest, NobodyThereIsTriedAgainAndABrokenAddressIsNot) {
  server_.stop();
  const auto nobody = webhook_.send(run_, "run_1/4/0", message());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().kind, ErrorKind::unavailable);
  auto broken = message();
  broken.target["webhook"] = "nonsense";
  const auto refused = webhook_.send(run_, "run_1/4/0", broken);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
}

TEST_F(WebhookTest, ARedirectIsNotFollowed) {
  status_ = 301;
  const auto refused = webhook_.send(run_, "run_1/4/0", message());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(refused.error().message, HasSubstr("it has moved"));
  EXPECT_EQ(got_.with([](const auto& all) { return all.size(); }), 1U);
}

class SecureWebhookTest : public WebhookTest {
 protected:
  SecureWebhookTest() { EXPECT_TRUE(write_file_durably(authorities(), authority_.pem())); }

  [[nodiscard]] fs::path authorities() const { return folder_.path() / "authorities.pem"; }
  [[nodiscard]] orchestration::Notify message_to(const http::TlsServer& server) const {
    auto to_server = message();
    to_server.target["webhook"] = "https://localhost:" + server.port() + "/hooks/secret?key=secret";
    return to_server;
  }

  TemporaryFolder folder_ = TemporaryFolder::make().value();
  http::Authority authority_{"Trusted"};
  Webhook trusting_{"/w", plain, clock_, next_, authorities()};
};

TEST_F(SecureWebhookTest, PostsToWhoProvesToBeTheHost) {
  const http::TlsServer server(
      {.certificate = authority_.issue({.alternative_name = "DNS:localhost"}),
       .answer = "HTTP/1.1 204 No Content\r\n\r\n"});
  const auto sent = trusting_.send(run_, "run_1/4/0", message_to(server));
  ASSERT_TRUE(sent) << sent.error().describe();
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_THAT(server.requests()[0], HasSubstr("POST /hooks/secret?key=secret HTTP/1.1"));
  EXPECT_THAT(server.requests()[0], HasSubstr(R"("id":"run_1/4/0")"));
}

// For a day: who runs the server may have to renew its certificate.
TEST_F(SecureWebhookTest, AnotherIsToldNothingAndAskedAgain) {
  const http::TlsServer server(
      {.certificate = authority_.issue({.alternative_name = "DNS:other.example"})});
  const auto refused = trusting_.send(run_, "run_1/4/0", message_to(server));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().describe(),
              AllOf(HasSubstr("localhost:" + server.port()),
                    HasSubstr("its certificate is for other.example"), Not(HasSubstr("secret"))));
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace gossamer::executors
