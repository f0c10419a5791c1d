// SPDX-License-Identifier: Apache-2.0
#include "access/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace gossamer::access {
namespace {

using testing::HasSubstr;

AuditEntry plain(int number) {
  AuditEntry entry;
  entry.at = Instant(std::chrono::seconds(number));
  entry.actor = "ana";
  entry.verified = number % 2 == 0;
  entry.channel = "cli";
  entry.action = "gate.vote";
  entry.subject = "gate_" + std::to_string(number);
  entry.details = {{"answer", "approve"}, {"comment", "größer"}, {"ratio", 0.1}};
  return entry;
}

std::vector<AuditEntry> chained(int count) {
  std::vector<AuditEntry> entries;
  ChainHead head = chain_start();
  for (int number = 1; number <= count; ++number) {
    entries.push_back(chain(plain(number), head).value());
    head = head_of(entries.back());
  }
  return entries;
}

TEST(AuditChain, StartsWithZerosAndNumbersFromOne) {
  const auto entries = chained(2);
  EXPECT_EQ(entries[0].sequence, 1);
  EXPECT_EQ(entries[0].previous.text(), "sha256:" + std::string(64, '0'));
  EXPECT_EQ(entries[1].sequence, 2);
  EXPECT_EQ(entries[1].previous, entries[0].digest);
}

TEST(AuditChain, CoversTheseExactBytes) {
  EXPECT_EQ(canonical_form(chained(1)[0]).value(),
            R"({"action":"gate.vote","actor":"ana","at":"1970-01-01T00:00:01.000000Z",)"
            R"("channel":"cli","details":{"answer":"approve","comment":"größer","ratio":0.1},)"
            R"("previous":"sha256:)" +
                std::string(64, '0') + R"(","sequence":1,"subject":"gate_1","verified":false})");
}

TEST(AuditChain, HoldsAsItWasWritten) {
  EXPECT_FALSE(verify({}));
  EXPECT_FALSE(verify(chained(1)));
  EXPECT_FALSE(verify(chained(100)));
}

TEST(AuditChain, HoldsInPages) {
  const auto entries = chained(10);
  const std::vector<AuditEntry> rest(entries.begin() + 4, entries.end());
  EXPECT_FALSE(verify(rest, &entries[3]));
  EXPECT_TRUE(verify(rest));
  EXPECT_TRUE(verify(rest, &entries[2]));
}

TEST(AuditChain, RefusesTextThatIsNotUtf8) {
  AuditEntry entry = plain(1);
  entry.details = {{"comment", "\xff"}};
  const auto made = chain(entry, chain_start());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::invalid_input);
}

struct Edit {
  const char* what;
  void (*make)(AuditEntry&);
};
class EditedEntry : public testing::TestWithParam<Edit> {};

TEST_P(EditedEntry, IsFound) {
  auto entries = chained(5);
  GetParam().make(entries[2]);
  const auto fault = verify(entries);
  ASSERT_TRUE(fault) << GetParam().what;
  EXPECT_EQ(fault->sequence, 3);
  EXPECT_THAT(fault->reason, HasSubstr("entry 3"));
}

INSTANTIATE_TEST_SUITE_P(
    Members, EditedEntry,
    testing::Values(Edit{"at", [](AuditEntry& it) { it.at += Duration(1); }},
                    Edit{"actor", [](AuditEntry& it) { it.actor = "eve"; }},
                    Edit{"verified", [](AuditEntry& it) { it.verified = !it.verified; }},
                    Edit{"channel", [](AuditEntry& it) { it.channel = "api"; }},
                    Edit{"action", [](AuditEntry& it) { it.action += "s"; }},
                    Edit{"subject", [](AuditEntry& it) { it.subject.clear(); }},
                    Edit{"details", [](AuditEntry& it) { it.details["answer"] = "reject"; }},
                    Edit{"previous", [](AuditEntry& it) { it.previous = digest_of("x"); }},
                    Edit{"digest", [](AuditEntry& it) { it.digest = digest_of("x"); }},
                    Edit{"no digest", [](AuditEntry& it) { it.digest = Digest(); }}));

TEST(AuditChain, TellsThatEntriesAreMissing) {
  auto entries = chained(6);
  entries.erase(entries.begin() + 2);
  auto fault = verify(entries);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->sequence, 3);
  EXPECT_EQ(fault->reason, "entry 3 is missing");

  entries.erase(entries.begin(), entries.begin() + 2);
  fault = verify(entries);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->reason, "entries 1 to 3 are missing");
}

TEST(AuditChain, TellsThatEntriesChangedPlaces) {
  auto entries = chained(5);
  std::swap(entries[1], entries[2]);
  EXPECT_TRUE(verify(entries));
  // Also with the numbers put right.
  std::swap(entries[1].sequence, entries[2].sequence);
  const auto fault = verify(entries);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->sequence, 2);
}

TEST(AuditChain, TellsThatAnEntryStandsTwice) {
  auto entries = chained(3);
  entries.push_back(entries[2]);
  const auto fault = verify(entries);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->reason, "entry 3 stands where 4 should");
}

TEST(AuditChain, TellsThatAnEntryWasReplacedWithAFreshDigest) {
  auto entries = chained(5);
  AuditEntry forged = entries[2];
  forged.actor = "eve";
  entries[2] = chain(forged, head_of(entries[1])).value();
  const auto fault = verify(entries);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->sequence, 4);
}

class FixedStore final : public AuditStore {
 public:
  FixedStore(std::vector<AuditEntry> entries, ChainHead end)
      : entries_(std::move(entries)), end_(std::move(end)) {}
  Result<std::vector<AuditEntry>> read(std::int64_t after, std::size_t limit) const override {
    std::vector<AuditEntry> page;
    for (const AuditEntry& entry : entries_) {
      if (entry.sequence > after && page.size() < limit) page.push_back(entry);
    }
    return page;
  }
  Result<ChainHead> head() const override { return end_; }

 private:
  std::vector<AuditEntry> entries_;
  ChainHead end_;
};

TEST(AuditStoreVerification, ReadsPageByPageToTheEnd) {
  const auto entries = chained(2500);
  const auto report = verify_store(FixedStore(entries, head_of(entries.back())), std::nullopt);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->fault);
  EXPECT_EQ(report->entries, 2500);
  EXPECT_EQ(report->head, head_of(entries.back()));
}

TEST(AuditStoreVerification, HoldsForAnEmptyLog) {
  const auto report = verify_store(FixedStore({}, chain_start()), std::nullopt);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->fault);
  EXPECT_EQ(report->entries, 0);
}

TEST(AuditStoreVerification, FindsAFaultOnALaterPage) {
  auto entries = chained(2500);
  entries[2222].actor = "eve";
  const auto report = verify_store(FixedStore(entries, head_of(entries.back())), std::nullopt);
  ASSERT_TRUE(report && report->fault);
  EXPECT_EQ(report->fault->sequence, 2223);
}

TEST(AuditStoreVerification, FindsThatTheEndWasCutOff) {
  auto entries = chained(5);
  const ChainHead end = head_of(entries.back());
  entries.resize(3);
  const auto report = verify_store(FixedStore(entries, end), std::nullopt);
  ASSERT_TRUE(report && report->fault);
  EXPECT_EQ(report->fault->sequence, 4);
  EXPECT_THAT(report->fault->reason, HasSubstr("cut off"));
}

TEST(AuditStoreVerification, FindsARewrittenLogByAnExportedHead) {
  const auto honest = chained(5);
  std::vector<AuditEntry> forged;
  ChainHead head = chain_start();
  for (AuditEntry entry : honest) {
    entry.actor = "eve";
    forged.push_back(chain(entry, head).value());
    head = head_of(forged.back());
  }
  const FixedStore store(forged, head);
  EXPECT_FALSE(verify_store(store, std::nullopt)->fault);
  const auto report = verify_store(store, head_of(honest[3]));
  ASSERT_TRUE(report && report->fault);
  EXPECT_EQ(report->fault->sequence, 4);
  EXPECT_THAT(report->fault->reason, HasSubstr("rewritten"));
}

TEST(AuditStoreVerification, AcceptsAnEarlierExportedHead) {
  const auto entries = chained(5);
  const FixedStore store(entries, head_of(entries.back()));
  EXPECT_FALSE(verify_store(store, head_of(entries[1]))->fault);
  EXPECT_FALSE(verify_store(store, chain_start())->fault);
}

TEST(AuditJson, IsReadBackAsItWas) {
  const AuditEntry entry = chained(2)[1];
  const auto read = audit_entry_from_json(to_json(entry));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(entry));
  EXPECT_FALSE(audit_entry_from_json(Json::object()));
}

}  // namespace
}  // namespace gossamer::access
