// SPDX-License-Identifier: Apache-2.0
#include "pipeline/reference.hpp"

#include <gmock/gmock.h>

#include <regex>
#include <string>

namespace gossamer::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Text text(std::string_view source) {
  const Result<Text> parsed = parse_text(source, {});
  EXPECT_TRUE(parsed.has_value()) << source << ": " << parsed.error().message;
  return parsed.value_or(Text{});
}

std::string why_not(std::string_view source) {
  const Result<Text> parsed = parse_text(source, Position{"f.yaml", 3, 7});
  return parsed ? "accepted" : parsed.error().describe();
}

TEST(Reference, IsOnePieceOfAText) {
  const Text parsed = text("version ${steps.train.version} of ${run.partition}");
  ASSERT_EQ(parsed.pieces.size(), 4U);
  EXPECT_EQ(std::get<std::string>(parsed.pieces[0]), "version ");
  EXPECT_EQ(std::get<Reference>(parsed.pieces[1]), (Reference{Scope::steps, {"train", "version"}}));
  EXPECT_FALSE(parsed.is_literal());
  EXPECT_EQ(parsed.literal(), "version ${steps.train.version} of ${run.partition}");
  EXPECT_EQ(sole_reference(parsed), std::nullopt);
}

TEST(Reference, AloneKeepsItsType) {
  EXPECT_EQ(sole_reference(text("${settings.demand.horizon}")),
            (Reference{Scope::settings, {"demand", "horizon"}}));
}

TEST(Reference, ADoubledDollarIsTheTextItself) {
  EXPECT_EQ(text("$${steps.x.y} and $5 and $$").literal(), "${steps.x.y} and $5 and $$");
  EXPECT_TRUE(text("$${steps.x.y}").is_literal());
  EXPECT_EQ(to_source(text("$${a} ${run.id}")), "$${a} ${run.id}");
}

TEST(Reference, WhatIsNoneIsRefusedAtItsPlace) {
  EXPECT_EQ(why_not("${step.x.y}").substr(0, 14), "f.yaml:3:7: `$");
  EXPECT_THAT(why_not("${step.x.y}"), HasSubstr("(did you mean `steps`?)"));
  EXPECT_THAT(why_not("${steps}"), HasSubstr("must be names with dots between"));
  EXPECT_THAT(why_not("${steps..y}"), HasSubstr("must be names with dots between"));
  EXPECT_THAT(why_not("${params.a + 1}"), HasSubstr("there are no expressions"));
  EXPECT_THAT(why_not("a ${params.x"), HasSubstr("lacks the closing brace"));
  EXPECT_THAT(why_not("${}"), HasSubstr("begins with none of"));
}

TEST(Reference, ThePatternForEditorsAgrees) {
  const std::regex pattern(reference_text_pattern(), std::regex::ECMAScript);
  for (const char* source :
       {"", "plain", "${steps.train.version}", "a ${run.id} b ${params.x}", "$${not.one}", "$5",
        "cost: $", "$$", "${step.x}", "${steps}", "${steps.}", "${params.a + 1}", "${open",
        "x${each.country}", "$${", "$${${run.id}"}) {
    EXPECT_EQ(std::regex_match(source, pattern), parse_text(source, {}).has_value()) << source;
  }
}

std::vector<std::string> unquoted(std::string_view yaml) {
  std::vector<std::string> found;
  for (const UnquotedReference& reference : unquoted_references(yaml)) {
    found.push_back(std::to_string(reference.line) + ":" + std::to_string(reference.column) + " " +
                    std::string(yaml.substr(reference.begin, reference.end - reference.begin)));
  }
  return found;
}

TEST(UnquotedReference, IsFoundInsideOfBracketsAlone) {
  EXPECT_THAT(unquoted("a: { b: ${run.id} }\nc:\n  - [x, ${params.y}, \"${params.z}\"]\n"),
              ElementsAre("1:9 ${run.id}", "3:9 ${params.y}"));
  EXPECT_THAT(unquoted("a: ${run.id}\nb: x{${run.id}}\n"), ElementsAre());
}

TEST(UnquotedReference, IsNotSeenInCommentsQuotesAndBlocks) {
  EXPECT_THAT(unquoted("# { ${run.id} }\na: '{ ${run.id} }' # [${run.id}]\n"
                       "b: |\n  { ${run.id} }\n\n  more\nc: { d: ${run.id} }\n"),
              ElementsAre("7:9 ${run.id}"));
  EXPECT_THAT(unquoted("a: \"it's \\\" { ${run.id}\"\nb: it's { ${run.id}\n"), ElementsAre());
}

}  // namespace
}  // namespace gossamer::pipeline
