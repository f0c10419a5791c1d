// SPDX-License-Identifier: Apache-2.0
// import_batch of arrow.hpp. What the other library says of its own buffers is believed: the
// interface has no lengths that could be checked.
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/columns/arrow.hpp"

namespace gossamer {
namespace {

__extension__ using Int128 = __int128;

struct Source {
  const ArrowSchema& schema;
  const ArrowArray& array;
  std::size_t begin;  // first entry in the buffers
  std::size_t size;
  std::shared_ptr<const void> owner;

  [[nodiscard]] std::string name() const { return schema.name == nullptr ? "" : schema.name; }
  [[nodiscard]] std::string_view format() const { return schema.format; }
  template <class T>
  [[nodiscard]] const T* buffer(std::size_t index) const {
    return static_cast<const T*>(array.buffers[index]);
  }
  [[nodiscard]] bool bit(std::size_t index, std::size_t entry) const {
    const std::size_t at = begin + entry;
    return ((buffer<std::uint8_t>(index)[at / 8] >> (at % 8)) & 1U) != 0;
  }
  [[nodiscard]] Validity validity() const {
    if (array.null_count == 0 || array.n_buffers == 0 || array.buffers[0] == nullptr) return {};
    return {{buffer<std::uint8_t>(0), (begin + size + 7) / 8}, begin};
  }
};

std::unexpected<Error> wrong(const Source& source, std::string_view what) {
  return invalid_input(fmt::format("column `{}` {}", source.name(), what));
}

// A column whose values are new and whose validity is still the source's.
template <class T>
Column own(const Source& source, ColumnType type, std::vector<T> values) {
  struct Both {
    std::vector<T> values;
    std::shared_ptr<const void> source;
  };
  auto both = std::make_shared<const Both>(Both{std::move(values), source.owner});
  return Column(source.name(), {.type = type,
                                .size = source.size,
                                .values = both->values.data(),
                                .offsets = {},
                                .validity = source.validity(),
                                .owner = both});
}

template <class T>
Column share(const Source& source, ColumnType type) {
  return Column(source.name(), {.type = type,
                                .size = source.size,
                                .values = source.buffer<T>(1) + source.begin,
                                .offsets = {},
                                .validity = source.validity(),
                                .owner = source.owner});
}

template <class T>
Column widen(const Source& source) {
  const T* values = source.buffer<T>(1) + source.begin;
  return own(source, ColumnType::int64, std::vector<std::int64_t>(values, values + source.size));
}

Result<Column> import_unsigned(const Source& source) {
  const Validity validity = source.validity();
  std::vector<std::int64_t> values(source.size);
  for (std::size_t i = 0; i < source.size; ++i) {
    const std::uint64_t value = source.buffer<std::uint64_t>(1)[source.begin + i];
    if (validity[i] && !std::in_range<std::int64_t>(value)) {
      return wrong(source, fmt::format("has {} in row {}, which does not fit int64", value, i + 1));
    }
    values[i] = static_cast<std::int64_t>(value);
  }
  return own(source, ColumnType::int64, std::move(values));
}

Column import_booleans(const Source& source) {
  std::vector<std::uint8_t> values(source.size);
  for (std::size_t i = 0; i < source.size; ++i)
    values[i] = source.bit(1, i) ? 1 : 0;
  return own(source, ColumnType::boolean, std::move(values));
}

Column strings_with(const Source& source, std::span<const std::int64_t> offsets,
                    std::shared_ptr<const void> owner) {
  return Column(source.name(), {.type = ColumnType::string,
                                .size = source.size,
                                .values = source.buffer<char>(2),
                                .offsets = offsets,
                                .validity = source.validity(),
                                .owner = std::move(owner)});
}

// The bytes are shared; offsets of 32 bits are widened, which costs little beside them.
Column import_strings(const Source& source) {
  if (source.format() == "U" && source.buffer<std::int64_t>(1) != nullptr) {
    return strings_with(source, {source.buffer<std::int64_t>(1) + source.begin, source.size + 1},
                        source.owner);
  }
  struct Both {
    std::vector<std::int64_t> offsets;
    std::shared_ptr<const void> source;
  };
  // Producers may leave the offsets of an empty column out.
  std::vector<std::int64_t> offsets(source.size + 1);
  if (const auto* given = source.buffer<std::int32_t>(1); given != nullptr && source.size > 0) {
    offsets.assign(given + source.begin, given + source.begin + source.size + 1);
  }
  auto both = std::make_shared<const Both>(Both{std::move(offsets), source.owner});
  return strings_with(source, both->offsets, both);
}

std::size_t index_at(const Source& source, std::size_t entry) {
  const std::size_t at = source.begin + entry;
  switch (source.format()[0]) {
    case 'c':
      return static_cast<std::size_t>(source.buffer<std::int8_t>(1)[at]);
    case 'C':
      return source.buffer<std::uint8_t>(1)[at];
    case 's':
      return static_cast<std::size_t>(source.buffer<std::int16_t>(1)[at]);
    case 'S':
      return source.buffer<std::uint16_t>(1)[at];
    case 'i':
      return static_cast<std::size_t>(source.buffer<std::int32_t>(1)[at]);
    case 'I':
      return source.buffer<std::uint32_t>(1)[at];
    default:
      return static_cast<std::size_t>(source.buffer<std::int64_t>(1)[at]);
  }
}

Result<Column> import_dictionary(const Source& source) {
  const ArrowArray& words = *source.array.dictionary;
  const Source dictionary{*source.schema.dictionary, words, static_cast<std::size_t>(words.offset),
                          static_cast<std::size_t>(words.length), source.owner};
  if (dictionary.format() != "u" && dictionary.format() != "U") {
    return wrong(source, "is a dictionary of something else than strings; cast it in the query");
  }
  const Column values = import_strings(dictionary);
  const Validity validity = source.validity();
  std::vector<std::string> texts(source.size);
  std::vector<bool> present(source.size);
  for (std::size_t i = 0; i < source.size; ++i) {
    if (!validity[i]) continue;
    const std::size_t index = index_at(source, i);
    if (index >= values.size()) return wrong(source, "points outside its own dictionary");
    present[i] = !values.is_null(index);
    texts[i] = values.string(index);
  }
  return Column::of_strings(source.name(), texts, present);
}

Result<Column> import_timestamps(const Source& source) {
  const char unit = source.format()[2];
  if (unit == 'u') return share<std::int64_t>(source, ColumnType::timestamp);
  const std::int64_t factor = unit == 's' ? 1'000'000 : 1'000;
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const Validity validity = source.validity();
  std::vector<std::int64_t> values(source.size);
  for (std::size_t i = 0; i < source.size; ++i) {
    if (!validity[i]) continue;
    const std::int64_t value = source.buffer<std::int64_t>(1)[source.begin + i];
    if (unit == 'n') {
      values[i] = value / factor - (value % factor < 0 ? 1 : 0);
    } else if (value > most / factor || value < -(most / factor)) {
      return wrong(source, fmt::format("has a time in row {} that is out of range", i + 1));
    } else {
      values[i] = value * factor;
    }
  }
  return own(source, ColumnType::timestamp, std::move(values));
}

// unscaled / 10^scale, correctly rounded: both are exact doubles, or the digits are read as text.
double decimal_value(Int128 unscaled, int scale) {
  constexpr Int128 exact = Int128{1} << 53U;
  if (unscaled > -exact && unscaled < exact && scale >= 0 && scale <= 22) {
    return static_cast<double>(unscaled) / std::pow(10.0, scale);
  }
  const std::string text = fmt::format("{}e{}", unscaled, -scale);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "d:precision,scale" or "d:precision,scale,bits".
Result<Column> import_decimals(const Source& source) {
  const std::string_view format = source.format();
  const std::size_t comma = format.find(',');
  int scale = 0;
  const auto* end = format.data() + format.size();
  const auto* rest = end;
  if (comma != std::string_view::npos) {
    rest = std::from_chars(format.data() + comma + 1, end, scale).ptr;
  }
  const std::string_view bits(rest, static_cast<std::size_t>(end - rest));
  if (comma == std::string_view::npos || (!bits.empty() && bits != ",128")) {
    return wrong(source, fmt::format("is a decimal of an unknown form `{}`", format));
  }
  std::vector<double> values(source.size);
  for (std::size_t i = 0; i < source.size; ++i) {
    values[i] = decimal_value(source.buffer<Int128>(1)[source.begin + i], scale);
  }
  return own(source, ColumnType::float64, std::move(values));
}

Result<Column> import_column(const Source& source) {
  if (source.schema.dictionary != nullptr) return import_dictionary(source);
  const std::string_view format = source.format();
  if (format == "b") return import_booleans(source);
  if (format == "c") return widen<std::int8_t>(source);
  if (format == "C") return widen<std::uint8_t>(source);
  if (format == "s") return widen<std::int16_t>(source);
  if (format == "S") return widen<std::uint16_t>(source);
  if (format == "i") return widen<std::int32_t>(source);
  if (format == "I") return widen<std::uint32_t>(source);
  if (format == "l") return share<std::int64_t>(source, ColumnType::int64);
  if (format == "L") return import_unsigned(source);
  if (format == "f") return share<float>(source, ColumnType::float32);
  if (format == "g") return share<double>(source, ColumnType::float64);
  if (format == "u" || format == "U") return import_strings(source);
  if (format == "tdD") return share<std::int32_t>(source, ColumnType::date);
  if (format.starts_with("ts") && format.size() > 3) return import_timestamps(source);
  if (format.starts_with("d:")) return import_decimals(source);
  if (format == "n") {
    return Column::of_float64(source.name(), std::vector<double>(source.size),
                              std::vector<bool>(source.size, false));
  }
  return wrong(source, fmt::format("has the Arrow type `{}`, for which there is no column type; "
                                   "cast it in the query",
                                   format));
}

}  // namespace

Result<Batch> import_batch(const ArrowSchema& schema, OwnedArrowArray array) {
  if (schema.format == nullptr || std::string_view(schema.format) != "+s") {
    return invalid_input("an Arrow table must be a struct of columns");
  }
  if (array.get()->n_children != schema.n_children) {
    return invalid_input("an Arrow table has other columns than its schema says");
  }
  const auto owner = std::make_shared<OwnedArrowArray>(std::move(array));
  const ArrowArray& table = *owner->get();
  if (table.null_count > 0)
    return invalid_input("an Arrow table has rows that are null as a whole");
  std::vector<Column> columns;
  for (std::int64_t i = 0; i < table.n_children; ++i) {
    const ArrowArray& child = *table.children[i];
    const Source source{*schema.children[i], child,
                        static_cast<std::size_t>(table.offset + child.offset),
                        static_cast<std::size_t>(table.length), owner};
    TRY_ASSIGN(auto column, import_column(source));
    columns.push_back(std::move(column));
  }
  return Batch::make(std::move(columns));
}

}  // namespace gossamer
