// SPDX-License-Identifier: Apache-2.0
// The Arrow C data interface: how columns cross to and from other libraries without a copy.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/result.hpp"

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

extern "C" {
// Layout and names are the standard's (arrow.apache.org, "The Arrow C data interface").
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
}

#endif

namespace gossamer {

// Owns an ArrowSchema or ArrowArray: releases it unless it was moved out.
template <class T>
class ArrowOwner {
 public:
  ArrowOwner() = default;
  ArrowOwner(ArrowOwner&& other) noexcept : value_(other.value_) { other.value_.release = nullptr; }
  ArrowOwner& operator=(ArrowOwner&& other) noexcept {
    if (this != &other) {
      reset();
      value_ = other.value_;
      other.value_.release = nullptr;
    }
    return *this;
  }
  ArrowOwner(const ArrowOwner&) = delete;
  ArrowOwner& operator=(const ArrowOwner&) = delete;
  ~ArrowOwner() { reset(); }

  [[nodiscard]] T* get() { return &value_; }
  [[nodiscard]] const T* get() const { return &value_; }
  void reset() {
    if (value_.release != nullptr) value_.release(&value_);
    value_ = T{};
  }

 private:
  T value_{};
};

using OwnedArrowSchema = ArrowOwner<ArrowSchema>;
using OwnedArrowArray = ArrowOwner<ArrowArray>;

// A struct array as a batch; takes the array over, the schema stays the caller's. Values and
// strings are shared, not copied, where storage is the same; narrower integers, decimals (to
// float64), other timestamp units and dictionaries are converted. invalid_input names a column of
// another type.
Result<Batch> import_batch(const ArrowSchema& schema, OwnedArrowArray array);

struct ExportedBatch {
  OwnedArrowSchema schema;
  OwnedArrowArray array;
};
// The batch as a struct array that keeps the batch's memory alive until released.
ExportedBatch export_batch(const Batch& batch);

}  // namespace gossamer
