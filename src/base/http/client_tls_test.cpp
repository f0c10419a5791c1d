// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/guarded.hpp"
#include "base/http/client.hpp"
#include "base/http/server.hpp"
#include "base/http/testing/tls_server_suite.hpp"

namespace gossamer::http {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Duration soon = std::chrono::milliseconds(50);

class Secure : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(write_file_durably(file_, trusted_.pem())); }

  [[nodiscard]] Certificate certificate(const std::string& name = "DNS:localhost") const {
    return trusted_.issue({.alternative_name = name});
  }
  [[nodiscard]] ClientOptions options() const {
    ClientOptions chosen;
    chosen.authorities = file_;
    return chosen;
  }
  static Origin at(const std::string& port, const std::string& host = "localhost") {
    return {host, port, Scheme::https};
  }
  static Request secret() {
    Request request;
    request.method = "POST";
    request.path = "/services/secret";
    request.query["token"] = "secret";
    request.headers["authorization"] = "Bearer secret";
    request.body = "{}";
    return request;
  }
  // What the client says of a server that it must not trust with the request.
  [[nodiscard]] std::string refusal(const TlsServer& server) const {
    const auto answer = call(at(server.port()), secret(), options());
    EXPECT_TRUE(server.requests().empty());
    EXPECT_FALSE(answer);
    if (answer) return "";
    EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
    const auto said = answer.error().describe();
    EXPECT_THAT(said, HasSubstr("localhost:" + server.port()));
    EXPECT_THAT(said, Not(HasSubstr("secret")));
    return said;
  }

  TemporaryFolder folder_ = TemporaryFolder::make().value();
  fs::path file_ = folder_.path() / "authorities.pem";
  Authority trusted_{"Trusted"};
};

TEST_F(Secure, ARequestReachesWhoProvesToBeTheHost) {
  const TlsServer server({.certificate = certificate()});
  const auto answer = call(at(server.port()), secret(), options());
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hi");
  EXPECT_THAT(server.names(), ElementsAre("localhost"));
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_THAT(server.requests()[0],
              AllOf(HasSubstr("POST /services/secret?token=secret HTTP/1.1\r\n"),
                    HasSubstr("Host: localhost:" + server.port() + "\r\n"), EndsWith("\r\n{}")));
}

TEST_F(Secure, AnAddressCanBeProvenToo) {
  const TlsServer server({.certificate = certificate("IP:127.0.0.1")});
  const auto answer = call(at(server.port(), "127.0.0.1"), {}, options());
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_THAT(server.names(), ElementsAre(""));
}

TEST_F(Secure, WhomNobodyTrustedSignedIsRefused) {
  const TlsServer server(
      {.certificate = Authority("Other").issue({.alternative_name = "DNS:localhost"})});
  EXPECT_THAT(refusal(server), HasSubstr("nobody whom this machine trusts has signed"));
}

TEST_F(Secure, TheSystemsAuthoritiesCountWhereNoneAreNamed) {
  const TlsServer server({.certificate = certificate()});
  const auto answer = call(at(server.port()), {}, {});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("SSL_CERT_FILE"));
}

TEST_F(Secure, AFileInTheEnvironmentAddsToTheSystemsAuthorities) {
  const TlsServer server({.certificate = certificate()});
  ASSERT_EQ(::setenv("SSL_CERT_FILE", file_.c_str(), 1), 0);
  const auto answer = call(at(server.port()), {}, {});
  ::unsetenv("SSL_CERT_FILE");
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->body, "hi");
}

TEST_F(Secure, ACertificateForOthersIsRefused) {
  const TlsServer server({.certificate = certificate("DNS:a.example,DNS:*.b.example")});
  EXPECT_THAT(refusal(server), EndsWith("its certificate is for a.example, *.b.example"));
}

TEST_F(Secure, ACertificateThatRanOutIsRefused) {
  const TlsServer server({.certificate = trusted_.issue({.alternative_name = "DNS:localhost",
                                                         .good_until = std::chrono::hours(-24)})});
  EXPECT_THAT(refusal(server), HasSubstr("its certificate ran out on 2"));
}

TEST_F(Secure, ACertificateOfTheFutureIsRefused) {
  const TlsServer server({.certificate = trusted_.issue({.alternative_name = "DNS:localhost",
                                                         .good_from = std::chrono::hours(24)})});
  EXPECT_THAT(refusal(server), HasSubstr("its certificate is good only from 2"));
}

TEST_F(Secure, WhatIsOlderThanTls12IsRefused) {
  const TlsServer server({.certificate = certificate(), .newest_version = TLS1_1_VERSION});
  EXPECT_THAT(refusal(server), HasSubstr("does not speak TLS 1.2 or later"));
}

TEST_F(Secure, PlainTextIsKnownForWhatItIs) {
  Server server({"127.0.0.1", 0, {}}, [](const Request&, Reply reply) { reply({}); });
  ASSERT_TRUE(server.start());
  const auto answer = call(at(std::to_string(server.port())), secret(), options());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("is no TLS"));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("secret")));
}

TEST_F(Secure, WhoNeverShakesHandsIsGivenUp) {
  const FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener.number(), generic, size), 0);
  ASSERT_EQ(::listen(listener.number(), 8), 0);
  ASSERT_EQ(::getsockname(listener.number(), generic, &size), 0);
  auto hurried = options();
  hurried.connect_patience = soon;
  const auto answer = call(at(std::to_string(ntohs(address.sin_port))), secret(), hurried);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("the TLS handshake failed"));
}

TEST_F(Secure, AnAnswerThatWasCutShortIsNone) {
  const TlsServer whole({.certificate = certificate(),
                         .answer = "HTTP/1.1 200 OK\r\n\r\nno length",
                         .ending = TlsEnding::said});
  const auto answer = call(at(whole.port()), {}, options());
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->body, "no length");
  const TlsServer cut({.certificate = certificate(),
                       .answer = "HTTP/1.1 200 OK\r\n\r\nno length",
                       .ending = TlsEnding::cut});
  EXPECT_FALSE(call(at(cut.port()), {}, options()));
}

TEST_F(Secure, ARedirectIsAnAnswer) {
  const TlsServer server({.certificate = certificate(),
                          .answer = "HTTP/1.1 302 Found\r\nlocation: https://localhost:1/\r\n"
                                    "content-length: 0\r\n\r\n"});
  const auto answer = call(at(server.port()), {}, options());
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Secure, AnAnswerBeyondTheLimitIsNone) {
  const TlsServer server({.certificate = certificate()});
  auto narrow = options();
  narrow.body_limit_bytes = 1;
  const auto answer = call(at(server.port()), {}, narrow);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("body limit"));
}

TEST_F(Secure, AuthoritiesThatCannotBeReadAreNamed) {
  const TlsServer server({.certificate = certificate()});
  ClientOptions wrong;
  wrong.authorities = folder_.path() / "absent.pem";
  const auto answer = call(at(server.port()), {}, wrong);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(answer.error().message, HasSubstr("absent.pem"));
}

TEST_F(Secure, TheWholeCallHasALimit) {
  Guarded<std::vector<Reply>> held;
  Server server({"127.0.0.1", 0, {}}, [&](const Request&, Reply reply) {
    held.with([&](auto& replies) { replies.push_back(std::move(reply)); });
  });
  ASSERT_TRUE(server.start());
  ClientOptions hurried;
  hurried.whole_patience = soon;
  const auto answer = call({"127.0.0.1", std::to_string(server.port())}, secret(), hurried);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("no whole answer from 127.0.0.1"));
  held.with([](auto& replies) { replies.clear(); });
}

}  // namespace
}  // namespace gossamer::http
