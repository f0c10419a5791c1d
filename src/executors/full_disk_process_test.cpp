// SPDX-License-Identifier: Apache-2.0
// A disk that is full: a small tmpfs, mounted by the test. Needs the right to mount.
#include <gmock/gmock.h>
#include <sys/mount.h>

#include "executors/testing/attempts.hpp"

namespace gossamer::executors {
namespace {

using orchestration::AttemptOrder;
using orchestration::AttemptResult;
using orchestration::AttemptStatus;
using orchestration::FailureClass;
using ::testing::HasSubstr;

class FullDiskTest : public testing::DispatchTest {
 protected:
  void SetUp() override {
    folder_.emplace(*TemporaryFolder::make());
    disk_ = folder_->path() / "disk";
    ASSERT_TRUE(make_folders(disk_));
    if (::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=256k") != 0) {
      GTEST_SKIP() << "this user may not mount a small tmpfs: " << ::strerror(errno);
    }
    start_at(disk_ / ".gossamer");
  }

  void TearDown() override {
    testing::DispatchTest::TearDown();
    ::umount2(disk_.c_str(), MNT_DETACH);
  }

  void fill() const {
    const FileDescriptor file = *open_file(disk_ / "filler", O_WRONLY | O_CREAT);
    for (const std::size_t size : {std::size_t{4096}, std::size_t{1}}) {
      const std::string block(size, 'x');
      while (::write(file.number(), block.data(), size) > 0) {
      }
    }
  }

  fs::path disk_;
};

TEST_F(FullDiskTest, ALogThatFillsTheDiskCostsLogLinesAndNothingElse) {
  const AttemptOrder command = shell("head -c 1000000 /dev/zero | tr '\\0' x; echo over > $D/side");
  const AttemptResult result = run(command);
  EXPECT_EQ(result.status, AttemptStatus::succeeded) << result.failure->message;
  EXPECT_EQ(content("side"), "over\n");
  EXPECT_GT(log_of(command).size(), 1000U);
}

TEST_F(FullDiskTest, AFailureIsReportedOnADiskThatFilledUpMeanwhile) {
  const AttemptResult result = run(shell("head -c 1000000 /dev/zero; exit 3"));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::exit_code);
  EXPECT_EQ(result.failure->exit_code, 3);
  EXPECT_THAT(result.failure->message, HasSubstr("No space left on device"));
}

TEST_F(FullDiskTest, AnAttemptThatFindsNoRoomIsUnavailableAndRunsLater) {
  fill();
  const AttemptResult result = run(shell("echo ran >> $D/side"));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->failure, FailureClass::unavailable) << result.failure->message;
  EXPECT_EQ(content("side"), "<no file>");
  ASSERT_TRUE(remove_tree(disk_ / "filler"));
  EXPECT_EQ(run(shell("echo ran >> $D/side")).status, AttemptStatus::succeeded);
  EXPECT_EQ(content("side"), "ran\n");
}

}  // namespace
}  // namespace gossamer::executors
