// SPDX-License-Identifier: Apache-2.0
#include "executors/notify/event_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/text.hpp"

namespace gossamer::executors {
namespace {

class Counting final : public orchestration::Notifier {
 public:
  Result<void> send(const RunId&, const std::string&, const orchestration::Notify&) override {
    ++sent;
    return {};
  }
  int sent = 0;
};

class EventLogTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path file() const { return folder_.path() / "events.jsonl"; }
  EventLog open() { return {file(), "/w", next_}; }
  [[nodiscard]] std::vector<Json> events() const {
    std::vector<Json> events;
    const auto text = read_file(file()).value_or("");
    for (const auto& line : split(text, '\n')) {
      if (!line.empty()) events.push_back(parse_json(std::string(line), "line").value());
    }
    return events;
  }
  static orchestration::Notify late() {
    return {.kind = "late",
            .target = {{"slack", "#a"}},
            .content = {{"pipeline", "p"},
                        {"partition", "day=2026-11-22"},
                        {"what", "run"},
                        {"time", "2026-11-22T12:00:00.000000Z"}}};
  }

  TemporaryFolder folder_ = TemporaryFolder::make().value();
  Counting next_;
  RunId run_;
};

TEST_F(EventLogTest, WritesEachEventOnceAfterARestartToo) {
  auto log = open();
  ASSERT_TRUE(log.send(run_, "run_1/a", late()));
  ASSERT_TRUE(log.send(run_, "run_1/a", late()));
  auto next = open();
  ASSERT_TRUE(next.send(run_, "run_1/a", late()));
  ASSERT_TRUE(next.send(run_, "run_1/b", late()));
  const auto found = events();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at("specversion"), "1.0");
  EXPECT_EQ(found[0].at("id"), "run_1/a");
  EXPECT_EQ(found[0].at("source"), "/w");
  EXPECT_EQ(found[0].at("type"), "gossamer.run.late");
  EXPECT_EQ(found[0].at("subject"), "p/day=2026-11-22");
  EXPECT_EQ(found[0].at("time"), "2026-11-22T12:00:00.000000Z");
  EXPECT_EQ(found[0].at("data").at("what"), "run");
  EXPECT_EQ(found[0].at("data").at("target"), (Json{{"slack", "#a"}}));
  EXPECT_EQ(found[1].at("id"), "run_1/b");
  EXPECT_EQ(next_.sent, 4);
}

TEST_F(EventLogTest, ReplacesWhatIsNoUtf8) {
  auto log = open();
  auto message = late();
  message.content["error"] = "a program said \xff";
  ASSERT_TRUE(log.send(run_, "run_1/a", message));
  ASSERT_EQ(events().size(), 1U);
  EXPECT_NE(events()[0].dump().find("a program said \xEF\xBF\xBD"), std::string::npos);
}

// Before and after a restart.
TEST_F(EventLogTest, KnowsSoManyOfTheLastEvents) {
  EventLog log(file(), "/w", next_, 2);
  for (const char* key : {"run_1/a", "run_1/b", "run_1/c", "run_1/b"})
    ASSERT_TRUE(log.send(run_, key, late()));
  EXPECT_EQ(events().size(), 3U);
  EventLog next(file(), "/w", next_, 2);
  for (const char* key : {"run_1/c", "run_1/b", "run_1/a"})
    ASSERT_TRUE(next.send(run_, key, late()));
  ASSERT_EQ(events().size(), 4U);
  EXPECT_EQ(events()[3].at("id"), "run_1/a") << "forgotten, so written again";
}

TEST_F(EventLogTest, HalfALineIsWrittenAnew) {
  ASSERT_TRUE(write_file_durably(
      file(), "{\"id\":\"run_1/a\"}\nnot ours\n{\"id\":5}\n{\"id\":\"run_1/b\""));
  auto log = open();
  ASSERT_TRUE(log.send(run_, "run_1/a", late()));
  ASSERT_TRUE(log.send(run_, "run_1/b", late()));
  const auto text = read_file(file()).value();
  EXPECT_TRUE(text.starts_with("{\"id\":\"run_1/a\"}\nnot ours\n{\"id\":5}\n{")) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), 4);
}

}  // namespace
}  // namespace gossamer::executors
