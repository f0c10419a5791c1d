// SPDX-License-Identifier: Apache-2.0
#include "base/columns/batch.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "base/numbers.hpp"
#include "base/suggest.hpp"

namespace gossamer {
namespace {

constexpr std::array<std::pair<ColumnType, std::string_view>, 7> type_names = {{
    {ColumnType::boolean, "boolean"},
    {ColumnType::int64, "int64"},
    {ColumnType::float64, "float64"},
    {ColumnType::float32, "float32"},
    {ColumnType::string, "string"},
    {ColumnType::timestamp, "timestamp"},
    {ColumnType::date, "date"},
}};

// What a column made here keeps alive; `bytes` and `offsets` of strings only.
template <class T>
struct Storage {
  std::vector<T> values;
  std::vector<std::int64_t> offsets;
  std::vector<std::uint8_t> validity;
};

std::vector<std::uint8_t> packed(const std::vector<bool>& present) {
  std::vector<std::uint8_t> bits((present.size() + 7) / 8);
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (present[i]) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1U << (i % 8));
  }
  return bits;
}

template <class T>
Column column_over(std::string name, ColumnType type, std::vector<T> values,
                   std::vector<std::int64_t> offsets, const std::vector<bool>& present) {
  const std::size_t size = type == ColumnType::string ? offsets.size() - 1 : values.size();
  assert(present.empty() || present.size() == size);
  auto storage = std::make_shared<const Storage<T>>(
      Storage<T>{std::move(values), std::move(offsets), packed(present)});
  Column::Shared memory{.type = type,
                        .size = size,
                        .values = storage->values.data(),
                        .offsets = storage->offsets,
                        .validity = {storage->validity, 0},
                        .owner = storage};
  return Column(std::move(name), std::move(memory));
}

std::size_t count_nulls(const Validity& validity, std::size_t size) {
  if (validity.bits.empty()) return 0;
  std::size_t nulls = 0;
  for (std::size_t i = 0; i < size; ++i)
    nulls += validity[i] ? 0U : 1U;
  return nulls;
}

std::size_t width_of(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return 1;
    case ColumnType::int64:
    case ColumnType::float64:
    case ColumnType::timestamp:
      return 8;
    case ColumnType::float32:
    case ColumnType::date:
      return 4;
    case ColumnType::string:
      return 0;  // its bytes are found by the offsets
  }
  return 0;
}

template <class T>
std::span<const T> typed(const Column::Shared& memory) {
  return {static_cast<const T*>(memory.values), memory.size};
}

}  // namespace

std::string_view name_of(ColumnType type) {
  return type_names[static_cast<std::size_t>(type)].second;
}

Result<ColumnType> parse_column_type(std::string_view text) {
  std::vector<std::string> known;
  for (const auto& [type, name] : type_names) {
    if (text == name) return type;
    known.emplace_back(name);
  }
  return invalid_input("`" + std::string(text) + "` is no column type" + did_you_mean(text, known));
}

Column::Column(std::string name, Shared memory)
    : name_(std::move(name)),
      memory_(std::move(memory)),
      null_count_(count_nulls(memory_.validity, memory_.size)) {
  assert(memory_.type != ColumnType::string || memory_.offsets.size() == memory_.size + 1);
}

Column Column::of_booleans(std::string name, std::vector<std::uint8_t> values,
                           const std::vector<bool>& present) {
  return column_over(std::move(name), ColumnType::boolean, std::move(values), {}, present);
}

Column Column::of_int64(std::string name, std::vector<std::int64_t> values,
                        const std::vector<bool>& present) {
  return column_over(std::move(name), ColumnType::int64, std::move(values), {}, present);
}

Column Column::of_float64(std::string name, std::vector<double> values,
                          const std::vector<bool>& present) {
  return column_over(std::move(name), ColumnType::float64, std::move(values), {}, present);
}

Column Column::of_float32(std::string name, std::vector<float> values,
                          const std::vector<bool>& present) {
  return column_over(std::move(name), ColumnType::float32, std::move(values), {}, present);
}

Column Column::of_strings(std::string name, std::span<const std::string> values,
                          const std::vector<bool>& present) {
  std::vector<char> bytes;
  std::vector<std::int64_t> offsets = {0};
  for (const std::string& value : values) {
    bytes.insert(bytes.end(), value.begin(), value.end());
    offsets.push_back(static_cast<std::int64_t>(bytes.size()));
  }
  return column_over(std::move(name), ColumnType::string, std::move(bytes), std::move(offsets),
                     present);
}

Column Column::of_timestamps(std::string name, std::vector<std::int64_t> microseconds,
                             const std::vector<bool>& present) {
  return column_over(std::move(name), ColumnType::timestamp, std::move(microseconds), {}, present);
}

Column Column::of_dates(std::string name, std::vector<std::int32_t> days,
                        const std::vector<bool>& present) {
  return column_over(std::move(name), ColumnType::date, std::move(days), {}, present);
}

std::span<const std::uint8_t> Column::booleans() const {
  assert(type() == ColumnType::boolean);
  return typed<std::uint8_t>(memory_);
}

std::span<const std::int64_t> Column::int64s() const {
  assert(type() == ColumnType::int64 || type() == ColumnType::timestamp);
  return typed<std::int64_t>(memory_);
}

std::span<const double> Column::float64s() const {
  assert(type() == ColumnType::float64);
  return typed<double>(memory_);
}

std::span<const float> Column::float32s() const {
  assert(type() == ColumnType::float32);
  return typed<float>(memory_);
}

std::span<const std::int32_t> Column::dates() const {
  assert(type() == ColumnType::date);
  return typed<std::int32_t>(memory_);
}

std::string_view Column::string(std::size_t index) const {
  assert(type() == ColumnType::string && index < size());
  const std::int64_t begin = memory_.offsets[index];
  return {static_cast<const char*>(memory_.values) + begin,
          static_cast<std::size_t>(memory_.offsets[index + 1] - begin)};
}

Column Column::renamed(std::string name) const {
  Column copy = *this;
  copy.name_ = std::move(name);
  return copy;
}

Column Column::slice(std::size_t begin, std::size_t count) const {
  assert(begin <= size() && count <= size() - begin);
  Shared part = memory_;
  part.size = count;
  if (type() == ColumnType::string) {
    part.offsets = memory_.offsets.subspan(begin, count + 1);
  } else if (begin > 0) {
    part.values = static_cast<const std::byte*>(memory_.values) + begin * width_of(type());
  }
  part.validity.offset += begin;
  return Column(name_, std::move(part));
}

std::string Column::text_at(std::size_t index) const {
  if (is_null(index)) return "null";
  switch (type()) {
    case ColumnType::boolean:
      return booleans()[index] != 0 ? "true" : "false";
    case ColumnType::int64:
      return std::to_string(int64s()[index]);
    case ColumnType::float64:
      return shortest(float64s()[index]);
    case ColumnType::float32:
      return shortest(float32s()[index]);
    case ColumnType::string:
      return std::string(string(index));
    case ColumnType::timestamp:
      return format_instant(Instant(Duration(int64s()[index])));
    case ColumnType::date:
      return format_date(Date(std::chrono::sys_days(std::chrono::days(dates()[index]))));
  }
  return {};
}

Result<Batch> Batch::make(std::vector<Column> columns) {
  Batch batch;
  std::unordered_set<std::string> names;
  for (const Column& column : columns) {
    if (!names.insert(column.name()).second) {
      return invalid_input("the column `" + column.name() + "` is there twice");
    }
    if (column.size() != columns.front().size()) {
      return invalid_input("the column `" + column.name() + "` has " +
                           format_count(static_cast<std::int64_t>(column.size())) + " rows, but `" +
                           columns.front().name() + "` has " +
                           format_count(static_cast<std::int64_t>(columns.front().size())));
    }
  }
  if (!columns.empty()) batch.rows_ = columns.front().size();
  batch.columns_ = std::move(columns);
  return batch;
}

std::vector<std::string> Batch::names() const {
  std::vector<std::string> names;
  for (const Column& column : columns_)
    names.push_back(column.name());
  return names;
}

const Column* Batch::find(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name, &Column::name);
  return found == columns_.end() ? nullptr : &*found;
}

Result<const Column*> Batch::require(std::string_view name) const {
  if (const Column* found = find(name); found != nullptr) return found;
  return not_found("there is no column `" + std::string(name) + "`" + did_you_mean(name, names()));
}

Result<Batch> Batch::select(std::span<const std::string> names) const {
  std::vector<Column> chosen;
  for (const std::string& name : names) {
    TRY_ASSIGN(const Column* column, require(name));
    chosen.push_back(*column);
  }
  TRY_ASSIGN(Batch batch, make(std::move(chosen)));
  batch.rows_ = rows_;
  return batch;
}

Batch Batch::slice(std::size_t begin, std::size_t count) const {
  assert(begin <= rows_ && count <= rows_ - begin);
  Batch part;
  part.rows_ = count;
  for (const Column& column : columns_)
    part.columns_.push_back(column.slice(begin, count));
  return part;
}

}  // namespace gossamer
