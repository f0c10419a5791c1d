// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include "store/conformance/sample.hpp"

namespace gossamer::store::conformance {

class ModelStoreSuite : public StoreSuite {
 protected:
  void SetUp() override {
    StoreSuite::SetUp();
    if (ports_.models == nullptr) GTEST_SKIP() << "this implementation has no model store";
    orchestration::Transition made = sample_.created();
    made.models = {sample_.model("bike", 1), sample_.model("bike", 2), sample_.model("car", 1)};
    made.steps[Sample::train].result.model = made.models[1];
    release::Switch change = sample_.change();
    change.aliases = {{.model = "bike", .alias = "champion", .from = {}, .to = 2},
                      {.model = "bike", .alias = "best", .from = {}, .to = 2}};
    made.applied_switch = change;
    commit({made});
    run_ = made.run;
  }
  Error unresolved(const models::Name& name) {
    const auto resolved = ports_.models->resolve(name);
    EXPECT_FALSE(resolved);
    return resolved ? Error() : resolved.error();
  }
  RunId run_;
};

TEST_P(ModelStoreSuite, ReadsBackAVersionWithItsOriginAndAliases) {
  restart();
  const models::Version version = must(ports_.models->find("bike", 2));
  EXPECT_EQ(release::to_json(version.registration), release::to_json(sample_.model("bike", 2)));
  EXPECT_EQ(version.run, run_);
  EXPECT_EQ(version.step, "train");
  EXPECT_EQ(version.created_at, sample_.now() - std::chrono::seconds(1));
  EXPECT_EQ(version.aliases, (std::vector<std::string>{"best", "champion"}));
  EXPECT_TRUE(must(ports_.models->find("bike", 1)).aliases.empty());
}

TEST_P(ModelStoreSuite, ListsNewestVersionFirst) {
  const auto bikes = must(ports_.models->list("bike"));
  ASSERT_EQ(bikes.size(), 2U);
  EXPECT_EQ(bikes[0].registration.version, 2);
  EXPECT_EQ(must(ports_.models->list("")).size(), 3U);
  EXPECT_TRUE(must(ports_.models->list("boat")).empty());
}

TEST_P(ModelStoreSuite, ResolvesVersionsAndAliases) {
  const models::Name numbered{.model = "bike", .version = 1, .alias = ""};
  EXPECT_EQ(must(ports_.models->resolve(numbered)).registration.version, 1);
  const models::Name named{.model = "bike", .version = {}, .alias = "champion"};
  EXPECT_EQ(must(ports_.models->resolve(named)).registration.version, 2);
}

TEST_P(ModelStoreSuite, SaysWhatExistsWhereANameIsUnknown) {
  Error error = unresolved({.model = "bike", .version = {}, .alias = "champoin"});
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_THAT(error.message, testing::HasSubstr("did you mean `champion`"));
  EXPECT_THAT(error.message, testing::HasSubstr("best, champion"));

  error = unresolved({.model = "car", .version = {}, .alias = "champion"});
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_THAT(error.message, testing::HasSubstr("none"));

  error = unresolved({.model = "bile", .version = 1, .alias = ""});
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_THAT(error.message, testing::HasSubstr("did you mean `bike`"));

  error = unresolved({.model = "bike", .version = 3, .alias = ""});
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_THAT(error.message, testing::HasSubstr("no version 3"));

  error = unresolved({.model = "bike", .version = {}, .alias = ""});
  EXPECT_EQ(error.kind, ErrorKind::invalid_input);
}

TEST_P(ModelStoreSuite, GivesTheNumberOfADeletedVersionNeverAgain) {
  if (ports_.model_keeper == nullptr) GTEST_SKIP() << "this implementation keeps none by hand";
  const models::Change change{
      .actor = "ana", .verified = false, .channel = "cli", .reason = "a test", .at = sample_.now()};
  const models::Version added = must(ports_.model_keeper->add(sample_.model("car", 0), change));
  EXPECT_EQ(added.registration.version, 2);
  EXPECT_TRUE(added.run.empty());
  EXPECT_EQ(must(ports_.model_keeper->remove("car", 2, change)).registration.version, 2);
  restart();
  const Error gone = unresolved({.model = "car", .version = 2, .alias = ""});
  EXPECT_EQ(gone.kind, ErrorKind::not_found);
  EXPECT_THAT(gone.message, testing::HasSubstr("car/2 was deleted by ana"));
  EXPECT_THAT(gone.message, testing::HasSubstr("a test"));
  EXPECT_EQ(must(ports_.releases->next_version("car")), 3);
  EXPECT_EQ(must(ports_.model_keeper->add(sample_.model("car", 0), change)).registration.version,
            3);
}

TEST_P(ModelStoreSuite, DeletesNothingThatIsNeededAndSaysByWhat) {
  if (ports_.model_keeper == nullptr) GTEST_SKIP() << "this implementation keeps none by hand";
  const auto refused = ports_.model_keeper->remove("bike", 2, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("the alias bike@best"));
  EXPECT_THAT(refused.error().message, testing::HasSubstr("the alias bike@champion"));
  EXPECT_THAT(refused.error().message, testing::HasSubstr("the run " + run_.value()));
  EXPECT_EQ(must(ports_.models->find("bike", 2)).aliases.size(), 2U);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ModelStoreSuite);

}  // namespace gossamer::store::conformance
