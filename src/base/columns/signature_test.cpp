// SPDX-License-Identifier: Apache-2.0
#include "base/columns/signature.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace gossamer {
namespace {

const Signature wanted = {{{"age", ColumnType::float64, Presence::required},
                           {"city", ColumnType::string, Presence::nullable}}};

TEST(Signature, OrdersAndConvertsColumns) {
  const std::vector<std::string> cities = {"Paris", ""};
  const Batch batch =
      Batch::make({Column::of_strings("city", cities, {true, false}),
                   Column::of_int64("other", {1, 2}), Column::of_int64("age", {30, 40})})
          .value();
  const Batch conformed = conform(batch, wanted).value();
  EXPECT_EQ(conformed.names(), (std::vector<std::string>{"age", "city"}));
  EXPECT_EQ(conformed.columns()[0].float64s()[1], 40.0);
}

TEST(Signature, ListsEverythingThatIsWrong) {
  const Batch batch =
      Batch::make({Column::of_int64("age", {30, 40, 50}, {true, false, true})}).value();
  EXPECT_EQ(conform(batch, wanted).error().message,
            "column `age` must not be null, but is in row 2 and in 1 of 3 rows; column `city` is "
            "missing");
  const Batch misspelt =
      Batch::make({Column::of_int64("agge", {1}), Column::of_float64("city", {1})}).value();
  EXPECT_EQ(conform(misspelt, wanted).error().message,
            "column `age` is missing (did you mean `agge`?)");
}

TEST(Signature, IsTakenFromABatch) {
  const Batch batch =
      Batch::make({Column::of_float64("age", {1}), Column::of_int64("n", {1}, {false})}).value();
  EXPECT_EQ(signature_of(batch), (Signature{{{"age", ColumnType::float64, Presence::required},
                                             {"n", ColumnType::int64, Presence::nullable}}}));
}

TEST(Signature, GoesThroughJson) {
  EXPECT_EQ(canonical(to_json(wanted)).value(),
            R"([{"name":"age","required":true,"type":"float64"},)"
            R"({"name":"city","required":false,"type":"string"}])");
  EXPECT_EQ(parse_signature(to_json(wanted)).value(), wanted);
  EXPECT_EQ(parse_signature(Json{{{"name", "a"}}}).error().message, "`[0].type` is missing");
  EXPECT_EQ(parse_signature(Json{{{"name", "a"}, {"type", "int46"}}}).error().message,
            "`int46` is no column type (did you mean `int64`?)");
  EXPECT_EQ(parse_signature(Json::object()).error().message,
            "a signature must be a list of columns");
  const Json twice = {{{"name", "a"}, {"type", "int64"}}, {{"name", "a"}, {"type", "int64"}}};
  EXPECT_EQ(parse_signature(twice).error().message, "the column `a` is in the signature twice");
}

}  // namespace
}  // namespace gossamer
