// SPDX-License-Identifier: Apache-2.0
// Real sockets against a real server, many of them badly behaved.
#include "base/http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

#include "base/guarded.hpp"
#include "base/http/client.hpp"
#include "base/http/testing/raw_connection_suite.hpp"

namespace gossamer::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Duration soon = std::chrono::milliseconds(20);

Response echo(const Request& request) {
  return {200, {{"x-path", request.path}}, request.method + " " + request.body, nullptr};
}

class Served : public testing::Test {
 protected:
  Server& serve(Limits limits = {}, Handler handler = {}) {
    ServerOptions options;
    options.port = 0;
    options.limits = limits;
    if (!handler) handler = [](const Request& request, Reply reply) { reply(echo(request)); };
    server_.emplace(options, std::move(handler));
    const auto started = server_->start();
    EXPECT_TRUE(started) << (started ? "" : started.error().message);
    return *server_;
  }
  [[nodiscard]] RawConnection connect() const { return RawConnection(server_->port()); }
  [[nodiscard]] Origin origin() const { return {"127.0.0.1", std::to_string(server_->port())}; }

  std::optional<Server> server_;
};

TEST_F(Served, AnswersAndKeepsTheConnection) {
  serve();
  const auto connection = connect();
  connection.send("POST /a?b=c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  const auto first = connection.read_until("POST hello");
  EXPECT_THAT(first, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(first, HasSubstr("x-path: /a\r\n"));
  EXPECT_THAT(connection.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
              EndsWith("\r\n\r\nGET "));
}

TEST_F(Served, TakesABodyInPiecesOfUnknownNumber) {
  serve();
  EXPECT_THAT(connect().ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
                            "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
              EndsWith("POST abcde"));
}

TEST_F(Served, AnswersHeadWithoutABody) {
  serve();
  const auto answer = connect().ask("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(Served, AnswersRequestsThatCameTogetherInTheirOrder) {
  serve();
  const auto answers = connect().ask(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1"
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nConnection: close\r\n\r\n2");
  EXPECT_LT(answers.find("POST 1"), answers.find("POST 2"));
  EXPECT_NE(answers.find("POST 2"), std::string::npos);
}

TEST_F(Served, RefusesWhatIsNoRequest) {
  serve();
  EXPECT_THAT(connect().ask("NONSENSE\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(connect().ask("GET / HTTP/1.1\r\n\r\n"), HasSubstr("no Host"));
  EXPECT_THAT(connect().ask("GET /../etc HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(connect().ask("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(connect().ask("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
                            "Content-Length: 2\r\n\r\nab"),
              StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(
      connect().ask("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
      StartsWith("HTTP/1.1 400"));
}

TEST_F(Served, RefusesHeadersAndBodiesThatAreTooLarge) {
  Limits limits;
  limits.header_bytes = 1024;
  limits.body_bytes = 1000;
  serve(limits);
  EXPECT_THAT(connect().ask("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(5000, 'x')),
              StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(connect().ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(
      connect().ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                    std::string(2000, 'x')),
      StartsWith("HTTP/1.1 413"));
}

TEST_F(Served, RefusesBodiesBeyondWhatItHoldsTogether) {
  Limits limits;
  limits.all_bodies_bytes = 100;
  serve(limits);
  const auto slow = connect();
  slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 90\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(slow.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100"));
  EXPECT_THAT(connect().ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n"),
              StartsWith("HTTP/1.1 503"));
  slow.send(std::string(90, 'x'));
  EXPECT_THAT(slow.read_until("POST "), StartsWith("HTTP/1.1 200"));
}

TEST_F(Served, ClosesAConnectionThatDoesNotFinishItsRequest) {
  Limits limits;
  limits.header_patience = soon;
  limits.body_patience = soon;
  limits.idle_patience = soon;
  serve(limits);
  const auto silent = connect();
  const auto half_a_header = connect();
  half_a_header.send("GET / HTTP/1.1\r\nHos");
  const auto half_a_body = connect();
  half_a_body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe");
  const auto idle = connect();
  idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_EQ(half_a_header.read_all(), "");
  EXPECT_EQ(half_a_body.read_all(), "");
  EXPECT_THAT(idle.read_all(), EndsWith("GET "));
}

TEST_F(Served, OneMoreConnectionEndsTheOneThatWaitedLongest) {
  Limits limits;
  limits.connections = 20;
  serve(limits);
  std::vector<RawConnection> slow;
  for (int at = 0; at < 200; ++at) {
    slow.push_back(connect());
    slow.back().send("GET / HTTP/1.1\r\nHos");
  }
  const auto answer = connect().ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(slow.front().read_all(), "");
}

TEST_F(Served, RefusesAConnectionWhereAllOthersAreBeingAnswered) {
  Limits limits;
  limits.connections = 2;
  Guarded<std::vector<Reply>> held;
  serve(limits, [&](const Request&, Reply reply) {
    held.change([&](auto& replies) { replies.push_back(std::move(reply)); });
  });
  const auto first = connect();
  const auto second = connect();
  for (const auto* connection : {&first, &second})
    connection->send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  held.when([](const auto& replies) { return replies.size() == 2; }, [](const auto&) {});
  EXPECT_THAT(connect().read_all(), StartsWith("HTTP/1.1 503"));
  held.change([](auto& replies) { replies.clear(); });
  // Dropped without an answer: the caller is told so.
  EXPECT_THAT(first.read_all(), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(second.read_all(), StartsWith("HTTP/1.1 503"));
}

TEST_F(Served, AnswersWhatWasAskedBeforeItStops) {
  std::promise<Reply> taken;
  serve({}, [&](const Request&, Reply reply) { taken.set_value(std::move(reply)); });
  const auto asking = connect();
  asking.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  auto reply = taken.get_future().get();
  const auto idle = connect();
  server_->close_entrance();
  EXPECT_EQ(idle.read_all(), "");
  std::thread stopping([&] { server_->stop(); });
  reply({200, {}, "done", nullptr});
  EXPECT_THAT(asking.read_all(), EndsWith("done"));
  stopping.join();
}

TEST_F(Served, StopsWithoutHavingBeenAskedAndMoreThanOnce) {
  serve();
  server_->stop();
  server_->stop();
  Server never({}, [](const Request&, Reply) {});
  never.stop();
}

TEST_F(Served, SaysThatAPortIsTaken) {
  serve();
  ServerOptions options;
  options.port = server_->port();
  Server second(options, [](const Request&, Reply) {});
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(started.error().message, HasSubstr(std::to_string(options.port)));
}

TEST_F(Served, ABugInAHandlerIsAnAnswer) {
  serve({}, [](const Request&, const Reply&) { throw std::runtime_error("boom"); });
  EXPECT_THAT(connect().ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 500"));
}

class Streamed : public Served {
 protected:
  // Gives the writing end of the first answer that goes on.
  Outlet begin(const RawConnection& connection) {
    connection.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    return outlet_.get_future().get();
  }
  Handler handler(std::string idle_text = "") {
    return [this, idle_text](const Request&, Reply reply) {
      Response response;
      response.headers = {{"content-type", "text/event-stream"}};
      response.streaming = std::make_shared<Streaming>();
      response.streaming->begin = [this](Outlet outlet) { outlet_.set_value(std::move(outlet)); };
      response.streaming->idle_text = idle_text;
      reply(std::move(response));
    };
  }
  std::promise<Outlet> outlet_;
};

TEST_F(Streamed, SendsWhatIsWrittenUntilItIsClosed) {
  serve({}, handler());
  const auto connection = connect();
  const auto outlet = begin(connection);
  EXPECT_TRUE(outlet.send("one"));
  EXPECT_THAT(connection.read_until("one"), HasSubstr("3\r\none"));
  EXPECT_TRUE(outlet.send("two"));
  outlet.close();
  EXPECT_FALSE(outlet.send("three"));
  EXPECT_THAT(connection.read_until("0\r\n\r\n"), HasSubstr("two"));
}

TEST_F(Streamed, NoticesASideThatHasGone) {
  Limits limits;
  limits.stream_pause = soon;
  serve(limits, handler(": still here\n\n"));
  auto connection = std::make_unique<RawConnection>(connect());
  const auto outlet = begin(*connection);
  EXPECT_THAT(connection->read_until("still here"), HasSubstr(": still here"));
  connection.reset();
  while (outlet.send("x")) {
  }
}

TEST_F(Streamed, GivesUpASideThatDoesNotRead) {
  Limits limits;
  limits.backlog_bytes = 1000;
  serve(limits, handler());
  const auto connection = connect();
  const auto outlet = begin(connection);
  while (outlet.send(std::string(900, 'x'))) {
  }
  EXPECT_THAT(connection.read_all(), testing::Not(EndsWith("0\r\n\r\n")));
}

TEST_F(Streamed, EndsWhenTheServerStops) {
  serve({}, handler());
  const auto connection = connect();
  const auto outlet = begin(connection);
  server_->stop();
  EXPECT_FALSE(outlet.send("late"));
  EXPECT_THAT(connection.read_all(), EndsWith("0\r\n\r\n"));
}

TEST_F(Streamed, IsReadLineByLineByTheClientAsItComes) {
  serve({}, handler());
  std::promise<void> has_first;
  std::thread writing([&] {
    const auto outlet = outlet_.get_future().get();
    EXPECT_TRUE(outlet.send("a\nb"));
    has_first.get_future().wait();
    for (const auto* text : {"c\n", "rest"})
      EXPECT_TRUE(outlet.send(text));
  });
  std::vector<std::string> lines;
  const auto response = call(origin(), {}, {}, [&](std::string_view line) {
    lines.emplace_back(line);
    if (lines.size() == 1) has_first.set_value();
  });
  writing.join();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_THAT(lines, testing::ElementsAre("a", "bc"));
  EXPECT_EQ(response->body, "rest");
}

TEST_F(Served, TheClientSendsAllOfARequest) {
  serve({}, [](const Request& request, Reply reply) {
    reply(
        {201, {{"x-one", request.header("x-one")}}, request.query.at("q") + request.body, nullptr});
  });
  Request request;
  request.method = "POST";
  request.path = "/p";
  request.query["q"] = "a&b";
  request.headers["x-one"] = "1";
  request.body = std::string(1'000'000, 'y');
  const auto response = call(origin(), request, {});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->header("x-one"), "1");
  EXPECT_EQ(response->body, "a&b" + request.body);
}

TEST_F(Served, TheClientSaysThatNobodyIsThere) {
  serve();
  const auto place = origin();
  server_->stop();
  const auto response = call(place, {}, {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(response.error().message, HasSubstr(place.port));
}

TEST_F(Served, TheClientGivesUpASilentServer) {
  Guarded<std::vector<Reply>> held;
  serve({}, [&](const Request&, Reply reply) {
    held.with([&](auto& replies) { replies.push_back(std::move(reply)); });
  });
  ClientOptions options;
  options.silence_patience = soon;
  const auto response = call(origin(), {}, options);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::unavailable);
  held.with([](auto& replies) { replies.clear(); });
}

}  // namespace
}  // namespace gossamer::http
