// SPDX-License-Identifier: Apache-2.0
// What a pipeline tells a webhook, by real processes: each event once, after a restart too, and the
// secret in its address nowhere but in the request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/guarded.hpp"
#include "base/http/server.hpp"
#include "tests/support/server.hpp"

namespace gossamer::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Hooked : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(listener_.start());
    workspace_.write("gossamer.yaml",
                     "workspace: hooked\n"
                     "timezone: UTC\n"
                     "secrets: { hook: { file: token } }\n");
    workspace_.write("token", "s3cret\n");
    workspace_.write(
        "pipelines/p.yaml",
        fmt::format("pipeline: p\n"
                    "parameters: {{ code: {{ type: integer, default: 0 }} }}\n"
                    "notify:\n"
                    "  succeeded: {{ webhook: \"{0}\" }}\n"
                    "  failed: {{ webhook: \"{0}\" }}\n"
                    "  recovered: {{ webhook: \"{0}\" }}\n"
                    "steps:\n"
                    "  work: {{ command: {{ argv: [/bin/sh, -c, \"exit $0\", "
                    "\"${{params.code}}\"] }} }}\n",
                    fmt::format("http://127.0.0.1:{}/${{secrets.hook}}", listener_.port())));
    const auto applied = workspace_.run({"apply"});
    ASSERT_EQ(applied.exit_code, 0) << applied.err;
  }
  // The kinds of all events, once there are so many.
  [[nodiscard]] std::vector<std::string> kinds(std::size_t count) {
    EXPECT_TRUE(got_.wait_for(std::chrono::seconds(60),
                              [&](const auto& got) { return got.size() >= count; }));
    std::vector<std::string> kinds;
    got_.with([&](const auto& got) {
      for (const auto& request : got)
        kinds.push_back(
            parse_json(request.body, "event").value().at("type").template get<std::string>());
    });
    return kinds;
  }

  Guarded<std::vector<http::Request>> got_;
  http::Server listener_{http::ServerOptions{"127.0.0.1", 0, {}},
                         [this](http::Request request, http::Reply reply) {
                           got_.change([&](auto& got) { got.push_back(std::move(request)); });
                           reply(http::Response{204, {}, {}, nullptr});
                         }};
  Workspace workspace_;
};

TEST_F(Hooked, HearsOfEachEventOnce) {
  auto server = serve(workspace_);
  EXPECT_EQ(workspace_.run({"run", "p", "--param", "code=3"}).exit_code, 1);
  EXPECT_THAT(kinds(1), ElementsAre("gossamer.run.failed"));
  stop(server);
  auto next = serve(workspace_);
  EXPECT_EQ(workspace_.run({"run", "p"}).exit_code, 0);
  EXPECT_THAT(kinds(3), ElementsAre("gossamer.run.failed", "gossamer.run.succeeded",
                                    "gossamer.run.recovered"));
  stop(next);
  got_.with([](const auto& got) {
    EXPECT_EQ(got.size(), 3U);
    for (const auto& request : got)
      EXPECT_EQ(request.path, "/s3cret");
  });
  for (const char* file : {"events.jsonl", "engine.log"}) {
    const auto text = read_file(workspace_.folder() / ".gossamer" / file);
    ASSERT_TRUE(text) << file;
    EXPECT_THAT(*text, Not(HasSubstr("s3cret"))) << file;
  }
}

TEST_F(Hooked, ASecretThatNobodyDeclaresIsAnError) {
  workspace_.write("gossamer.yaml", "workspace: hooked\ntimezone: UTC\n");
  const auto refused = workspace_.run({"validate"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err + refused.out, HasSubstr("gossamer.yaml declares no secret `hook`"));
}

}  // namespace
}  // namespace gossamer::test
