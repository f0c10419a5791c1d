// SPDX-License-Identifier: Apache-2.0
#include "app/console.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace gossamer::app {
namespace {

struct Printed {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, [] { return 0; }};
};

Listing fruit(Json rows) {
  return {{{"NAME", "name"}, {"COUNT", "count", Alignment::right}, {"NOTE", "note.text"}},
          "name",
          std::move(rows),
          "No fruit. Buy some."};
}

Json some_fruit() {
  return Json::array({{{"name", "fig"}, {"count", 1234567}, {"note", {{"text", "a, \"b\""}}}},
                      {{"name", "čerešňa"}, {"count", 2}, {"note", nullptr}}});
}

TEST(Console, AlignsATableByLettersNotBytes) {
  Printed printed;
  printed.console.print(fruit(some_fruit()), OutputFormat::table);
  EXPECT_EQ(printed.out.str(),
            "NAME         COUNT  NOTE\n"
            "fig      1,234,567  a, \"b\"\n"
            "čerešňa          2  -\n");
}

TEST(Console, SaysWhatToDoWhereATableIsEmptyAndKeepsStdoutClean) {
  Printed printed;
  printed.console.print(fruit(Json::array()), OutputFormat::table);
  EXPECT_EQ(printed.out.str(), "");
  EXPECT_EQ(printed.err.str(), "No fruit. Buy some.\n");
}

TEST(Console, PrintsAnEmptyJsonListAsAnArray) {
  Printed printed;
  printed.console.print(fruit(Json::array()), OutputFormat::json);
  EXPECT_EQ(printed.out.str(), "[]\n");
}

TEST(Console, QuotesCsvAsTheStandardSaysAndKeepsEveryDigit) {
  Printed printed;
  printed.console.print(fruit(some_fruit()), OutputFormat::csv);
  EXPECT_EQ(printed.out.str(),
            "name,count,note\n"
            "fig,1234567,\"a, \"\"b\"\"\"\n"
            "čerešňa,2,\n");
}

TEST(Console, PrintsNamesOneALine) {
  Printed printed;
  printed.console.print(fruit(some_fruit()), OutputFormat::name);
  EXPECT_EQ(printed.out.str(), "fig\nčerešňa\n");
}

TEST(Console, PutsThePlaceOfAnErrorFirst) {
  Printed printed;
  printed.console.print_error({ErrorKind::invalid_input, "no such step", Position{"p.yaml", 3, 7}});
  printed.console.print_error({ErrorKind::not_found, "no such run"});
  EXPECT_EQ(printed.err.str(), "p.yaml:3:7: no such step\ngossamer: no such run\n");
}

TEST(Yaml, QuotesWhatWouldReadAsAnotherType) {
  const Json value{{"a", "yes"}, {"b", "12"},   {"c", "plain words"}, {"d", ""},
                   {"e", 12},    {"f", "x: y"}, {"g", Json::array()}, {"h", nullptr}};
  EXPECT_EQ(to_yaml(value),
            "a: \"yes\"\nb: \"12\"\nc: plain words\nd: \"\"\ne: 12\nf: \"x: y\"\ng: []\nh: null\n");
}

TEST(Yaml, NestsListsAndMappings) {
  const Json value{{"steps", Json::array({{{"step", "train"}, {"rows", 3}}, "x"})},
                   {"votes", {{"ana", "approve"}}}};
  EXPECT_EQ(to_yaml(value),
            "steps:\n"
            "  - rows: 3\n"
            "    step: train\n"
            "  - x\n"
            "votes:\n"
            "  ana: approve\n");
}

TEST(OutputFormats, NameTheOnesThereAreWhenRefusingOne) {
  const auto format = parse_output_format("xml");
  ASSERT_FALSE(format);
  EXPECT_EQ(format.error().message,
            "\"xml\" is no output format; use table, wide, json, yaml, name or csv");
}

TEST(ExitCodes, TellKindsOfErrorsApart) {
  EXPECT_EQ(static_cast<int>(exit_code_of(ErrorKind::invalid_input)), 3);
  EXPECT_EQ(static_cast<int>(exit_code_of(ErrorKind::conflict)), 5);
  EXPECT_EQ(static_cast<int>(exit_code_of(ErrorKind::unavailable)), 6);
  EXPECT_EQ(static_cast<int>(exit_code_of(ErrorKind::denied)), 7);
  EXPECT_EQ(static_cast<int>(exit_code_of(ErrorKind::not_found)), 8);
  EXPECT_EQ(static_cast<int>(exit_code_of(ErrorKind::bug)), 70);
}

TEST(CutTo, KeepsWholeLetters) {
  EXPECT_EQ(cut_to("step", 10), "step");
  EXPECT_EQ(cut_to("step", 3), "ste");
  EXPECT_EQ(cut_to("日本語", 2), "日本");
  EXPECT_EQ(cut_to("日本語", 0), "");
}

}  // namespace
}  // namespace gossamer::app
