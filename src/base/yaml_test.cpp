// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace gossamer {
namespace {

using Kind = YamlNode::Kind;

YamlNode parse(std::string_view text) { return parse_yaml(text, "x.yaml").value(); }

std::string error_of(std::string_view text, const YamlLimits& limits = {}) {
  const auto node = parse_yaml(text, "x.yaml", limits);
  return node ? "no error" : node.error().describe();
}

std::string json_of(std::string_view text) {
  return canonical(to_json(parse(text)).value()).value();
}

TEST(Yaml, ReadsTheCoreSchema) {
  EXPECT_EQ(json_of("[null, ~, Null, true, FALSE, 12, -7, +3, 007, 0o17, 0x1F, 1.5, -.5, 1., 1e3]"),
            "[null,null,null,true,false,12,-7,3,7,15,31,1.5,-0.5,1.0,1000.0]");
  EXPECT_EQ(json_of("[yes, no, on, off, y, 1_000, 0b1, 1.2.3, '12', \"true\", 2026-11-22, .]"),
            R"(["yes","no","on","off","y","1_000","0b1","1.2.3","12","true","2026-11-22","."])");
  EXPECT_EQ(parse(".inf").floating, HUGE_VAL);
  EXPECT_EQ(parse("-.INF").floating, -HUGE_VAL);
  EXPECT_TRUE(std::isnan(parse(".NaN").floating));
  EXPECT_EQ(parse("+.5").floating, 0.5);
}

TEST(Yaml, ReadsCollectionsAndBlocks) {
  EXPECT_EQ(json_of("a:\n  - 1\n  - b: |\n      two\n      lines\n    c: >-\n      folded\n      "
                    "text\nd: {e: []}\n"),
            R"({"a":[1,{"b":"two\nlines\n","c":"folded text"}],"d":{"e":[]}})");
  EXPECT_EQ(json_of("a:\nb: ''"), R"({"a":null,"b":""})");
  EXPECT_EQ(json_of("1: one\ntrue: two\n"), R"({"1":"one","true":"two"})");
  EXPECT_EQ(json_of("# nothing\n"), "null");
}

TEST(Yaml, ATimeOfDayStaysATextAndIsFlagged) {
  for (const char* text : {"04:30", "4:30", "04:30:59"}) {
    EXPECT_EQ(parse(text).kind, Kind::string) << text;
    EXPECT_TRUE(parse(text).looks_like_time) << text;
  }
  for (const char* text : {"'04:30'", "104:30", "4:3", "04:30:5", "04:30:59:1", "a:30"}) {
    EXPECT_FALSE(parse(text).looks_like_time) << text;
  }
}

TEST(Yaml, RemembersPlacesInBytesAndCharacters) {
  const std::string text =
      "\xC3\xA9: \xE2\x82\xAC\nkey:\n  - first\n  - 'second'  # why\n\nlast: [1]\n";
  const YamlNode root = parse(text);
  const auto written = [&](const YamlNode& node) {
    return text.substr(node.begin, node.end - node.begin);
  };
  EXPECT_EQ(written(root.entries[0].value), "\xE2\x82\xAC");
  EXPECT_EQ(root.entries[0].value.column, 4);
  const YamlNode& list = *root.find("key");
  EXPECT_EQ(list.position(), (Position{"x.yaml", 3, 3}));
  EXPECT_EQ(written(list), "- first\n  - 'second'");
  EXPECT_EQ(list.items[1].position(), (Position{"x.yaml", 4, 5}));
  EXPECT_EQ(written(list.items[1]), "'second'");
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_EQ(written(*root.find("last")), "[1]");
  EXPECT_EQ(written(root), text.substr(0, text.size() - 1));
  EXPECT_EQ(root.find("none"), nullptr);
}

TEST(Yaml, PlacesSurviveWindowsLineEndsAndAByteOrderMark) {
  const std::string text = "\xEF\xBB\xBFname: a\r\nkey: b\r\n";
  const YamlNode root = parse(text);
  const YamlNode& b = *root.find("key");
  EXPECT_EQ(b.line, 2);
  EXPECT_EQ(b.column, 6);
  EXPECT_EQ(text.substr(b.begin, b.end - b.begin), "b");
  EXPECT_EQ(root.find("name")->text, "a");
}

TEST(Yaml, ReadsSeveralDocuments) {
  const auto documents = parse_yaml_stream("a: 1\n---\nb: 2\n...\n---\n", "x.yaml").value();
  ASSERT_EQ(documents.size(), 3U);
  EXPECT_EQ(documents[1].find("b")->integer, 2);
  EXPECT_EQ(documents[1].line, 3);
  EXPECT_EQ(documents[2].kind, Kind::null);
  EXPECT_TRUE(parse_yaml_stream("", "x.yaml").value().empty());
  EXPECT_EQ(error_of("a: 1\n---\nb: 2\n"),
            "x.yaml:3:1: there must be one document, but a second one begins here");
}

TEST(Yaml, ARepeatedKeyNamesBothPlaces) {
  EXPECT_EQ(error_of("a: 1\nb:\n  c: 1\n  d: 2\n  'c': 3\n"),
            "x.yaml:5:3: the key `c` is given twice, first in line 3");
}

TEST(Yaml, AliasesAreCopies) {
  EXPECT_EQ(json_of("a: &x {n: [1, 2]}\nb: *x\n"), R"({"a":{"n":[1,2]},"b":{"n":[1,2]}})");
  EXPECT_EQ(parse("a: &x 1\nb: *x\n").find("b")->line, 1);
  EXPECT_EQ(error_of("a: *x\n"),
            "x.yaml:1:4: the alias `*x` has no anchor `&x` that ends before it");
  EXPECT_EQ(error_of("a: &x [*x]\n"),
            "x.yaml:1:8: the alias `*x` has no anchor `&x` that ends before it");
  EXPECT_EQ(error_of("a: &x 1\n---\nb: *x\n"),
            "x.yaml:3:4: the alias `*x` has no anchor `&x` that ends before it");
}

TEST(Yaml, ABillionLaughsAreCutShort) {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int n = 0; n < 9; ++n)
      text += (n > 0 ? ", *a" : "*a") + std::to_string(i - 1);
    text += "]\n";
  }
  EXPECT_NE(error_of(text).find("it has more than 200000 values, aliases expanded"),
            std::string::npos);
  std::string wide = "a: &a " + std::string(100'000, 'x') + "\nb: [";
  for (int n = 0; n < 200; ++n)
    wide += "*a, ";
  EXPECT_NE(
      error_of(wide + "]\n").find("it has more than 16777216 bytes of text, aliases expanded"),
      std::string::npos);
}

TEST(Yaml, RefusesWhatItDoesNotSupport) {
  EXPECT_EQ(error_of("a: !!str 1\n"),
            "x.yaml:1:4: tags such as `tag:yaml.org,2002:str` are not supported; leave it out, and "
            "put what must be a text in quotes");
  EXPECT_EQ(error_of("a: !mine [1]\n").substr(0, 34), "x.yaml:1:4: tags such as `!mine` a");
  EXPECT_EQ(error_of("a: &x {b: 1}\nc:\n  <<: *x\n"),
            "x.yaml:3:3: merge keys (`<<`) are not supported; write the keys out");
  EXPECT_EQ(error_of("? [a]\n: b\n"), "x.yaml:1:3: a key must be a text, not a list");
  EXPECT_EQ(error_of("?\n: b\n"), "x.yaml:1:2: a key must be a text, not nothing");
  EXPECT_EQ(error_of("a: 99999999999999999999\n"),
            "x.yaml:1:4: `99999999999999999999` does not fit a whole number of 64 bits; put it in "
            "quotes if it is a text");
}

TEST(Yaml, SaysWhatIsBrokenAndWhatToDo) {
  EXPECT_EQ(
      error_of("a: 1\n\tb: 2\n"),
      "x.yaml:2:1: not YAML: found a tab character that violates indentation while scanning a "
      "plain scalar that began in line 1; use spaces");
  EXPECT_EQ(error_of("a:\n\tb: 2\n"),
            "x.yaml:2:1: not YAML: found character that cannot start any token while scanning for "
            "the next token; a tab cannot indent, use spaces");
  EXPECT_EQ(error_of("a: @x\n"),
            "x.yaml:1:4: not YAML: found character that cannot start any token while scanning for "
            "the next token; put the text in quotes");
  EXPECT_EQ(error_of("a: b: c\n"),
            "x.yaml:1:5: not YAML: mapping values are not allowed in this context; check the "
            "indentation, or put a text that contains `: ` in quotes");
  EXPECT_EQ(error_of("a: 1\n  b: 2\n").substr(0, 12), "x.yaml:2:4: ");
  EXPECT_EQ(error_of("a: [1, 2\nb: 3\n"),
            "x.yaml:2:2: not YAML: did not find expected ',' or ']' while parsing a flow sequence "
            "that began in line 1");
  EXPECT_EQ(error_of("a: 'open\n").substr(0, 7), "x.yaml:");
  EXPECT_EQ(error_of("ok: 1\nbad: \xFF\n"),
            "x.yaml:2: not YAML: this line has a byte that is not UTF-8");
  EXPECT_EQ(error_of("ok: 1\nbad: \x01\n"),
            "x.yaml:2: not YAML: control characters are not allowed");
}

TEST(Yaml, KeepsItsLimits) {
  EXPECT_EQ(error_of("[[[1]]]", {.depth = 3}), "no error");
  EXPECT_EQ(error_of("[[[1]]]", {.depth = 2}), "x.yaml:1:4: it is nested deeper than 2 levels");
  EXPECT_EQ(error_of("[1, 2]", {.nodes = 2}),
            "x.yaml:1:1: it has more than 2 values, aliases expanded");
  EXPECT_EQ(error_of("abc", {.bytes = 2}), "x.yaml: not read: 3 bytes are over the limit of 2");
  EXPECT_EQ(error_of(std::string(100'000, '[')), "x.yaml:1:66: it is nested deeper than 64 levels");
}

TEST(Yaml, ReadingGoesOnAfterMistakesThatEndNothing) {
  const YamlReading reading = read_yaml_stream("a: 1\na: 2\nb: !tag 3\n---\nc: [\n", "x.yaml");
  ASSERT_EQ(reading.documents.size(), 1U);
  EXPECT_EQ(reading.documents[0].find("a")->integer, 1);
  EXPECT_NE(reading.documents[0].find("b"), nullptr);
  ASSERT_EQ(reading.errors.size(), 3U);
  EXPECT_EQ(reading.errors[0].describe(),
            "x.yaml:2:1: the key `a` is given twice, first in line 1");
  EXPECT_EQ(reading.errors[1].describe().substr(0, 12), "x.yaml:3:4: ");
  EXPECT_EQ(reading.errors[2].position->line, 6);
}

TEST(Yaml, JsonHasNoInfinity) {
  EXPECT_EQ(to_json(parse("a: [.inf]")).error().describe(),
            "x.yaml:1:5: `.inf` is not a finite number");
}

}  // namespace
}  // namespace gossamer
