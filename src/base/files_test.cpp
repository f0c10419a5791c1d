// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"

#include <csignal>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gossamer {
namespace {

class Files : public testing::Test {
 protected:
  fs::path at(std::string_view name) const { return folder_.path() / name; }
  void put(std::string_view name, std::string_view bytes) const {
    ASSERT_TRUE(write_file_durably(at(name), bytes).has_value());
  }
  std::string get(std::string_view name) const { return read_file(at(name)).value(); }

  TemporaryFolder folder_ = TemporaryFolder::make().value();
};

TEST_F(Files, WritesReadsAndReplaces) {
  put("a", "one");
  put("a", std::string(300'000, 'x'));
  EXPECT_EQ(get("a"), std::string(300'000, 'x'));
  put("a", "");
  EXPECT_EQ(get("a"), "");
  EXPECT_EQ(list_folder(folder_.path()).value(), std::vector<std::string>{"a"});
}

TEST_F(Files, TheModeIsAsAskedWhateverTheUmask) {
  const mode_t before = ::umask(0077);
  ASSERT_TRUE(write_file_durably(at("a"), "x", 0640).has_value());
  ::umask(before);
  EXPECT_EQ(static_cast<int>(fs::status(at("a")).permissions()), 0640);
}

TEST_F(Files, ReadsFilesThatDoNotKnowTheirSize) {
  EXPECT_NE(read_file("/proc/self/status").value().find("VmRSS"), std::string::npos);
}

TEST_F(Files, RefusesToReadMoreThanTheLimit) {
  put("a", "12345");
  EXPECT_EQ(read_file(at("a"), 5).value(), "12345");
  EXPECT_EQ(read_file(at("a"), 4).error().message,
            "cannot read " + at("a").string() + ": it has more than 4 bytes");
  EXPECT_EQ(read_file("/proc/self/status", 10).error().kind, ErrorKind::invalid_input);
}

TEST_F(Files, MissingFilesAndFoldersAreNamed) {
  const auto missing = read_file(at("none"));
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_EQ(missing.error().message,
            "cannot open " + at("none").string() + ": No such file or directory");
  EXPECT_EQ(write_file_durably(at("none/a"), "x").error().message,
            "cannot create a file beside " + at("none/a").string() + ": No such file or directory");
  EXPECT_EQ(list_folder(at("none")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(read_file(folder_.path()).error().message,
            "cannot read " + folder_.path().string() + ": Is a directory");
}

TEST_F(Files, AFullDiskIsUnavailableAndSaysWhatToDo) {
  const FileDescriptor full = open_file("/dev/full", O_WRONLY).value();
  const auto written = write_all(full, "x", "/data/x");
  EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(written.error().message,
            "cannot write /data/x: No space left on device; free some and repeat");
}

TEST_F(Files, AFailedWriteLeavesTheOldContentAndNothingElse) {
  put("a", "old");
  // A limit on file sizes makes write(2) fail half-way as a full disk would; it binds the whole
  // process, so a child takes it on.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto written = write_file_durably(at("a"), std::string(5000, 'x'));
    const bool right =
        !written && written.error().kind == ErrorKind::unavailable &&
        written.error().message == "cannot write " + at("a").string() + ": File too large";
    ::_exit(right ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(get("a"), "old");
  EXPECT_EQ(list_folder(folder_.path()).value(), std::vector<std::string>{"a"});
}

TEST_F(Files, DescriptorsAreCloseOnExecAndClosedOnce) {
  put("a", "x");
  FileDescriptor file = open_file(at("a"), O_RDONLY).value();
  const FileDescriptor copy = file.duplicate().value();
  EXPECT_EQ(::fcntl(file.number(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(copy.number(), F_GETFD), FD_CLOEXEC);
  const int number = file.number();
  const FileDescriptor moved = std::move(file);
  EXPECT_EQ(moved.number(), number);
  FileDescriptor other = open_file(at("a"), O_RDONLY).value();
  const int closed = other.number();
  other = FileDescriptor();
  EXPECT_EQ(::fcntl(closed, F_GETFD), -1);
}

TEST_F(Files, MakesAndRemovesFolders) {
  ASSERT_TRUE(make_folders(at("a/b/c")).has_value());
  ASSERT_TRUE(make_folders(at("a/b/c")).has_value());
  put("a/b/c/file", "x");
  fs::create_directory_symlink(folder_.path(), at("a/b/link"));
  put("keep", "x");
  ASSERT_TRUE(remove_tree(at("a")).has_value());
  ASSERT_TRUE(remove_tree(at("a")).has_value());
  EXPECT_FALSE(path_exists(at("a")).value());
  EXPECT_TRUE(path_exists(at("keep")).value());
  const auto blocked = make_folders(at("keep"));
  EXPECT_EQ(blocked.error().kind, ErrorKind::conflict);
  EXPECT_EQ(blocked.error().message,
            "cannot create the folder " + at("keep").string() + ": a file is in the way");
  EXPECT_EQ(make_folders(at("keep/x")).error().kind, ErrorKind::conflict);
}

TEST_F(Files, ExchangesTwoPaths) {
  put("left", "l");
  put("right", "r");
  ASSERT_TRUE(exchange(at("left"), at("right")).has_value());
  EXPECT_EQ(get("left"), "r");
  EXPECT_EQ(get("right"), "l");
  ASSERT_TRUE(exchange_by_renames(at("left"), at("right")).has_value());
  EXPECT_EQ(get("left"), "l");
  EXPECT_EQ(get("right"), "r");
  EXPECT_EQ(list_folder(folder_.path()).value(), (std::vector<std::string>{"left", "right"}));
}

TEST_F(Files, AnExchangeWithNothingChangesNothing) {
  put("left", "l");
  EXPECT_EQ(exchange(at("left"), at("none")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(exchange_by_renames(at("left"), at("none")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(exchange_by_renames(at("none"), at("left")).error().kind, ErrorKind::not_found);
  EXPECT_EQ(get("left"), "l");
}

TEST_F(Files, LinksOrCopies) {
  put("a", "content");
  EXPECT_EQ(link_or_copy(at("a"), at("b")).value(), LinkWay::linked);
  EXPECT_EQ(get("b"), "content");
  EXPECT_EQ(link_or_copy(at("a"), at("b")).error().kind, ErrorKind::conflict);
  EXPECT_EQ(link_or_copy(at("none"), at("c")).error().kind, ErrorKind::not_found);
}

TEST_F(Files, CopiesAcrossFileSystems) {
  const fs::path other = "/dev/shm";
  struct stat here{};
  struct stat there{};
  if (::stat(other.c_str(), &there) != 0 || ::access(other.c_str(), W_OK) != 0 ||
      ::stat(folder_.path().c_str(), &here) != 0 || here.st_dev == there.st_dev) {
    GTEST_SKIP() << "there is no second file system at /dev/shm";
  }
  put("a", "content");
  const fs::path to = other / folder_.path().filename();
  EXPECT_EQ(link_or_copy(at("a"), to).value(), LinkWay::copied);
  EXPECT_EQ(read_file(to).value(), "content");
  EXPECT_EQ(link_or_copy(at("a"), to).error().kind, ErrorKind::conflict);
  ASSERT_TRUE(remove_tree(to).has_value());
}

TEST_F(Files, KnowsFileSystems) {
  const FileSystemType type = file_system_of("/dev").value();
  EXPECT_FALSE(type.is_network);
  EXPECT_FALSE(type.name.empty());
  EXPECT_EQ(file_system_of(at("none")).error().kind, ErrorKind::not_found);
}

TEST_F(Files, ALockIsHeldOnceAndEndsWithItsLastDescriptor) {
  auto first = FileLock::try_lock(at("lock")).value();
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(FileLock::try_lock(at("lock")).value().has_value());
  FileDescriptor copy = first->descriptor().duplicate().value();
  first.reset();
  EXPECT_FALSE(FileLock::try_lock(at("lock")).value().has_value());
  const FileLock adopted = FileLock::adopt(std::move(copy));
  EXPECT_FALSE(FileLock::try_lock(at("lock")).value().has_value());
}

TEST_F(Files, ALockOfADeadProcessIsFree) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto held = FileLock::try_lock(at("lock"));
    ::_exit(held && held->has_value() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(FileLock::lock(at("lock")).has_value());
  EXPECT_EQ(FileLock::try_lock(at("none/lock")).error().kind, ErrorKind::not_found);
}

TEST(TemporaryFolder, IsRemovedWithItsContent) {
  fs::path path;
  {
    TemporaryFolder first = TemporaryFolder::make("x").value();
    const TemporaryFolder folder = std::move(first);
    path = folder.path();
    ASSERT_TRUE(make_folders(path / "deep").has_value());
  }
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace gossamer
