// SPDX-License-Identifier: Apache-2.0
// The one table type in memory: named, typed, immutable columns of one length. It owns or shares
// its memory, so that columns of a database arrive without a copy; it computes nothing. Values may
// be read by any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace gossamer {

enum class ColumnType : std::uint8_t {
  boolean,    // std::uint8_t, 0 or 1
  int64,      // std::int64_t
  float64,    // double
  float32,    // float
  string,     // UTF-8
  timestamp,  // std::int64_t, microseconds since 1970 UTC
  date,       // std::int32_t, days since 1970-01-01
};

// "boolean", "int64", ...: also the words of signatures in files.
std::string_view name_of(ColumnType type);
Result<ColumnType> parse_column_type(std::string_view text);

// Which entries are there; without bits all are. Bits count from the lowest of each byte (Arrow's
// way).
struct Validity {
  std::span<const std::uint8_t> bits;
  std::size_t offset = 0;  // of entry 0, in bits

  [[nodiscard]] bool operator[](std::size_t index) const {
    if (bits.empty()) return true;
    const std::size_t bit = offset + index;
    return ((bits[bit / 8] >> (bit % 8)) & 1U) != 0;
  }
};

class Column {
 public:
  // Takes the values over. `present`, one entry per value, says which are there; empty: all.
  static Column of_booleans(std::string name, std::vector<std::uint8_t> values,
                            const std::vector<bool>& present = {});
  static Column of_int64(std::string name, std::vector<std::int64_t> values,
                         const std::vector<bool>& present = {});
  static Column of_float64(std::string name, std::vector<double> values,
                           const std::vector<bool>& present = {});
  static Column of_float32(std::string name, std::vector<float> values,
                           const std::vector<bool>& present = {});
  static Column of_strings(std::string name, std::span<const std::string> values,
                           const std::vector<bool>& present = {});
  static Column of_timestamps(std::string name, std::vector<std::int64_t> microseconds,
                              const std::vector<bool>& present = {});
  static Column of_dates(std::string name, std::vector<std::int32_t> days,
                         const std::vector<bool>& present = {});

  // Memory of somebody else that `owner` keeps alive. `values` is an array of `size` of the
  // type's storage, or for strings the bytes, with size + 1 offsets into them.
  struct Shared {
    ColumnType type = ColumnType::int64;
    std::size_t size = 0;
    const void* values = nullptr;
    std::span<const std::int64_t> offsets;
    Validity validity;
    std::shared_ptr<const void> owner;
  };
  Column(std::string name, Shared memory);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] ColumnType type() const { return memory_.type; }
  [[nodiscard]] std::size_t size() const { return memory_.size; }
  [[nodiscard]] std::size_t null_count() const { return null_count_; }
  [[nodiscard]] bool is_null(std::size_t index) const { return !memory_.validity[index]; }
  [[nodiscard]] const Validity& validity() const { return memory_.validity; }

  // The values, in the storage type of type(); any other T is a broken promise and asserts. What
  // stands at a null entry means nothing.
  [[nodiscard]] std::span<const std::uint8_t> booleans() const;
  [[nodiscard]] std::span<const std::int64_t> int64s() const;  // also of timestamps
  [[nodiscard]] std::span<const double> float64s() const;
  [[nodiscard]] std::span<const float> float32s() const;
  [[nodiscard]] std::span<const std::int32_t> dates() const;
  [[nodiscard]] std::string_view string(std::size_t index) const;
  [[nodiscard]] const Shared& memory() const { return memory_; }

  [[nodiscard]] Column renamed(std::string name) const;
  // Entries [begin, begin + count), sharing the memory.
  [[nodiscard]] Column slice(std::size_t begin, std::size_t count) const;
  // For people and messages: "null", "1.5", "2026-11-22".
  [[nodiscard]] std::string text_at(std::size_t index) const;

 private:
  std::string name_;
  Shared memory_;
  std::size_t null_count_ = 0;
};

// The column as another type. Numbers, booleans and texts of them convert where the value survives
// (an int64 over 2^53 does not become a float64, 1.5 no int64; float64 to float32 rounds);
// otherwise invalid_input names the column, the row (from 1) and the value.
Result<Column> convert(const Column& column, ColumnType type);

class Batch {
 public:
  Batch() = default;
  // invalid_input where lengths differ or a name repeats.
  static Result<Batch> make(std::vector<Column> columns);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] std::vector<std::string> names() const;
  // Null where there is none of that name.
  [[nodiscard]] const Column* find(std::string_view name) const;
  // not_found with a suggestion.
  [[nodiscard]] Result<const Column*> require(std::string_view name) const;
  [[nodiscard]] Result<Batch> select(std::span<const std::string> names) const;
  [[nodiscard]] Batch slice(std::size_t begin, std::size_t count) const;

 private:
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

// One batch of all rows in order; names and types of all parts must be the same.
Result<Batch> concatenate(std::span<const Batch> parts);

}  // namespace gossamer
