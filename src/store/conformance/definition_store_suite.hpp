// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

class DefinitionStoreSuite : public StoreSuite {
 protected:
  void SetUp() override {
    world_ = GetParam().make(Sample::reader());
    ports_ = world_->ports();
    if (ports_.definition_store == nullptr) GTEST_SKIP() << "this implementation stores none";
  }
  void activate(const orchestration::StoredDefinition& definition) {
    must(ports_.definition_store->activate(
        definition, Sample::note("definition.apply", definition.digest.text())));
  }
  orchestration::StoredDefinition active() {
    return must(ports_.definition_store->active()).value_or(orchestration::StoredDefinition());
  }
};

TEST_P(DefinitionStoreSuite, HasNoneAtFirst) {
  EXPECT_EQ(must(ports_.definition_store->active()), std::nullopt);
  EXPECT_EQ(failure(ports_.definition_store->find(digest_of("x"))).kind, ErrorKind::not_found);
}

TEST_P(DefinitionStoreSuite, ReadsBackADefinitionAsItWasStored) {
  orchestration::StoredDefinition stored = Sample::stored_definition();
  stored.files["sql/odd.sql"] = std::string("select '\0\xff'", 11);
  stored.files["sql/empty.sql"] = "";
  activate(stored);
  restart();
  const auto read = active();
  EXPECT_EQ(read.digest, stored.digest);
  EXPECT_EQ(read.files, stored.files);
  EXPECT_EQ(read.parsed, stored.parsed);
  EXPECT_EQ(read.applied_by, "ana");
  EXPECT_EQ(read.applied_at, stored.applied_at);
}

TEST_P(DefinitionStoreSuite, ActivatesTheLastOneAndKeepsTheOthers) {
  const auto first = Sample::stored_definition("one");
  auto second = Sample::stored_definition("two");
  second.applied_by = "ben";
  activate(first);
  activate(second);
  EXPECT_EQ(active().digest, second.digest);
  EXPECT_EQ(must(ports_.definition_store->find(first.digest)).files, first.files);

  auto again = first;
  again.applied_by = "cid";
  again.applied_at += std::chrono::hours(1);
  activate(again);
  EXPECT_EQ(active().digest, first.digest);
  EXPECT_EQ(active().applied_by, "cid");
  EXPECT_EQ(must(ports_.definition_store->find(first.digest)).applied_by, "cid");
}

TEST_P(DefinitionStoreSuite, WritesWhoAppliedIntoTheAuditLog) {
  if (ports_.audit == nullptr) GTEST_SKIP() << "this implementation has no audit log";
  activate(Sample::stored_definition());
  const auto entries = must(ports_.audit->read(0, 10));
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].action, "definition.apply");
  EXPECT_EQ(entries[0].at, Sample::stored_definition().applied_at);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DefinitionStoreSuite);

}  // namespace gossamer::store::conformance
