// SPDX-License-Identifier: Apache-2.0
// A store on a small tmpfs that really fills up, and one in a folder that really refuses writing.
// Both need the right to mount; without it they say so and are skipped.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <array>

#include "base/files.hpp"
#include "store/conformance/sample.hpp"
#include "store/sqlite/store.hpp"

namespace gossamer::store::sqlite {
namespace {

using conformance::must;
using conformance::Sample;
using orchestration::Transition;
using testing::HasSubstr;

class RealDisk : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryFolder::make("disk");
    ASSERT_TRUE(made);
    folder_.emplace(*std::move(made));
    if (::mount("tmpfs", folder_->path().c_str(), "tmpfs", 0, "size=2m") != 0) {
      GTEST_SKIP() << "a small tmpfs cannot be mounted here: "
                   << system_error(errno, "mount", folder_->path()).message;
    }
    is_mounted_ = true;
  }
  void TearDown() override {
    if (is_mounted_) ::umount2(folder_->path().c_str(), MNT_DETACH);
  }
  [[nodiscard]] fs::path file() const { return folder_->path() / "state.db"; }
  std::unique_ptr<Store> open(Purpose purpose = Purpose::drive) {
    return must(Store::open(file(), purpose, Sample::reader()));
  }
  std::unique_ptr<Store> prepared() {
    auto store = open();
    must(store->definition_store().activate(Sample::stored_definition(),
                                            Sample::note("definition.apply", "x")));
    return store;
  }
  Transition audited_run() {
    Transition made = sample_.created();
    made.after_run.params = {{"text", std::string(20'000, 'x')}};
    made.audit = {Sample::note("run.start", made.run.value())};
    return made;
  }

  Sample sample_;
  std::optional<TemporaryFolder> folder_;
  bool is_mounted_ = false;
};

TEST_F(RealDisk, AFullOneFailsCommitsLosesNothingAndGoesOnOnceThereIsRoom) {
  const fs::path ballast = folder_->path() / "ballast";
  must(write_file_durably(ballast, std::string(900'000, 'x')));
  auto store = prepared();
  std::size_t committed = 0;
  Result<void> last;
  Transition refused;
  while (last && committed < 1000) {
    refused = audited_run();
    last = store->runs().commit(std::array{refused}, {});
    if (last) ++committed;
  }
  ASSERT_FALSE(last) << "2 MB never filled up";
  EXPECT_EQ(last.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(last.error().describe(), HasSubstr("full"));

  const auto whole = [&](std::size_t runs) {
    EXPECT_EQ(must(store->runs().load_open()).size(), runs);
    const auto report = must(access::verify_store(store->audit(), std::nullopt));
    EXPECT_FALSE(report.fault) << report.fault->reason;
    EXPECT_EQ(report.entries, static_cast<std::int64_t>(runs) + 1);
  };
  whole(committed);
  must(remove_tree(ballast));
  must(store->runs().commit(std::array{refused}, {}));
  whole(committed + 1);
  store.reset();
  store = open();
  whole(committed + 1);
  must(store->connections().check_integrity());
}

TEST_F(RealDisk, OneThatCannotBeWrittenIsNotDrivenAndSaysSo) {
  const Transition made = audited_run();
  {
    must(prepared()->runs().commit(std::array{made}, {}));
  }
  ASSERT_EQ(::mount(nullptr, folder_->path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  const auto driven = Store::open(file(), Purpose::drive, Sample::reader());
  ASSERT_FALSE(driven);
  EXPECT_TRUE(driven.error().kind == ErrorKind::unavailable ||
              driven.error().kind == ErrorKind::denied);
  EXPECT_THAT(driven.error().describe(), HasSubstr("for writing"));
  EXPECT_THAT(driven.error().describe(), HasSubstr(file().string()));
  // Nor looked at: SQLite would need its two files beside it.
  const auto looked = Store::open(file(), Purpose::look, Sample::reader());
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(looked.error().describe(), HasSubstr("cannot read the workspace's state"));
}

}  // namespace
}  // namespace gossamer::store::sqlite
