// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace gossamer {
namespace {

std::string error_of(std::string_view text, const JsonLimits& limits = {}) {
  const auto value = parse_json(text, "x.json", limits);
  return value ? "no error" : value.error().describe();
}

std::string round_trip(std::string_view text) {
  return canonical(parse_json(text, "x.json").value()).value();
}

TEST(Json, WritesOneCanonicalForm) {
  EXPECT_EQ(round_trip(R"( { "b" : [ 1, 2.50, -0.0, true, null ], "a" : { } } )"),
            R"({"a":{},"b":[1,2.5,-0.0,true,null]})");
  EXPECT_EQ(round_trip(R"("\u0000\u001f\"\\\/\n\u00e9")"), "\"\\u0000\\u001f\\\"\\\\/\\n\u00e9\"");
  EXPECT_EQ(round_trip("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(round_trip("-9223372036854775808"), "-9223372036854775808");
}

TEST(Json, DoublesAreShortestAndStayDoubles) {
  EXPECT_EQ(canonical(Json(0.1)).value(), "0.1");
  EXPECT_EQ(canonical(Json(1.0)).value(), "1.0");
  EXPECT_EQ(canonical(Json(1e300)).value(), "1e+300");
  EXPECT_EQ(canonical(Json(5e-324)).value(), "5e-324");
  EXPECT_EQ(canonical(Json(9007199254740993.0)).value(), "9007199254740992.0");
}

TEST(Json, RefusesToWriteWhatJsonLacks) {
  const Json bad = {{"metrics", {{"auc", {1.0, std::nan("")}}}}};
  EXPECT_EQ(canonical(bad).error().message,
            "the number at `metrics.auc[1]` is not finite, and JSON has no such numbers");
  EXPECT_FALSE(canonical(Json(std::numeric_limits<double>::infinity())).has_value());
  EXPECT_EQ(canonical(Json{{"name", "\xFF"}}).error().message, "the text at `name` is not UTF-8");
}

TEST(Json, SaysWhereItIsBroken) {
  EXPECT_EQ(error_of("{\n  \"a\": 1,\n  \"b\" 2\n}"),
            "x.json:3:7: not JSON: parsing object separator - unexpected number literal; expected "
            "':'");
  EXPECT_EQ(error_of(""),
            "x.json:1:1: not JSON: parsing value - unexpected end of input; expected '[', '{', or "
            "a literal");
  EXPECT_EQ(error_of("[1, 1e999]"), "x.json:1:9: not JSON: number overflow parsing '1e999'");
  EXPECT_EQ(error_of("[1,]").substr(0, 12), "x.json:1:4: ");
  EXPECT_EQ(error_of("[1] x").substr(0, 12), "x.json:1:5: ");
  EXPECT_EQ(error_of("[1").substr(0, 17), "x.json:1:3: not J");
  EXPECT_EQ(error_of("[\"\xC3\xA9\", nope]").substr(0, 12), "x.json:1:8: ");
  EXPECT_NE(error_of("NaN"), "no error");
  EXPECT_NE(error_of("{'a': 1}"), "no error");
  EXPECT_NE(error_of("// x\n1"), "no error");
}

TEST(Json, RefusesRepeatedKeys) {
  EXPECT_EQ(error_of("{\"a\": {\"b\": 1,\n \"b\": 2}}"),
            "x.json:2:4: not JSON: the key `b` is given twice");
}

TEST(Json, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(error_of("{\"a\": \"\xC0\xAF\"}"), "x.json:1:8: not JSON: this byte is not UTF-8");
}

TEST(Json, KeepsItsLimits) {
  EXPECT_EQ(error_of("[[[1]]]", {.depth = 3}), "no error");
  EXPECT_EQ(error_of("[[[[1]]]]", {.depth = 3}),
            "x.json:1:4: not JSON: it is nested deeper than 3 levels");
  EXPECT_EQ(error_of("12345", {.bytes = 4}), "x.json: not read: 5 bytes are over the limit of 4");
  const std::string deep(1'000'000, '[');
  EXPECT_EQ(error_of(deep), "x.json:1:101: not JSON: it is nested deeper than 100 levels");
}

const Json object = {{"text", "t"},     {"whole", 3},         {"real", 0.5},      {"flag", true},
                     {"none", nullptr}, {"list", {"a", "b"}}, {"mixed", {"a", 1}}};

TEST(JsonMembers, AreReadByType) {
  EXPECT_EQ(require<std::string>(object, "text").value(), "t");
  EXPECT_EQ(require<std::int64_t>(object, "whole").value(), 3);
  EXPECT_EQ(require<double>(object, "whole").value(), 3.0);
  EXPECT_EQ(require<double>(object, "real").value(), 0.5);
  EXPECT_TRUE(require<bool>(object, "flag").value());
  EXPECT_EQ(require<std::vector<std::string>>(object, "list").value(),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(require<Json>(object, "none").value(), Json(nullptr));
  EXPECT_EQ(optional<std::string>(object, "none").value(), std::nullopt);
  EXPECT_EQ(optional<std::string>(object, "missing").value(), std::nullopt);
  EXPECT_EQ(optional<std::string>(object, "text").value(), "t");
}

TEST(JsonMembers, ErrorsNameThePathAndBothTypes) {
  EXPECT_EQ(require<std::string>(object, "missing", "steps[2]").error().message,
            "`steps[2].missing` is missing");
  EXPECT_EQ(require<std::int64_t>(object, "real").error().message,
            "`real` must be a whole number, but is a number");
  EXPECT_EQ(require<std::string>(object, "none").error().message,
            "`none` must be a string, but is null");
  EXPECT_EQ(optional<bool>(object, "text", "a.b").error().message,
            "`a.b.text` must be true or false, but is a string");
  EXPECT_EQ(require<std::vector<std::string>>(object, "mixed").error().message,
            "`mixed[1]` must be a string, but is a whole number");
  EXPECT_EQ(require<bool>(Json::array(), "x").error().message, "expected an object, found a list");
  EXPECT_EQ(require<bool>(Json(1), "x", "step").error().message,
            "`step` must be an object, but is a whole number");
  EXPECT_EQ(require<std::int64_t>(Json{{"n", 18446744073709551615U}}, "n").error().message,
            "`n` is too large for a whole number of 64 bits");
}

}  // namespace
}  // namespace gossamer
