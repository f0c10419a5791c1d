// SPDX-License-Identifier: Apache-2.0
#include "orchestration/requests.hpp"

#include <gmock/gmock.h>

#include "orchestration/fakes/definitions.hpp"

namespace gossamer::orchestration {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const pipeline::Pipeline& only(const std::shared_ptr<const pipeline::Definition>& definition) {
  return definition->pipelines.begin()->second;
}

class Params : public testing::Test {
 protected:
  std::shared_ptr<const pipeline::Definition> definition_ = fakes::definition_of({R"(pipeline: p
parameters:
  days: { type: integer, default: 7, minimum: 1, maximum: 30 }
  rate: { type: number, default: 0.5 }
  full: { type: boolean, default: false }
  since: { type: date, default: "2026-01-01" }
  who: { type: string }
steps:
  a: { none: {} }
)"});
  Result<Json> check(Json given) { return checked_params(only(definition_), given); }
  std::string refusal(Json given) {
    const auto checked = check(std::move(given));
    return checked ? "accepted" : checked.error().message;
  }
};

TEST_F(Params, DefaultsStandWhereNothingIsGiven) {
  EXPECT_EQ(
      check({{"who", "ana"}}).value(),
      (Json{{"days", 7}, {"rate", 0.5}, {"full", false}, {"since", "2026-01-01"}, {"who", "ana"}}));
}

TEST_F(Params, TextsOfTheCommandLineBecomeWhatIsDeclared) {
  const Json params = check({{"who", "x"},
                             {"days", "3"},
                             {"rate", "1e-3"},
                             {"full", "true"},
                             {"since", "2026-02-28"}})
                          .value();
  EXPECT_EQ(params["days"], 3);
  EXPECT_TRUE(params["days"].is_number_integer());
  EXPECT_EQ(params["rate"], 1e-3);
  EXPECT_EQ(params["full"], true);
}

TEST_F(Params, WhatDoesNotFitIsNamed) {
  EXPECT_THAT(refusal(Json::object()), HasSubstr("who of p has no default"));
  EXPECT_THAT(refusal({{"who", "x"}, {"day", 1}}), HasSubstr("did you mean `days`"));
  EXPECT_THAT(refusal({{"who", "x"}, {"days", 0}}), HasSubstr("less than 1"));
  EXPECT_THAT(refusal({{"who", "x"}, {"days", "31"}}), HasSubstr("more than 30"));
  EXPECT_THAT(refusal({{"who", "x"}, {"days", 1.5}}), HasSubstr("not an integer"));
  EXPECT_THAT(refusal({{"who", "x"}, {"rate", "much"}}), HasSubstr("not a number"));
  EXPECT_THAT(refusal({{"who", "x"}, {"full", "yes"}}), HasSubstr("neither true nor false"));
  EXPECT_THAT(refusal({{"who", "x"}, {"since", "2026-02-30"}}), HasSubstr("not a date"));
  EXPECT_THAT(refusal({{"who", 5}}), HasSubstr("not a text"));
  EXPECT_THAT(refusal(Json::array()), HasSubstr("names with values"));
}

class Selections : public testing::Test {
 protected:
  std::shared_ptr<const pipeline::Definition> definition_ = fakes::definition_of({R"(pipeline: p
steps:
  a: { none: {} }
  b: { after: a, none: {} }
  c: { after: b, none: {} }
  x: { after: a, none: {} }
)"});
  std::vector<std::string> chosen(const Selection& selection) {
    const auto& pipeline = only(definition_);
    const auto flags = chosen_steps(pipeline, selection);
    if (!flags) return {flags.error().message};
    std::vector<std::string> names;
    for (std::size_t step = 0; step < flags->size(); ++step) {
      if ((*flags)[step]) names.push_back(pipeline.steps[step].name);
    }
    return names;
  }
};

TEST_F(Selections, ReachUpAndDown) {
  EXPECT_THAT(chosen({}), ElementsAre("a", "b", "c", "x"));
  EXPECT_THAT(chosen({{"b"}, {}, ""}), ElementsAre("b"));
  EXPECT_THAT(chosen({{}, {"b"}, ""}), ElementsAre("b", "c"));
  EXPECT_THAT(chosen({{}, {}, "b+"}), ElementsAre("b", "c"));
  EXPECT_THAT(chosen({{}, {}, "+b"}), ElementsAre("a", "b"));
  EXPECT_THAT(chosen({{}, {}, "+b+"}), ElementsAre("a", "b", "c")) << "not x, which b never meets";
  EXPECT_THAT(chosen({{}, {}, " x  c "}), ElementsAre("c", "x"));
}

TEST_F(Selections, NameUnknownSteps) {
  EXPECT_THAT(chosen({{"d"}, {}, ""}), ElementsAre(HasSubstr("no step 'd'")));
  EXPECT_THAT(chosen({{}, {}, "z+"}), ElementsAre(HasSubstr("it has a, b, c, x")));
}

}  // namespace
}  // namespace gossamer::orchestration
