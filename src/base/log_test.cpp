// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace gossamer {
namespace {

class LogFile : public testing::Test {
 protected:
  Log open(LogForm form, LogLevel least = LogLevel::info) const {
    return Log::to_file(clock_, path_, least, form).value();
  }
  std::string content() const { return read_file(path_).value(); }

  ManualClock clock_{parse_instant("2026-11-22T04:30:00Z").value()};
  TemporaryFolder folder_ = TemporaryFolder::make().value();
  fs::path path_ = folder_.path() / "log";
};

TEST_F(LogFile, TextLinesHaveTimeLevelMessageAndFields) {
  const Log log = open(LogForm::text);
  log.info("run started", {{"run", "run_1"}, {"rows", 12}, {"name", "two words"}, {"none", ""}});
  log.warning("slow");
  EXPECT_EQ(content(),
            "2026-11-22T04:30:00.000000Z info    run started run=run_1 rows=12 name=\"two words\" "
            "none=\"\"\n"
            "2026-11-22T04:30:00.000000Z warning slow\n");
}

TEST_F(LogFile, JsonLinesParse) {
  const Log log = open(LogForm::json).with({"run", "run_1"});
  log.error("failed\n\"badly\"", {{"error", invalid_input("no", Position{"a", 1, 2}).error()}});
  const Json line = parse_json(content(), "log").value();
  EXPECT_EQ(line, (Json{{"at", "2026-11-22T04:30:00.000000Z"},
                        {"level", "error"},
                        {"message", "failed\n\"badly\""},
                        {"run", "run_1"},
                        {"error", "a:1:2: no"}}));
}

TEST_F(LogFile, ALineStaysOneLine) {
  open(LogForm::text).info("a\nb", {{"key", "c\nd"}, {"bytes", "\xFF"}});
  EXPECT_EQ(split(content(), '\n').size(), 2U);
  EXPECT_NE(content().find(R"(a\nb key="c\nd")"), std::string::npos);
}

TEST_F(LogFile, LeavesOutWhatIsBelowTheLeastLevel) {
  const Log log = open(LogForm::text, LogLevel::warning);
  log.debug("no");
  log.info("no");
  log.warning("yes");
  EXPECT_EQ(content(), "2026-11-22T04:30:00.000000Z warning yes\n");
}

TEST_F(LogFile, MasksSecretsInCopiesToo) {
  const Log log = open(LogForm::text);
  const Log copy = log.with({"user", "hunter22"});
  log.mask("hunter2");
  log.mask("hunter22");
  log.mask("a\"b\nc");
  log.mask("abc");
  copy.info("password hunter2 and hunter22", {{"quoted", "a\"b\nc"}, {"short", "abc"}});
  EXPECT_EQ(content(),
            "2026-11-22T04:30:00.000000Z info    password *** and *** user=*** quoted=\"***\" "
            "short=abc\n");
}

TEST_F(LogFile, ThreadsDoNotMixTheirLines) {
  const Log log = open(LogForm::text);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 100; ++i)
        log.info("line", {{"i", i}});
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  const auto lines = split(content(), '\n');
  EXPECT_EQ(lines.size(), 401U);
  for (const std::string& line : lines)
    EXPECT_TRUE(line.empty() || line.starts_with("2026-11-22T04:30:00.000000Z info    line i="));
}

TEST_F(LogFile, AppendsAndSaysWhereItCannot) {
  open(LogForm::text).info("one");
  open(LogForm::text).info("two");
  EXPECT_EQ(split(content(), '\n').size(), 3U);
  const auto missing = Log::to_file(clock_, "/dev/null/log", LogLevel::info);
  EXPECT_EQ(missing.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(missing.error().message.substr(0, 36), "cannot write the log /dev/null/log: ");
}

TEST(Log, TheDefaultOneWritesNothing) {
  const Log log = Log().with({"a", 1});
  log.error("nobody hears this");
  log.mask("secret");
}

TEST(Log, ReadsLevels) {
  EXPECT_EQ(parse_log_level("warning").value(), LogLevel::warning);
  EXPECT_EQ(parse_log_level("loud").error().message,
            "`loud` is no log level; there are debug, info, warning and error");
}

}  // namespace
}  // namespace gossamer
