// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <unistd.h>

#include "executors/supervisor/attempt_log.hpp"
#include "executors/supervisor/report.hpp"
#include "executors/supervisor/spec.hpp"

namespace gossamer::supervisor {
namespace {

using ::testing::HasSubstr;

Spec full_spec() {
  Spec spec;
  spec.attempt = "att_1";
  spec.folder = "/state/runs/r/s/a";
  spec.done = "/state/done";
  spec.tombstones = "/state/tombstones";
  spec.workdir = "/w";
  spec.argv = {"/bin/sh", "-c", "a=b\nline two", ""};
  spec.environment = {"PATH=/bin", "X=a=b"};
  spec.secrets = {"s3cret"};
  spec.sync = {"/w/out"};
  spec.engine_pid = 4;
  spec.timeout_us = 5;
  spec.grace_us = 6;
  spec.log_bytes_max = 7;
  return spec;
}

TEST(Spec, ComesBackAsItWas) {
  const auto read = decode(encode(full_spec()));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), encode(full_spec()));
  EXPECT_EQ(read->argv, full_spec().argv);
  EXPECT_EQ(read->environment, full_spec().environment);
  EXPECT_EQ(read->timeout_us, 5);
}

TEST(Spec, OneThatIsCutOffOrForeignIsRefused) {
  const std::string whole = encode(full_spec());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode(std::string_view(whole).substr(0, size))) << size;
  }
  using namespace std::string_literals;
  EXPECT_FALSE(decode("unknown=1\0end=\0"s));
  EXPECT_FALSE(decode("timeout_us=soon\0end=\0"s));
  EXPECT_FALSE(decode("no equals\0end=\0"s));
  EXPECT_FALSE(decode(whole + "more=1\0"s));
}

// What a log holds after these pieces.
struct LogTest : ::testing::Test {
  int file = ::memfd_create("log", MFD_CLOEXEC);
  ~LogTest() override { ::close(file); }

  std::string written(const std::vector<std::string>& pieces, std::uint64_t bytes_max,
                      std::vector<std::string> secrets = {}) {
    AttemptLog log(file, bytes_max, std::move(secrets));
    for (const std::string& piece : pieces)
      log.take(piece);
    log.finish();
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    EXPECT_EQ(::pread(file, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    EXPECT_EQ(::ftruncate(file, 0), 0);
    ::lseek(file, 0, SEEK_SET);
    return text;
  }
};

TEST_F(LogTest, WhatFitsIsKeptWhole) {
  EXPECT_EQ(written({"a", "b\n", "c"}, 100), "ab\nc");
  EXPECT_EQ(written({std::string(100, 'x')}, 100), std::string(100, 'x'));
}

TEST_F(LogTest, WhatIsOverKeepsItsBeginningAndItsEnd) {
  std::vector<std::string> pieces;
  for (int number = 0; number < 1000; ++number)
    pieces.push_back(std::to_string(number) + "\n");
  const std::string text = written(pieces, 40);
  EXPECT_TRUE(text.starts_with("0\n1\n2\n")) << text;
  EXPECT_TRUE(text.ends_with("\n998\n999\n")) << text;
  // 3890 bytes came; 30 are kept of the beginning and 10 of the end.
  EXPECT_THAT(text, HasSubstr("3850 bytes are left out here, the last 10 bytes follow"));
}

TEST_F(LogTest, SecretsAreReplacedHoweverTheyArrive) {
  const std::vector<std::string> secrets{"hunter2", "hunter2-long", "abab"};
  const std::string text = "x hunter2 y hunter2-long z ababab hunter hunt";
  const std::string expected = "x *** y *** z ***ab hunter hunt";
  EXPECT_EQ(written({text}, 1000, secrets), expected);
  std::vector<std::string> letters;
  for (const char letter : text)
    letters.emplace_back(1, letter);
  EXPECT_EQ(written(letters, 1000, secrets), expected);
}

TEST_F(LogTest, AShortSecretWouldGarbleWordsAndIsLeftAlone) {
  EXPECT_EQ(written({"a cat"}, 1000, {"a"}), "a cat");
}

TEST_F(LogTest, ADiskThatIsFullIsRememberedAndStopsNobody) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  AttemptLog log(full, 1000, {});
  log.take("some text");
  log.take("more");
  log.finish();
  EXPECT_EQ(log.error(), ENOSPC);
  EXPECT_EQ(log.bytes_written(), 0U);
  EXPECT_GE(log.bytes_dropped(), 13U);
  ::close(full);
}

TEST(Report, IsJsonWhateverTheMessageHolds) {
  Report report;
  report.attempt = "att_1";
  report.ending = Ending::exited;
  report.message = "a \"b\" \\ \n \xff";
  EXPECT_EQ(to_json(report),
            R"({"schema":1,"from":"supervisor","attempt":"att_1","ending":"exited","exit_code":0,)"
            R"("signal":0,"error":0,"message":"a \"b\" \\ \u000a ?","left_behind":0,"log_bytes":0,)"
            R"("log_bytes_dropped":0,"user_us":0,"system_us":0,"peak_memory_bytes":0})"
            "\n");
}

}  // namespace
}  // namespace gossamer::supervisor
