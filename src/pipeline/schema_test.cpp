// SPDX-License-Identifier: Apache-2.0
#include "pipeline/schema.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "pipeline/json_schema.hpp"
#include "pipeline/kinds/kind.hpp"
#include "pipeline/scalars.hpp"

namespace gossamer::pipeline {
namespace {

TEST(Schema, PatternsOfNamesAgreeWithWhatIsRead) {
  for (const schema::NameRule& rule : schema::all_name_rules()) {
    const std::regex pattern(rule.pattern, std::regex::ECMAScript);
    for (const std::string name :
         {"",          "a",    "A",      "_",     "9",   "a_b",  "a-b",         "a.b",
          "a.b.c",     "a..b", ".a",     "a.",    "Aa",  "a b",  "jp-business", "2nd",
          "ana@x.org", "a+b",  "PATH_2", "2PATH", "a/b", "\x01", "caf\xC3\xA9"}) {
      EXPECT_EQ(std::regex_search(name, pattern), rule.accepts(name))
          << "`" << name << "` and " << rule.pattern;
    }
    const std::string long_name(64, 'a');
    EXPECT_EQ(std::regex_search(long_name, pattern), rule.accepts(long_name)) << rule.pattern;
  }
}

TEST(Schema, PathsStayBelowTheWorkspace) {
  const std::string text = schema::relative_path("a file", ".sql").schema.at("pattern");
  const std::regex pattern(text, std::regex::ECMAScript);
  for (const std::string path :
       {"sql/x.sql", "x.sql", "/x.sql", "../x.sql", "sql/../x.sql", "sql/./x.sql", "./x.sql",
        "sql//x.sql", "sql\\x.sql", "sql/..x.sql", "a/b/c.sql", "..sql", "a/..sql"}) {
    EXPECT_EQ(std::regex_search(path, pattern), schema::is_relative_path(path)) << path;
  }
}

TEST(Schema, EveryKindHasItsKeyInThePipelinesSchema) {
  const Json schema = json_schema(FileKind::pipeline);
  const Json& step = schema.at("properties").at("steps").at("additionalProperties");
  for (const std::string& kind : kind_names()) {
    EXPECT_TRUE(step.at("properties").contains(kind)) << kind;
  }
  EXPECT_EQ(step.at("oneOf").size(), kind_names().size());
}

TEST(Schema, EveryFileKindHasATitleAndRefusesUnknownKeys) {
  for (const FileKind kind : all_file_kinds()) {
    const Json schema = json_schema(kind);
    EXPECT_EQ(schema.at("title"), "Gossamer " + std::string(name_of(kind)));
    EXPECT_EQ(schema.at("additionalProperties"), false);
    EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  }
}

struct Pair {
  int first = 0;
  std::optional<std::string> second;
};

TEST(Schema, AnObjectReadsWhatItCanAndReportsTheRest) {
  const auto grammar = schema::object<Pair>(
      "a pair", {schema::required("first", &Pair::first, schema::small_number(1, 9), ""),
                 schema::optional("second", &Pair::second, schema::text(), "")});
  Problems problems;
  const auto node = parse_yaml("first: 3\nsecond: 5\nthird: x\n", "f.yaml");
  ASSERT_TRUE(node.has_value());
  const auto pair = grammar.read(*node, problems);
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->first, 3);
  EXPECT_EQ(pair->second, std::nullopt);
  const std::vector<Error> errors = problems.take_errors();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].describe(),
            "f.yaml:2:9: `second`: expected a text (in quotes), found the whole number 5");
  EXPECT_EQ(errors[1].describe(),
            "f.yaml:3:1: unknown key `third` in a pair; it has `first`, `second`");
}

TEST(Schema, ProblemsAreInOrderAndOnce) {
  Problems problems;
  problems.error(Position{"b.yaml", 1, 1}, "second");
  problems.error(Position{"a.yaml", 12, 1}, "later");
  problems.error(Position{"a.yaml", 2, 1}, "first");
  problems.error(Position{"b.yaml", 1, 1}, "second");
  const std::vector<Error> errors = problems.take_errors();
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(errors[0].message, "first");
  EXPECT_EQ(errors[1].message, "later");
  EXPECT_EQ(errors[2].message, "second");
}

}  // namespace
}  // namespace gossamer::pipeline
