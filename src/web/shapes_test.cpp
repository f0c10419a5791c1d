// SPDX-License-Identifier: Apache-2.0
// That real answers are of these shapes is tested in tests/process.
#include "web/shapes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace gossamer::web {
namespace {

Route route(std::string method, std::string pattern) {
  return {std::move(method), std::move(pattern), "",
          [](const Call&) -> Result<Json> { return {}; }};
}

void collect_references(const Json& schema, std::set<std::string>& found) {
  for (const auto& [key, value] : schema.items()) {
    if (key == "$ref") found.insert(value.get<std::string>());
    if (value.is_structured()) collect_references(value, found);
  }
}

TEST(Shapes, SayWhatARouteTakesAndAnswers) {
  const auto runs = shape_of(route("GET", "/api/v1/runs"));
  EXPECT_EQ(runs.query.at("limit"), (Json{{"schema", {{"type", "integer"}}}, {"required", false}}));
  EXPECT_EQ(runs.answer,
            (Json{{"type", "array"}, {"items", {{"$ref", "#/components/schemas/RunSummary"}}}}));
  const auto start = shape_of(route("POST", "/api/v1/runs"));
  EXPECT_EQ(start.body.at("required"), Json::array({"pipeline"}));
  EXPECT_EQ(start.body.at("additionalProperties"), false);
  EXPECT_EQ(start.body.at("properties").at("only"),
            (Json{{"type", "array"}, {"items", {{"type", "string"}}}}));
  EXPECT_EQ(start.answer.at("anyOf").size(), 2U);
}

TEST(Shapes, NameEachFieldOfAnAnswer) {
  const auto schemas = shared_schemas();
  const auto& step = schemas.at("Step");
  EXPECT_EQ(step.at("additionalProperties"), false);
  EXPECT_EQ(step.at("properties").at("rows"), (Json{{"type", "integer"}}));
  const Json moment{{"type", "string"}, {"format", "date-time"}};
  const Json nothing{{"type", "null"}};
  EXPECT_EQ(step.at("properties").at("started_at"),
            (Json{{"anyOf", Json::array({moment, nothing})}}));
  const auto& required = step.at("required");
  EXPECT_NE(std::ranges::find(required, Json("state")), required.end());
  EXPECT_EQ(std::ranges::find(required, Json("error")), required.end()) << "it may be missing";
}

TEST(Shapes, ReferToWhatThereIs) {
  const auto schemas = shared_schemas();
  std::set<std::string> found;
  collect_references(schemas, found);
  EXPECT_GT(found.size(), 10U);
  for (const auto& reference : found)
    EXPECT_TRUE(schemas.contains(reference.substr(reference.rfind('/') + 1))) << reference;
}

TEST(Shapes, RefuseFieldsThatTheRouteDoesNotTake) {
  const auto start = route("POST", "/api/v1/runs");
  Request request{"POST", "/api/v1/runs", {}, {{"pipelin", "a"}}, {}};
  const auto refused = check_fields(start, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_input);
  EXPECT_NE(refused.error().message.find("did you mean `pipeline`"), std::string::npos)
      << refused.error().message;
  request.body = {{"pipeline", "a"}, {"only", Json::array({"b"})}};
  EXPECT_TRUE(check_fields(start, request));
  Request read{"GET", "/api/v1/runs", {{"limit", "1"}, {"stat", "x"}}, Json::object(), {}};
  EXPECT_FALSE(check_fields(route("GET", "/api/v1/runs"), read));
  read.query.erase("stat");
  EXPECT_TRUE(check_fields(route("GET", "/api/v1/runs"), read));
  EXPECT_TRUE(check_fields(route("GET", "/api/v1/things"), request)) << "nothing is known of it";
}

TEST(Shapes, KnowNothingOfOtherRoutes) {
  const auto other = route("GET", "/api/v1/things");
  EXPECT_FALSE(has_shape(other));
  EXPECT_EQ(shape_of(other).answer, Json::object());
}

}  // namespace
}  // namespace gossamer::web
