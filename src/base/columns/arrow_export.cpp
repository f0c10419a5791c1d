// SPDX-License-Identifier: Apache-2.0
// export_batch of arrow.hpp.
#include <array>
#include <memory>
#include <vector>

#include "base/columns/arrow.hpp"

namespace gossamer {
namespace {

const char* format_of(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return "b";
    case ColumnType::int64:
      return "l";
    case ColumnType::float64:
      return "g";
    case ColumnType::float32:
      return "f";
    case ColumnType::string:
      return "U";
    case ColumnType::timestamp:
      return "tsu:";
    case ColumnType::date:
      return "tdD";
  }
  return "n";
}

// The interface's rule: a release function frees what private_data holds and marks the structure.
template <class Structure, class Holder>
void free_holder(Structure* structure) {
  const std::unique_ptr<Holder> holder(static_cast<Holder*>(structure->private_data));
  structure->release = nullptr;
}

// Children live in the holder of their parent and are released with it, unless a consumer moved
// them out and marked them.
template <class Structure>
struct Children {
  Children() = default;
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;
  ~Children() {
    for (Structure& child : structures) {
      if (child.release != nullptr) child.release(&child);
    }
  }
  void link() {
    for (Structure& child : structures)
      pointers.push_back(&child);
  }
  std::vector<Structure> structures;
  std::vector<Structure*> pointers;
};

struct SchemaHolder {
  std::string name;
  Children<ArrowSchema> children;
};

struct ArrayHolder {
  std::shared_ptr<const void> owner;
  std::vector<std::uint8_t> validity;
  std::vector<std::uint8_t> booleans;
  std::vector<const void*> buffers;
  Children<ArrowArray> children;
};

ArrowSchema schema_of(const char* format, std::unique_ptr<SchemaHolder> holder) {
  ArrowSchema schema{};
  schema.format = format;
  schema.name = holder->name.c_str();
  schema.flags = ARROW_FLAG_NULLABLE;
  schema.n_children = static_cast<std::int64_t>(holder->children.pointers.size());
  schema.children = holder->children.pointers.data();
  schema.release = free_holder<ArrowSchema, SchemaHolder>;
  schema.private_data = holder.release();
  return schema;
}

ArrowArray array_of(std::size_t length, std::size_t nulls, std::unique_ptr<ArrayHolder> holder) {
  ArrowArray array{};
  array.length = static_cast<std::int64_t>(length);
  array.null_count = static_cast<std::int64_t>(nulls);
  array.n_buffers = static_cast<std::int64_t>(holder->buffers.size());
  array.buffers = holder->buffers.data();
  array.n_children = static_cast<std::int64_t>(holder->children.pointers.size());
  array.children = holder->children.pointers.data();
  array.release = free_holder<ArrowArray, ArrayHolder>;
  array.private_data = holder.release();
  return array;
}

template <class Get>
std::vector<std::uint8_t> pack(std::size_t size, Get get) {
  std::vector<std::uint8_t> bits((size + 7) / 8);
  for (std::size_t i = 0; i < size; ++i) {
    if (get(i)) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1U << (i % 8));
  }
  return bits;
}

ArrowArray export_column(const Column& column) {
  auto holder = std::make_unique<ArrayHolder>();
  const Column::Shared& memory = column.memory();
  holder->owner = memory.owner;
  // Values begin at their first entry, so the array has no offset and the bits must have none
  // either.
  const void* validity = nullptr;
  if (column.null_count() > 0 && memory.validity.offset % 8 == 0) {
    validity = memory.validity.bits.data() + memory.validity.offset / 8;
  } else if (column.null_count() > 0) {
    holder->validity = pack(column.size(), [&](std::size_t i) { return !column.is_null(i); });
    validity = holder->validity.data();
  }
  const void* values = memory.values;
  if (column.type() == ColumnType::boolean) {
    holder->booleans =
        pack(column.size(), [&](std::size_t i) { return column.booleans()[i] != 0; });
    values = holder->booleans.data();
  }
  holder->buffers = {validity, values};
  if (column.type() == ColumnType::string) {
    holder->buffers = {validity, memory.offsets.data(), values};
  }
  const std::size_t length = column.size();
  return array_of(length, column.null_count(), std::move(holder));
}

}  // namespace

ExportedBatch export_batch(const Batch& batch) {
  auto schema = std::make_unique<SchemaHolder>();
  auto array = std::make_unique<ArrayHolder>();
  array->buffers = {nullptr};
  for (const Column& column : batch.columns()) {
    auto name = std::make_unique<SchemaHolder>();
    name->name = column.name();
    schema->children.structures.push_back(schema_of(format_of(column.type()), std::move(name)));
    array->children.structures.push_back(export_column(column));
  }
  schema->children.link();
  array->children.link();
  ExportedBatch exported;
  *exported.schema.get() = schema_of("+s", std::move(schema));
  *exported.array.get() = array_of(batch.rows(), 0, std::move(array));
  return exported;
}

}  // namespace gossamer
