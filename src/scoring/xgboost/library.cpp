// SPDX-License-Identifier: Apache-2.0
#include "scoring/xgboost/library.hpp"

#include "scoring/features.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace gossamer::scoring::xgboost {
namespace {

// NumPy's array interface (numpy.org/doc/stable/reference/arrays.interface.html) as JSON.
std::string array_interface(const void* values, std::string_view type, std::size_t size) {
  return fmt::format(
      R"({{"data":[{},true],"shape":[{}],"strides":null,"typestr":"{}","version":3}})",
      reinterpret_cast<std::uintptr_t>(values), size, type);
}

std::string_view typestr(ColumnType type) {
  switch (type) {
    case ColumnType::boolean:
      return "|u1";
    case ColumnType::int64:
    case ColumnType::timestamp:
      return "<i8";
    case ColumnType::float64:
      return "<f8";
    case ColumnType::float32:
      return "<f4";
    case ColumnType::date:
      return "<i4";
    case ColumnType::string:
      break;
  }
  return "";
}

std::vector<const char*> pointers(std::span<const std::string> values) {
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const std::string& value : values)
    texts.push_back(value.c_str());
  return texts;
}

}  // namespace

std::string library_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

Result<void> check(int status, std::string_view action) {
  if (status == 0) return {};
  std::string_view text = XGBGetLastError();
  // "[time] file:line: message\nStack trace: ..."
  text = text.substr(0, text.find("\nStack trace"));
  if (const auto place = text.find(".cc:"); place != std::string_view::npos) {
    const auto colon = text.find(": ", place);
    if (colon != std::string_view::npos) text.remove_prefix(colon + 2);
  }
  return invalid_input(fmt::format("xgboost cannot {}: {}", action, text));
}

ColumnarView::ColumnarView(std::span<const Column* const> columns) {
  json_ = "[";
  for (const Column* column : columns) {
    if (json_.size() > 1) json_ += ',';
    if (column->null_count() > 0) {
      const auto& copy = copies_.emplace_back(to_floats(*column));
      json_ += array_interface(copy.data(), "<f4", copy.size());
    } else {
      json_ += array_interface(column->memory().values, typestr(column->type()), column->size());
    }
  }
  json_ += "]";
}

Result<Matrix> make_matrix(const ColumnarView& view, int threads) {
  DMatrixHandle handle = nullptr;
  const std::string config = fmt::format(R"({{"missing":NaN,"nthread":{}}})", threads);
  TRY(check(XGDMatrixCreateFromColumnar(view.json().c_str(), config.c_str(), &handle),
            "read the columns"));
  return Matrix(handle);
}

Result<void> set_strings(const Matrix& matrix, const char* field,
                         std::span<const std::string> values) {
  std::vector<const char*> texts = pointers(values);
  return check(XGDMatrixSetStrFeatureInfo(matrix.get(), field, texts.data(), texts.size()),
               fmt::format("take the {}s", field));
}

Result<void> set_strings(const Booster& booster, const char* field,
                         std::span<const std::string> values) {
  std::vector<const char*> texts = pointers(values);
  return check(XGBoosterSetStrFeatureInfo(booster.get(), field, texts.data(), texts.size()),
               fmt::format("take the {}s", field));
}

Result<void> set_floats(const Matrix& matrix, const char* field, std::span<const float> values) {
  const std::string json = array_interface(values.data(), "<f4", values.size());
  return check(XGDMatrixSetInfoFromInterface(matrix.get(), field, json.c_str()),
               fmt::format("take the {}", field));
}

Result<Booster> make_booster(std::span<const DMatrixHandle> matrices) {
  BoosterHandle handle = nullptr;
  TRY(check(XGBoosterCreate(matrices.data(), matrices.size(), &handle), "make a model"));
  return Booster(handle);
}

Result<void> set_parameter(const Booster& booster, const std::string& name,
                           const std::string& value) {
  return check(XGBoosterSetParam(booster.get(), name.c_str(), value.c_str()),
               fmt::format("take the parameter `{}`", name));
}

}  // namespace gossamer::scoring::xgboost
