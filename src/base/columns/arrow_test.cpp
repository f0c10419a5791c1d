// SPDX-License-Identifier: Apache-2.0
#include "base/columns/arrow.hpp"

#include <gtest/gtest.h>

#include <array>
#include <deque>
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

// A table of another library: one column over buffers of the test, counting its releases.
class Foreign {
 public:
  Foreign(const char* format, std::int64_t length, std::vector<const void*> buffers)
      : buffers_(std::move(buffers)) {
    child_schema_.format = format;
    child_schema_.name = "x";
    child_.length = length;
    child_.n_buffers = static_cast<std::int64_t>(buffers_.size());
    child_.buffers = buffers_.data();
    child_.null_count = buffers_[0] == nullptr ? 0 : -1;
    schema_.format = "+s";
    schema_.n_children = 1;
    schema_.children = schema_children_.data();
  }

  Result<Batch> import() {
    OwnedArrowArray array;
    array.get()->length = rows_ < 0 ? child_.length : rows_;
    array.get()->offset = offset_;
    array.get()->n_children = 1;
    array.get()->children = children_.data();
    array.get()->private_data = &releases_;
    array.get()->release = [](ArrowArray* released) {
      ++*static_cast<int*>(released->private_data);
      released->release = nullptr;
    };
    return import_batch(schema_, std::move(array));
  }
  Texts import_texts() { return texts_of(import().value().columns()[0]); }

  Foreign& sliced(std::int64_t offset, std::int64_t rows) {
    offset_ = offset;
    rows_ = rows;
    return *this;
  }
  Foreign& with_dictionary(ArrowSchema* schema, ArrowArray* words) {
    child_schema_.dictionary = schema;
    child_.dictionary = words;
    return *this;
  }
  [[nodiscard]] int releases() const { return releases_; }

 private:
  std::vector<const void*> buffers_;
  ArrowSchema child_schema_{};
  ArrowSchema schema_{};
  ArrowArray child_{};
  std::array<ArrowSchema*, 1> schema_children_ = {&child_schema_};
  std::array<ArrowArray*, 1> children_ = {&child_};
  std::int64_t offset_ = 0;
  std::int64_t rows_ = -1;
  int releases_ = 0;
};

const std::array<std::uint8_t, 1> not_the_second = {0b11111101};

TEST(ArrowImport, SharesValuesAndReleasesOnce) {
  const std::array<double, 3> values = {1.5, 2.5, 3.5};
  Foreign foreign("g", 3, {not_the_second.data(), values.data()});
  {
    std::optional<Column> column;
    {
      const Batch batch = foreign.import().value();
      column = batch.columns()[0].slice(0, 3);
    }
    EXPECT_EQ(column->float64s().data(), values.data());
    EXPECT_EQ(texts_of(*column), (Texts{"1.5", "null", "3.5"}));
    EXPECT_EQ(foreign.releases(), 0);
  }
  EXPECT_EQ(foreign.releases(), 1);
}

TEST(ArrowImport, ReadsEveryIntegerWidth) {
  const std::array<std::int8_t, 2> i8 = {-1, 2};
  const std::array<std::uint16_t, 2> u16 = {1, 65535};
  const std::array<std::int32_t, 2> i32 = {-5, 5};
  const std::array<std::uint64_t, 2> u64 = {7, std::numeric_limits<std::uint64_t>::max()};
  EXPECT_EQ(Foreign("c", 2, {nullptr, i8.data()}).import_texts(), (Texts{"-1", "2"}));
  EXPECT_EQ(Foreign("S", 2, {nullptr, u16.data()}).import_texts(), (Texts{"1", "65535"}));
  EXPECT_EQ(Foreign("i", 2, {nullptr, i32.data()}).import_texts(), (Texts{"-5", "5"}));
  EXPECT_EQ(Foreign("L", 1, {nullptr, u64.data()}).import_texts(), Texts{"7"});
  EXPECT_EQ(Foreign("L", 2, {nullptr, u64.data()}).import().error().message,
            "column `x` has 18446744073709551615 in row 2, which does not fit int64");
  EXPECT_EQ(Foreign("L", 2, {not_the_second.data(), u64.data()}).import_texts(),
            (Texts{"7", "null"}));
}

TEST(ArrowImport, ReadsBooleansStringsAndOffsets) {
  const std::array<std::uint8_t, 1> bits = {0b00000110};
  EXPECT_EQ(Foreign("b", 4, {not_the_second.data(), bits.data()}).sliced(1, 2).import_texts(),
            (Texts{"null", "true"}));
  const std::array<std::int32_t, 4> small = {0, 1, 1, 4};
  const std::array<std::int64_t, 4> large = {0, 1, 1, 4};
  const std::string bytes = "abcd";
  EXPECT_EQ(Foreign("u", 3, {nullptr, small.data(), bytes.data()}).import_texts(),
            (Texts{"a", "", "bcd"}));
  EXPECT_EQ(Foreign("U", 3, {nullptr, large.data(), bytes.data()}).sliced(2, 1).import_texts(),
            Texts{"bcd"});
  EXPECT_TRUE(Foreign("u", 0, {nullptr, nullptr, nullptr}).import_texts().empty());
}

TEST(ArrowImport, ReadsTimesInEveryUnit) {
  const std::array<std::int64_t, 2> values = {1, -1};
  const auto read = [&](const char* format) {
    return Foreign(format, 2, {nullptr, values.data()}).import().value().columns()[0].int64s()[1];
  };
  EXPECT_EQ(read("tss:"), -1'000'000);
  EXPECT_EQ(read("tsm:UTC"), -1'000);
  EXPECT_EQ(read("tsu:UTC"), -1);
  EXPECT_EQ(read("tsn:"), -1);  // rounded down, as time goes
  const std::array<std::int64_t, 1> far = {std::numeric_limits<std::int64_t>::min()};
  EXPECT_EQ(Foreign("tss:", 1, {nullptr, far.data()}).import().error().message,
            "column `x` has a time in row 1 that is out of range");
  const std::array<std::int32_t, 1> day = {20'000};
  EXPECT_EQ(Foreign("tdD", 1, {nullptr, day.data()}).import_texts(), Texts{"2024-10-04"});
}

TEST(ArrowImport, RoundsDecimalsCorrectly) {
  // Low and high half of the numbers 12345, -1 and 123456789012345678901234567890.
  alignas(16) const std::array<std::uint64_t, 6> values = {
      12345, 0, ~std::uint64_t{0}, ~std::uint64_t{0}, 14083847773837265618U, 6692605942U};
  EXPECT_EQ(Foreign("d:18,3", 3, {nullptr, values.data()}).import_texts(),
            (Texts{"12.345", "-0.001", "1.2345678901234568e+26"}));
  EXPECT_EQ(Foreign("d:38,0", 2, {nullptr, values.data()}).import_texts(), (Texts{"12345", "-1"}));
  EXPECT_EQ(Foreign("d:76,3,256", 1, {nullptr, values.data()}).import().error().message,
            "column `x` is a decimal of an unknown form `d:76,3,256`");
}

TEST(ArrowImport, DecodesDictionaries) {
  const std::array<std::uint8_t, 3> indexes = {1, 0, 9};
  const std::array<std::int32_t, 3> offsets = {0, 3, 6};
  const std::string bytes = "lowtop";
  std::array<const void*, 3> buffers = {nullptr, offsets.data(), bytes.data()};
  ArrowSchema word_schema{};
  word_schema.format = "u";
  ArrowArray words{};
  words.length = 2;
  words.n_buffers = 3;
  words.buffers = buffers.data();
  Foreign two("C", 2, {nullptr, indexes.data()});
  EXPECT_EQ(two.with_dictionary(&word_schema, &words).import_texts(), (Texts{"top", "low"}));
  Foreign three("C", 3, {nullptr, indexes.data()});
  EXPECT_EQ(three.with_dictionary(&word_schema, &words).import().error().message,
            "column `x` points outside its own dictionary");
}

TEST(ArrowImport, NamesWhatItCannotTake) {
  const std::array<std::int64_t, 1> values = {1};
  Foreign foreign("ttu", 1, {nullptr, values.data()});
  const auto refused = foreign.import();
  EXPECT_EQ(
      refused.error().message,
      "column `x` has the Arrow type `ttu`, for which there is no column type; cast it in the "
      "query");
  EXPECT_EQ(foreign.releases(), 1);
  ArrowSchema no_struct{};
  no_struct.format = "l";
  EXPECT_EQ(import_batch(no_struct, OwnedArrowArray()).error().message,
            "an Arrow table must be a struct of columns");
}

TEST(Arrow, WhatGoesOutComesBack) {
  const Texts words = {"a", "", "ccc", "dd"};
  const std::vector<bool> present = {true, false, true, true};
  const Batch batch =
      Batch::make({Column::of_booleans("b", {1, 0, 0, 1}, present),
                   Column::of_int64("i", {1, 2, 3, 4}, present),
                   Column::of_float64("d", {0.5, 1, 2, 3}),
                   Column::of_float32("f", {0.5F, 1, 2, 3}, present),
                   Column::of_strings("s", words, present),
                   Column::of_timestamps("t", {1, 2, 3, 4}), Column::of_dates("y", {1, 2, 3, 4})})
          .value();
  for (const auto& [begin, count] : {std::pair{0U, 4U}, std::pair{1U, 3U}, std::pair{2U, 0U}}) {
    const Batch part = batch.slice(begin, count);
    ExportedBatch out = export_batch(part);
    const Batch back = import_batch(*out.schema.get(), std::move(out.array)).value();
    ASSERT_EQ(back.names(), part.names());
    EXPECT_EQ(back.rows(), count);
    for (std::size_t i = 0; i < part.columns().size(); ++i) {
      EXPECT_EQ(back.columns()[i].type(), part.columns()[i].type());
      EXPECT_EQ(texts_of(back.columns()[i]), texts_of(part.columns()[i]));
    }
  }
}

TEST(Arrow, AnExportKeepsTheMemoryAlive) {
  std::optional<Batch> batch = Batch::make({Column::of_int64("i", {41})}).value();
  ExportedBatch out = export_batch(*batch);
  batch.reset();
  const ArrowArray& child = *out.array.get()->children[0];
  EXPECT_EQ(static_cast<const std::int64_t*>(child.buffers[1])[0], 41);
  EXPECT_STREQ(out.schema.get()->children[0]->format, "l");
  EXPECT_STREQ(out.schema.get()->children[0]->name, "i");
}

TEST(Arrow, AMovedChildIsReleasedByWhoeverTookIt) {
  ExportedBatch out =
      export_batch(Batch::make({Column::of_int64("a", {1}), Column::of_int64("b", {2})}).value());
  ArrowArray taken = *out.array.get()->children[1];
  out.array.get()->children[1]->release = nullptr;
  out.array.reset();
  EXPECT_EQ(static_cast<const std::int64_t*>(taken.buffers[1])[0], 2);
  taken.release(&taken);
  EXPECT_EQ(taken.release, nullptr);
}

}  // namespace
}  // namespace gossamer
