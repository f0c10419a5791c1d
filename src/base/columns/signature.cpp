// SPDX-License-Identifier: Apache-2.0
#include "base/columns/signature.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer {
namespace {

Result<Column> conform_column(const Batch& batch, const SignatureColumn& wanted) {
  const Column* found = batch.find(wanted.name);
  if (found == nullptr) {
    return invalid_input("column `" + wanted.name + "` is missing" +
                         did_you_mean(wanted.name, batch.names()));
  }
  TRY_ASSIGN(auto converted, convert(*found, wanted.type));
  if (wanted.presence == Presence::required && converted.null_count() > 0) {
    std::size_t row = 0;
    while (!converted.is_null(row))
      ++row;
    return invalid_input("column `" + wanted.name + "` must not be null, but is in row " +
                         std::to_string(row + 1) + " and in " +
                         std::to_string(converted.null_count()) + " of " +
                         std::to_string(converted.size()) + " rows");
  }
  return converted;
}

}  // namespace

const SignatureColumn* Signature::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &SignatureColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

Signature signature_of(const Batch& batch) {
  Signature signature;
  for (const Column& column : batch.columns()) {
    const auto presence = column.null_count() > 0 ? Presence::nullable : Presence::required;
    signature.columns.push_back({column.name(), column.type(), presence});
  }
  return signature;
}

Result<Batch> conform(const Batch& batch, const Signature& signature) {
  std::vector<Column> columns;
  std::vector<std::string> wrong;
  for (const SignatureColumn& wanted : signature.columns) {
    auto column = conform_column(batch, wanted);
    if (column) {
      columns.push_back(*std::move(column));
    } else {
      wrong.push_back(column.error().message);
    }
  }
  if (!wrong.empty()) return invalid_input(join(wrong, "; "));
  return Batch::make(std::move(columns));
}

Json to_json(const Signature& signature) {
  Json list = Json::array();
  for (const SignatureColumn& column : signature.columns) {
    list.push_back({{"name", column.name},
                    {"type", name_of(column.type)},
                    {"required", column.presence == Presence::required}});
  }
  return list;
}

Result<Signature> parse_signature(const Json& json) {
  if (!json.is_array()) return invalid_input("a signature must be a list of columns");
  Signature signature;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string where = "[" + std::to_string(i) + "]";
    TRY_ASSIGN(auto name, require<std::string>(json[i], "name", where));
    TRY_ASSIGN(const auto type_name, require<std::string>(json[i], "type", where));
    TRY_ASSIGN(const ColumnType type, parse_column_type(type_name));
    TRY_ASSIGN(const auto required, optional<bool>(json[i], "required", where));
    if (signature.find(name) != nullptr) {
      return invalid_input("the column `" + name + "` is in the signature twice");
    }
    signature.columns.push_back(
        {std::move(name), type,
         required.value_or(false) ? Presence::required : Presence::nullable});
  }
  return signature;
}

}  // namespace gossamer
