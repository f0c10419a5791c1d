// SPDX-License-Identifier: Apache-2.0
// A store on a disk that is full, that cannot be written, or whose file was damaged.
#include <gmock/gmock.h>

#include <array>
#include <fstream>

#include "base/files.hpp"
#include "store/conformance/sample.hpp"
#include "store/sqlite/store.hpp"

namespace gossamer::store::sqlite {
namespace {

using conformance::must;
using conformance::Sample;
using orchestration::Transition;
using testing::HasSubstr;

class StoreFile : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryFolder::make("store");
    ASSERT_TRUE(made);
    folder_.emplace(*std::move(made));
  }
  [[nodiscard]] fs::path file() const { return folder_->path() / "state.db"; }
  Result<std::unique_ptr<Store>> open(Purpose purpose = Purpose::drive) {
    return Store::open(file(), purpose, Sample::reader());
  }
  // A store with the sample's definition and one run.
  std::unique_ptr<Store> prepared() {
    auto store = must(open());
    must(store->definition_store().activate(Sample::stored_definition(),
                                            Sample::note("definition.apply", "x")));
    first_ = sample_.created();
    must(store->runs().commit(std::array{first_}, {}));
    return store;
  }
  Error not_opened(Purpose purpose) {
    auto opened = open(purpose);
    EXPECT_FALSE(opened) << "the store was opened";
    return opened ? Error() : opened.error();
  }
  void raw(std::string_view script) {
    auto database = sql::Database::open(file());
    ASSERT_TRUE(database) << database.error().describe();
    must(database->run_script(script));
  }

  Sample sample_;
  Transition first_;
  std::optional<TemporaryFolder> folder_;
};

// The disk is full where SQLite may use no page more: PRAGMA max_page_count.
TEST_F(StoreFile, FullDiskFailsACommitAndLosesNothing) {
  auto store = prepared();
  const auto limit_pages = [&](const std::string& pages) {
    must(store->connections().write([&](const Session& session) {
      return session.database().run_script("PRAGMA max_page_count=" + pages);
    }));
  };
  limit_pages("1");  // SQLite raises it to the pages that there are
  Transition large = sample_.next(first_);
  large.after_run.params = {{"text", std::string(1'000'000, 'x')}};
  Transition other = sample_.created();
  other.audit = {Sample::note("run.start", "y")};
  const auto committed = store->runs().commit(std::array{other, large}, {});
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(committed.error().describe(), HasSubstr("disk is full"));

  EXPECT_EQ(must(store->runs().load(first_.run)).revision, 1U);
  EXPECT_EQ(must(store->runs().load_open()).size(), 1U);
  EXPECT_EQ(must(access::verify_store(store->audit(), std::nullopt)).entries, 1);

  limit_pages("1000000");
  must(store->runs().commit(std::array{other, large}, {}));
  store = must(open());
  EXPECT_EQ(must(store->runs().load(first_.run)).params, large.after_run.params);
  EXPECT_EQ(must(access::verify_store(store->audit(), std::nullopt)).entries, 2);
}

TEST_F(StoreFile, RefusesAFileOfANewerProgram) {
  prepared();
  raw("PRAGMA user_version=9999");
  for (const Purpose purpose : {Purpose::drive, Purpose::look}) {
    const Error error = not_opened(purpose);
    EXPECT_EQ(error.kind, ErrorKind::invalid_input);
    EXPECT_THAT(error.describe(), HasSubstr("newer than this program"));
  }
}

TEST_F(StoreFile, DoesNotLookAtAFileThatIsStillToBeMigrated) {
  prepared();
  raw("PRAGMA user_version=3");
  EXPECT_EQ(not_opened(Purpose::look).kind, ErrorKind::unavailable);
}

TEST_F(StoreFile, SaysThatNothingWasAppliedWhereThereIsNothingToLookAt) {
  const Error error = not_opened(Purpose::look);
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_THAT(error.describe(), HasSubstr("gossamer apply"));
  EXPECT_FALSE(must(path_exists(file())));
}

TEST_F(StoreFile, RefusesAFileThatIsNoDatabase) {
  must(write_file_durably(file(), std::string(8192, 'x')));
  const Error error = not_opened(Purpose::drive);
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_THAT(error.describe(), HasSubstr("damaged"));
  EXPECT_THAT(error.describe(), HasSubstr(file().string()));
}

TEST_F(StoreFile, ReportsDamageInTheMiddleOfTheFile) {
  {
    auto store = prepared();
    for (int day = 0; day < 200; ++day) {
      must(store->runs().commit(std::array{sample_.created()}, {}));
    }
    must(store->connections().checkpoint());
  }
  const auto size = fs::file_size(file());
  {
    std::fstream bytes(file(), std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t page = 4096; page + 4096 < size; page += 4096) {
      bytes.seekp(static_cast<std::streamoff>(page));
      bytes.write("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    }
  }
  auto store = open();
  if (!store) {
    EXPECT_EQ(store.error().kind, ErrorKind::unavailable);
    return;
  }
  const auto runs = (*store)->runs().load_open();
  ASSERT_FALSE(runs);
  EXPECT_EQ(runs.error().kind, ErrorKind::unavailable);
  const auto checked = (*store)->connections().check_integrity();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, ErrorKind::unavailable);
}

TEST_F(StoreFile, ReportsAValueThatGossamerNeverWrote) {
  auto store = prepared();
  raw("update runs set params = '{' where 1");
  const auto loaded = store->runs().load(first_.run);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(loaded.error().describe(), HasSubstr("column `params`"));
}

TEST_F(StoreFile, IsLookedAtWhileAnotherDrives) {
  auto driver = prepared();
  auto looker = must(open(Purpose::look));
  EXPECT_EQ(must(looker->runs().load(first_.run)).revision, 1U);
  must(driver->runs().commit(std::array{sample_.next(first_)}, {}));
  EXPECT_EQ(must(looker->runs().load(first_.run)).revision, 2U);
  const auto written = looker->runs().commit(std::array{sample_.created()}, {});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(written.error().describe(), HasSubstr("reading only"));
}

TEST_F(StoreFile, NoticesThatAnotherDriverMovedARunOn) {
  auto one = prepared();
  auto two = must(open());
  const Transition moved = sample_.next(first_);
  must(two->runs().commit(std::array{moved}, {}));
  const auto late = one->runs().commit(std::array{sample_.next(first_)}, {});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::conflict);
}

TEST_F(StoreFile, ReadsAreOnePictureWhileAnotherWrites) {
  auto store = prepared();
  const auto seen = store->connections().read([&](const Session& session) -> Result<std::int64_t> {
    const auto count = [&]() -> Result<std::int64_t> {
      TRY_ASSIGN(sql::Statement rows, session.query("runs.open"));
      std::int64_t runs = 0;
      while (true) {
        TRY_ASSIGN(const bool more, rows.step());
        if (!more) return runs;
        ++runs;
      }
    };
    TRY_ASSIGN(const std::int64_t before, count());
    TRY(store->runs().commit(std::array{sample_.created()}, {}));
    TRY_ASSIGN(const std::int64_t after, count());
    EXPECT_EQ(before, after);
    return after;
  });
  EXPECT_EQ(must(seen), 1);
  EXPECT_EQ(must(store->runs().load_open()).size(), 2U);
}

TEST(StoreStatements, AllFitTheTables) {
  const auto folder = TemporaryFolder::make("store");
  ASSERT_TRUE(folder);
  auto store = must(Store::open(folder->path() / "state.db", Purpose::drive, Sample::reader()));
  const Statements statements;
  EXPECT_GT(statements.all().size(), 50U);
  must(store->connections().read([&](const Session& session) -> Result<void> {
    for (const auto& [name, text] : statements.all()) {
      const auto prepared = session.database().prepare(text);
      EXPECT_TRUE(prepared) << name << ": " << prepared.error().describe();
    }
    return {};
  }));
}

}  // namespace
}  // namespace gossamer::store::sqlite
