// SPDX-License-Identifier: Apache-2.0
#include "base/http/message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/http/client.hpp"
#include "base/http/server.hpp"

namespace gossamer::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Target, IsDecodedPartByPart) {
  const auto target = parse_target("/a%20b/c+d?x=1%2B1&y=a+b&z&x=2");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c+d");
  EXPECT_THAT(target->query, ElementsAre(Pair("x", "2"), Pair("y", "a b"), Pair("z", "")));
}

TEST(Target, RefusesWhatWouldLeadElsewhereOrIsBroken) {
  for (const auto* text : {"", "a", "http://h/", "/a/../b", "/%2e%2e/x", "/.", "/a%2Fb", "/a%00b",
                           "/a%zz", "/a%4", "/a%", "/%ff", "/?q=%ff", "*"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().kind, ErrorKind::invalid_input) << text;
  }
}

TEST(Target, ComesBackAsItWasFormatted) {
  const std::map<std::string, std::string> query{{"sql", "select 1 + 2 & 'é'"}, {"n", ""}};
  const auto target = parse_target(format_target("/tables/a b@c:1", query));
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/tables/a b@c:1");
  EXPECT_EQ(target->query, query);
}

TEST(Request, FindsACookieAmongOthers) {
  Request request;
  request.headers["cookie"] = "a=1; session=x=y; b=2";
  EXPECT_EQ(request.cookie("session"), "x=y");
  EXPECT_EQ(request.cookie("b"), "2");
  EXPECT_EQ(request.cookie("sess"), "");
}

TEST(Origin, IsAHostAndAPort) {
  const auto plain = parse_origin("http://localhost:8787/");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "localhost");
  EXPECT_EQ(plain->port, "8787");
  const auto six = parse_origin("http://[::1]:1");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(parse_origin("http://h")->port, "80");
  EXPECT_EQ(plain->scheme, Scheme::http);
  const auto secure = parse_origin("https://h");
  ASSERT_TRUE(secure);
  EXPECT_EQ(secure->port, "443");
  EXPECT_EQ(secure->scheme, Scheme::https);
  for (const auto* url :
       {"ftp://h:1", "h:1", "http://", "http://h:x", "https://h/p", "https://a@h"}) {
    EXPECT_FALSE(parse_origin(url)) << url;
  }
}

TEST(Origin, IsWrittenWithoutAPortThatGoesWithoutSaying) {
  for (const auto* url : {"http://h:8787", "https://h", "http://h", "http://[::1]:1"}) {
    EXPECT_THAT(url, testing::EndsWith("//" + to_string(parse_origin(url).value())));
  }
  EXPECT_EQ(to_string(Origin{"h", "443"}), "h:443");
}

TEST(Address, IsAnOriginAndWhatStandsBehindIt) {
  const auto hook = parse_address("http://localhost:8787/hooks/a%20b?token=x%26y");
  ASSERT_TRUE(hook) << hook.error().describe();
  EXPECT_EQ(hook->origin.host, "localhost");
  EXPECT_EQ(hook->origin.port, "8787");
  EXPECT_EQ(hook->target.path, "/hooks/a b");
  EXPECT_EQ(hook->target.query, (std::map<std::string, std::string>{{"token", "x&y"}}));
  EXPECT_EQ(parse_address("http://h?x=1")->target.path, "/");
  EXPECT_EQ(parse_address("http://[::1]")->origin.host, "::1");
  for (const auto* url : {"", "ftp://h/x", "http:///x", "http://h:p/x", "https://u:secret@h/x",
                          "http://h/../x", "http://h/%zz"}) {
    const auto wrong = parse_address(url);
    ASSERT_FALSE(wrong) << url;
    EXPECT_EQ(wrong.error().message.find("secret"), std::string::npos);
  }
}

TEST(Loopback, IsKnownByItsAddress) {
  EXPECT_TRUE(*is_loopback("127.0.0.1"));
  EXPECT_TRUE(*is_loopback("::1"));
  EXPECT_FALSE(*is_loopback("0.0.0.0"));
  EXPECT_FALSE(is_loopback("localhost"));
}

}  // namespace
}  // namespace gossamer::http
