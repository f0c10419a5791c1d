// SPDX-License-Identifier: Apache-2.0
// Somebody with the file and a SQLite shell changes the audit log behind Gossamer's back.
#include <gmock/gmock.h>

#include <array>

#include "base/files.hpp"
#include "store/conformance/sample.hpp"
#include "store/sqlite/store.hpp"

namespace gossamer::store::sqlite {
namespace {

using conformance::must;
using conformance::Sample;
using testing::HasSubstr;

class AuditTampering : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryFolder::make("store");
    ASSERT_TRUE(made);
    folder_.emplace(*std::move(made));
    store_ = must(Store::open(file(), Purpose::drive, Sample::reader()));
    must(store_->definition_store().activate(Sample::stored_definition(),
                                             Sample::note("definition.apply", "x")));
    Sample sample;
    for (int number = 2; number <= 10; ++number) {
      auto run = sample.created();
      run.audit = {Sample::note("gate.vote", "subject " + std::to_string(number))};
      must(store_->runs().commit(std::array{run}, {}));
    }
  }
  [[nodiscard]] fs::path file() const { return folder_->path() / "state.db"; }

  Result<void> try_script(const std::string& script) {
    TRY_ASSIGN(sql::Database database, sql::Database::open(file()));
    return database.run_script(script);
  }
  // As somebody who first removes what stands in the way.
  void tamper(const std::string& script) {
    must(try_script("drop trigger audit_is_never_edited; drop trigger audit_is_kept; " + script));
  }
  access::ChainReport report(const std::optional<access::ChainHead>& exported = std::nullopt) {
    return must(access::verify_store(store_->audit(), exported));
  }
  void expect_fault(std::int64_t sequence, const std::string& reason) {
    const auto found = report();
    ASSERT_TRUE(found.fault) << "nothing was noticed";
    EXPECT_EQ(found.fault->sequence, sequence);
    EXPECT_THAT(found.fault->reason, HasSubstr(reason));
  }

  std::optional<TemporaryFolder> folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(AuditTampering, IsNotThereAtFirst) {
  EXPECT_FALSE(report().fault);
  EXPECT_EQ(report().entries, 10);
}

TEST_F(AuditTampering, IsRefusedByTheTableItself) {
  EXPECT_FALSE(try_script("update audit set actor = 'eve' where sequence = 3"));
  EXPECT_FALSE(try_script("delete from audit where sequence = 3"));
  EXPECT_FALSE(report().fault);
}

class AuditEdit : public AuditTampering, public testing::WithParamInterface<const char*> {};

TEST_P(AuditEdit, IsFound) {
  tamper(std::string("update audit set ") + GetParam() + " where sequence = 4");
  expect_fault(4, "entry 4 was edited");
}

INSTANTIATE_TEST_SUITE_P(Columns, AuditEdit,
                         testing::Values("at_us = at_us + 1", "actor = 'eve'",
                                         "verified = 1 - verified", "channel = 'api'",
                                         "action = 'gate.show'", "subject = ''",
                                         "details = '{\"why\":\"other\"}'", "details = 'not json'",
                                         "details = 'null'", "digest = 'sha256:'"));

TEST_F(AuditTampering, RemovedEntriesAreFound) {
  tamper("delete from audit where sequence in (5, 6)");
  expect_fault(5, "entries 5 to 6 are missing");
}

TEST_F(AuditTampering, RemovedAndRenumberedEntriesAreFound) {
  tamper(
      "delete from audit where sequence = 5; "
      "update audit set sequence = sequence - 1 where sequence > 5");
  expect_fault(5, "does not follow");
}

TEST_F(AuditTampering, ACutOffEndIsFound) {
  tamper("delete from audit where sequence > 7");
  expect_fault(8, "cut off");
}

TEST_F(AuditTampering, ACutOffEndIsFoundByAnExportedHeadAlsoWhereTheStoresOwnWasPutRight) {
  const auto exported = must(store_->audit().head());
  tamper(
      "delete from audit where sequence > 7; update audit_head set sequence = 7, "
      "digest = (select digest from audit where sequence = 7)");
  EXPECT_FALSE(report().fault);
  const auto found = report(exported);
  ASSERT_TRUE(found.fault);
  EXPECT_EQ(found.fault->sequence, 8);
}

TEST_F(AuditTampering, ReorderedEntriesAreFound) {
  tamper(
      "update audit set sequence = 1005 where sequence = 5; "
      "update audit set sequence = 5 where sequence = 6; "
      "update audit set sequence = 6 where sequence = 1005");
  expect_fault(5, "does not follow");
}

TEST_F(AuditTampering, AnInsertedEntryIsFound) {
  tamper(
      "insert into audit select 11, at_us, 'eve', verified, channel, action, subject, details, "
      "digest, digest from audit where sequence = 10");
  expect_fault(11, "edited");
}

TEST_F(AuditTampering, AnEmptiedLogIsFound) {
  tamper("delete from audit");
  expect_fault(1, "cut off");
}

TEST_F(AuditTampering, DoesNotStopTheLogFromGoingOn) {
  tamper("update audit set actor = 'eve' where sequence = 3");
  Sample sample(99);
  auto run = sample.created();
  run.audit = {Sample::note("gate.vote", "later")};
  must(store_->runs().commit(std::array{run}, {}));
  expect_fault(3, "edited");
}

}  // namespace
}  // namespace gossamer::store::sqlite
