// SPDX-License-Identifier: Apache-2.0
#include "base/columns/batch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gossamer {
namespace {

using Texts = std::vector<std::string>;

std::vector<std::string> texts_of(const Column& column) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < column.size(); ++i)
    texts.push_back(column.text_at(i));
  return texts;
}

Column text_column(std::string name, const Texts& values, const std::vector<bool>& present = {}) {
  return Column::of_strings(std::move(name), values, present);
}

TEST(Column, HoldsEveryType) {
  EXPECT_EQ(texts_of(Column::of_booleans("x", {1, 0}, {true, false})), (Texts{"true", "null"}));
  EXPECT_EQ(texts_of(Column::of_int64("x", {-1, 2})), (Texts{"-1", "2"}));
  EXPECT_EQ(texts_of(Column::of_float64("x", {0.1, std::nan("")})), (Texts{"0.1", "nan"}));
  EXPECT_EQ(texts_of(Column::of_float32("x", {0.5F})), Texts{"0.5"});
  EXPECT_EQ(texts_of(text_column("x", {"a", "", "c"}, {true, true, false})),
            (Texts{"a", "", "null"}));
  EXPECT_EQ(texts_of(Column::of_timestamps("x", {1})), Texts{"1970-01-01T00:00:00.000001Z"});
  EXPECT_EQ(texts_of(Column::of_dates("x", {-1, 20'000})), (Texts{"1969-12-31", "2024-10-04"}));
}

TEST(Column, CountsNulls) {
  const Column column =
      Column::of_int64("x", std::vector<std::int64_t>(20, 1), std::vector<bool>(20, false));
  EXPECT_EQ(column.null_count(), 20U);
  EXPECT_EQ(Column::of_int64("x", {1, 2}).null_count(), 0U);
}

TEST(Column, SlicesShareMemoryAndKeepNulls) {
  std::vector<bool> present(12, true);
  present[9] = false;
  const Column numbers = Column::of_int64("x", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, present);
  const Column part = numbers.slice(3, 8).slice(5, 3);
  EXPECT_EQ(texts_of(part), (Texts{"8", "null", "10"}));
  EXPECT_EQ(part.null_count(), 1U);
  EXPECT_EQ(part.int64s().data(), numbers.int64s().data() + 8);
  const Column words = text_column("x", {"a", "bb", "", "dddd"});
  EXPECT_EQ(texts_of(words.slice(1, 3)), (Texts{"bb", "", "dddd"}));
  EXPECT_EQ(words.slice(4, 0).size(), 0U);
}

TEST(Column, OutlivesWhatItWasCutFrom) {
  std::optional<Column> whole = text_column("x", {"first", "second"});
  const Column part = whole->slice(1, 1).renamed("y");
  whole.reset();
  EXPECT_EQ(part.string(0), "second");
  EXPECT_EQ(part.name(), "y");
}

TEST(ColumnType, HasWords) {
  EXPECT_EQ(name_of(ColumnType::timestamp), "timestamp");
  EXPECT_EQ(parse_column_type("float32").value(), ColumnType::float32);
  EXPECT_EQ(parse_column_type("flaot64").error().message,
            "`flaot64` is no column type (did you mean `float64`?)");
}

TEST(Convert, KeepsNullsAndValues) {
  const Column numbers = Column::of_int64("n", {1, 99, -3}, {true, false, true});
  EXPECT_EQ(texts_of(convert(numbers, ColumnType::float64).value()), (Texts{"1", "null", "-3"}));
  EXPECT_EQ(texts_of(convert(numbers, ColumnType::string).value()), (Texts{"1", "null", "-3"}));
  EXPECT_EQ(convert(numbers, ColumnType::string).value().type(), ColumnType::string);
  EXPECT_EQ(convert(numbers, ColumnType::int64).value().int64s().data(), numbers.int64s().data());
  const Column texts = text_column("t", {"2026-11-22", "true", "7", "1.5"});
  EXPECT_EQ(texts_of(convert(texts.slice(0, 1), ColumnType::date).value()), Texts{"2026-11-22"});
  EXPECT_EQ(texts_of(convert(texts.slice(1, 1), ColumnType::boolean).value()), Texts{"true"});
  EXPECT_EQ(texts_of(convert(texts.slice(2, 1), ColumnType::int64).value()), Texts{"7"});
  EXPECT_EQ(convert(texts.slice(2, 2), ColumnType::float32).value().float32s()[1], 1.5F);
  EXPECT_EQ(texts_of(convert(Column::of_dates("d", {1}), ColumnType::timestamp).value()),
            Texts{"1970-01-02T00:00:00.000000Z"});
  EXPECT_EQ(
      texts_of(convert(Column::of_timestamps("d", {-86'400'000'000}), ColumnType::date).value()),
      Texts{"1969-12-31"});
}

TEST(Convert, RefusesWhatWouldNotSurvive) {
  const auto why = [](const Column& column, ColumnType type) {
    return convert(column, type).error().message;
  };
  EXPECT_EQ(why(Column::of_float64("x", {1, 1.5}), ColumnType::int64),
            "column `x`, row 2: `1.5` does not fit int64");
  EXPECT_EQ(why(Column::of_float64("x", {std::nan("")}), ColumnType::int64),
            "column `x`, row 1: `nan` does not fit int64");
  EXPECT_EQ(why(Column::of_float64("x", {9.3e18}), ColumnType::int64),
            "column `x`, row 1: `9.3e+18` does not fit int64");
  EXPECT_EQ(why(Column::of_int64("x", {9007199254740993}), ColumnType::float64),
            "column `x`, row 1: `9007199254740993` does not fit float64");
  EXPECT_EQ(
      why(Column::of_int64("x", {std::numeric_limits<std::int64_t>::max()}), ColumnType::float64),
      "column `x`, row 1: `9223372036854775807` does not fit float64");
  EXPECT_EQ(why(Column::of_float64("x", {1e39}), ColumnType::float32),
            "column `x`, row 1: `1e+39` does not fit float32");
  EXPECT_EQ(why(Column::of_int64("x", {2}), ColumnType::boolean),
            "column `x`, row 1: `2` does not fit boolean");
  EXPECT_EQ(why(text_column("x", {"1", "two"}), ColumnType::int64),
            "column `x`, row 2: `two` does not fit int64");
  EXPECT_EQ(why(Column::of_timestamps("x", {1}), ColumnType::date),
            "column `x`, row 1: `1970-01-01T00:00:00.000001Z` does not fit date");
  EXPECT_EQ(why(Column::of_timestamps("x", {1}), ColumnType::float64),
            "column `x` is timestamp and cannot become float64");
}

TEST(Convert, Float32MayRoundAndBeInfinite) {
  EXPECT_EQ(convert(Column::of_float64("x", {0.1}), ColumnType::float32).value().float32s()[0],
            0.1F);
  EXPECT_TRUE(std::isinf(
      convert(Column::of_float64("x", {HUGE_VAL}), ColumnType::float32).value().float32s()[0]));
}

TEST(Batch, FindsSelectsAndSlices) {
  const Batch batch =
      Batch::make({Column::of_int64("a", {1, 2, 3}), text_column("b", {"x", "y", "z"})}).value();
  EXPECT_EQ(batch.rows(), 3U);
  EXPECT_EQ(batch.names(), (Texts{"a", "b"}));
  EXPECT_EQ(batch.find("c"), nullptr);
  EXPECT_EQ(batch.require("b").value()->string(1), "y");
  EXPECT_EQ(batch.select(Texts{"b"}).value().names(), Texts{"b"});
  const Batch part = batch.slice(1, 2);
  EXPECT_EQ(part.rows(), 2U);
  EXPECT_EQ(part.columns()[1].string(0), "y");
}

TEST(Batch, SaysWhatDoesNotFit) {
  EXPECT_EQ(
      Batch::make({Column::of_int64("a", {1}), Column::of_int64("b", {1, 2})}).error().message,
      "the column `b` has 2 rows, but `a` has 1");
  EXPECT_EQ(Batch::make({Column::of_int64("a", {1}), Column::of_int64("a", {1})}).error().message,
            "the column `a` is there twice");
  const Batch batch = Batch::make({Column::of_int64("amount", {1})}).value();
  const Error missing = batch.require("amonut").error();
  EXPECT_EQ(missing.kind, ErrorKind::not_found);
  EXPECT_EQ(missing.message, "there is no column `amonut` (did you mean `amount`?)");
}

TEST(Batch, ConcatenatesParts) {
  const Batch first = Batch::make({Column::of_int64("a", {1}), text_column("b", {"x"})}).value();
  const Batch second =
      Batch::make({text_column("b", {"y"}, {false}), Column::of_int64("a", {2})}).value();
  const std::vector<Batch> parts = {first, second, first.slice(0, 0)};
  const Batch all = concatenate(parts).value();
  EXPECT_EQ(texts_of(all.columns()[0]), (Texts{"1", "2"}));
  EXPECT_EQ(texts_of(all.columns()[1]), (Texts{"x", "null"}));
  EXPECT_EQ(concatenate({}).value().rows(), 0U);
  const std::vector<Batch> other = {
      first, Batch::make({Column::of_float64("a", {1}), text_column("b", {"x"})}).value()};
  EXPECT_EQ(concatenate(other).error().message,
            "the column `a` changes its type from int64 to float64");
}

}  // namespace
}  // namespace gossamer
