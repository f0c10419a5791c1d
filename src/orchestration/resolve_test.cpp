// SPDX-License-Identifier: Apache-2.0
#include "orchestration/resolve.hpp"

#include <gmock/gmock.h>

#include "base/clock.hpp"
#include "orchestration/fakes/definitions.hpp"

namespace gossamer::orchestration {
namespace {

using pipeline::Reference;
using pipeline::Scope;
using pipeline::Text;
using testing::HasSubstr;

Text text(std::vector<std::variant<std::string, Reference>> pieces) {
  return Text{std::move(pieces), Position{"p.yaml", 3, 5}};
}

References some() {
  References references;
  references.steps["train"] =
      std::make_shared<const Json>(Json{{"version", "m/7"}, {"outputs", {{"n", 5}}}});
  references.run["partition"] = "2026-11-22";
  references.params["days"] = 7;
  references.settings["demand.horizon.days"] = 9;
  references.each["country"] = "jp";
  return references;
}

TEST(Resolve, AWholeReferenceKeepsItsType) {
  const auto references = some();
  EXPECT_EQ(resolve(text({Reference{Scope::params, {"days"}}}), references).value(), Json(7));
  EXPECT_EQ(resolve(text({Reference{Scope::steps, {"train", "outputs"}}}), references).value(),
            (Json{{"n", 5}}));
  EXPECT_EQ(resolve(text({std::string("plain")}), references).value(), Json("plain"));
}

TEST(Resolve, APartOfATextBecomesText) {
  const auto mixed = text({std::string("d="), Reference{Scope::params, {"days"}}, std::string("/"),
                           Reference{Scope::each, {"country"}}});
  EXPECT_EQ(resolve(mixed, some()).value(), Json("d=7/jp"));
}

TEST(Resolve, NamesWithDotsAreFoundWhole) {
  const auto reference = text({Reference{Scope::settings, {"demand", "horizon", "days"}}});
  EXPECT_EQ(resolve(reference, some()).value(), Json(9));
}

TEST(Resolve, SecretsStayNames) {
  const auto secret = text({std::string("user=x;password="), Reference{Scope::secrets, {"db"}}});
  EXPECT_EQ(resolve(secret, some()).value(),
            (Json{{"pieces", {"user=x;password=", {{"secret", "db"}}}}}));
  EXPECT_EQ(resolve(text({Reference{Scope::secrets, {"db"}}}), some()).value(),
            (Json{{"pieces", {{{"secret", "db"}}}}}));
}

TEST(Resolve, WhatIsNotThereIsNamedWithItsPlaceAndWhatIs) {
  const auto missing = resolve(text({Reference{Scope::params, {"dais"}}}), some());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::invalid_input);
  EXPECT_THAT(missing.error().describe(), HasSubstr("p.yaml:3:5"));
  EXPECT_THAT(missing.error().message, HasSubstr("did you mean `days`"));
  const auto deep = resolve(text({Reference{Scope::steps, {"train", "outputs", "m"}}}), some());
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error().message, HasSubstr("it has n"));
}

TEST(Spec, SaysTheDeclarationWithReferencesReplaced) {
  const auto definition = fakes::definition_of({R"(pipeline: p
inputs: { rentals: { table: raw.rentals } }
parameters: { depth: { type: integer, default: 4 } }
steps:
  train:
    train:
      model: m
      engine: xgboost
      data: "select * from rentals"
      label: y
      objective: "reg:squarederror"
      params: { max_depth: "${params.depth}", eta: 0.5 }
  judge:
    evaluate:
      model: "${steps.train.version}"
      against: m@champion
      data: "select * from rentals"
      label: y
      metrics: [rmse]
      criteria: [ { rmse: { at_most: 60 } } ]
  ask:
    approval:
      title: "Use ${steps.train.version}?"
      evidence: [judge]
      approvers: { any_of: [ana] }
      on_approved: { aliases: [ { model: m, alias: champion, version: "${steps.train.version}" } ] }
)"});
  ManualClock clock;
  const auto ids = seeded_ids(clock, 1);
  RunState run = fakes::run_of(definition, *ids, clock.now());
  run.params["depth"] = 6;
  run.steps[0][0].result.outputs["version"] = "m/3";
  const auto spec_at = [&](std::size_t step) {
    const auto& declared = run.pipeline->steps[step];
    return spec_of(declared, references_of(run, declared, nullptr).value()).value();
  };
  EXPECT_EQ(spec_at(0)["params"], (Json{{"max_depth", 6}, {"eta", 0.5}}));
  EXPECT_EQ(spec_at(0)["data"]["text"], "select * from rentals");
  EXPECT_EQ(spec_at(1)["model"], "m/3");
  EXPECT_EQ(spec_at(1)["criteria"][0]["at_most"], 60.0);
  EXPECT_THAT(aliases_of(run.pipeline->steps[1], spec_at(1)), testing::ElementsAre("m@champion"));
  EXPECT_EQ(spec_at(2)["title"], "Use m/3?");
  EXPECT_THAT(aliases_of(run.pipeline->steps[2], spec_at(2)), testing::ElementsAre("m@champion"));
}

TEST(VersionNumber, IsReadFromBothForms) {
  EXPECT_EQ(version_number(Json("credit/7"), "credit").value(), 7);
  EXPECT_EQ(version_number(Json(7), "credit").value(), 7);
  EXPECT_EQ(version_number(Json("7"), "credit").value(), 7);
  for (const Json& wrong : {Json("debit/7"), Json("credit/x"), Json("credit/0"), Json(nullptr)}) {
    const auto number = version_number(wrong, "credit");
    ASSERT_FALSE(number) << wrong;
    EXPECT_THAT(number.error().message, HasSubstr("credit/7"));
  }
}

}  // namespace
}  // namespace gossamer::orchestration
