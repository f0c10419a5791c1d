// SPDX-License-Identifier: Apache-2.0
#include "base/numbers.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gossamer {
namespace {

TEST(Numbers, ReadsWholeNumbersWithinBounds) {
  EXPECT_EQ(parse_integer("-42").value(), -42);
  EXPECT_EQ(parse_integer("9223372036854775807").value(), 9223372036854775807);
  EXPECT_EQ(parse_integer("12x").error().message, "`12x` is not a whole number");
  EXPECT_EQ(parse_integer("").error().message, "`` is not a whole number");
  EXPECT_EQ(parse_integer(" 1").error().message, "` 1` is not a whole number");
  EXPECT_EQ(parse_integer("1.0").error().message, "`1.0` is not a whole number");
  EXPECT_EQ(parse_integer("0", 1, 64).error().message, "`0` is not between 1 and 64");
  EXPECT_EQ(parse_integer("99999999999999999999", 1, 64).error().message,
            "`99999999999999999999` is not between 1 and 64");
}

TEST(Numbers, ReadsFiniteNumbers) {
  EXPECT_EQ(parse_number("-1.5e3").value(), -1500.0);
  EXPECT_EQ(parse_number("nan").error().message, "`nan` is not a number");
  EXPECT_EQ(parse_number("inf").error().message, "`inf` is not a number");
  EXPECT_EQ(parse_number("1,5").error().message, "`1,5` is not a number");
  EXPECT_EQ(parse_number("1e999").error().message,
            "`1e999` is too large or too small for a number");
}

TEST(Numbers, ReadsSizes) {
  EXPECT_EQ(parse_bytes("512").value(), 512);
  EXPECT_EQ(parse_bytes("64KB").value(), 64'000);
  EXPECT_EQ(parse_bytes("1.5 GiB").value(), 1'610'612'736);
  EXPECT_EQ(parse_bytes("2g").value(), 2'000'000'000);
  for (const char* text : {"", "GB", "-1", "5 apples", "1.2.3MB", "5i", "1KKB"}) {
    EXPECT_EQ(
        parse_bytes(text).error().message,
        std::string("`") + text + "` is not a size; write for example 512, 64KB, 2GB or 1.5GiB");
  }
  EXPECT_EQ(parse_bytes("99999999TB").error().message, "`99999999TB` is more than any disk holds");
}

TEST(Numbers, ShortestReadsBack) {
  for (const double number : {0.1, 1.0 / 3, 1e300, 5e-324, -0.0, 123456789.125}) {
    EXPECT_EQ(parse_number(shortest(number)).value(), number);
  }
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(-std::nan("")), "nan");
  EXPECT_EQ(shortest(-HUGE_VAL), "-inf");
}

TEST(Numbers, FormsForPeople) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(1234567), "1,234,567");
  EXPECT_EQ(format_count(-999), "-999");
  EXPECT_EQ(format_count(-1000), "-1,000");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1500), "1.5 kB");
  EXPECT_EQ(format_bytes(999'999), "1.0 MB");
  EXPECT_EQ(format_bytes(2'500'000'000), "2.5 GB");
  EXPECT_EQ(format_seconds(0.0124), "0.012 s");
  EXPECT_EQ(format_seconds(12.34), "12.3 s");
  EXPECT_EQ(format_seconds(59.99), "1 min 00 s");
  EXPECT_EQ(format_seconds(245), "4 min 05 s");
  EXPECT_EQ(format_seconds(3.0 * 3600 + 7 * 60), "3 h 07 min");
  EXPECT_EQ(format_significant(0.123456), "0.1235");
  EXPECT_EQ(format_significant(1234567.8), "1234568");
  EXPECT_EQ(format_significant(2.5), "2.5");
  EXPECT_EQ(format_significant(0), "0");
  EXPECT_EQ(format_significant(1e-9), "1e-09");
}

}  // namespace
}  // namespace gossamer
