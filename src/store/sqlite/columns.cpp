// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {

std::string stored(const Json& json) {
  // Most of what is stored is one of these.
  if (json.is_null()) return "null";
  if (json.is_object() && json.empty()) return "{}";
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Instant> Row::optional_instant() {
  const auto count = statement_->optional_integer(column_++);
  return count ? std::optional<Instant>(Instant(Duration(*count))) : std::nullopt;
}

Result<Json> Row::json() {
  const int column = column_++;
  Json parsed = Json::parse(statement_->text_view(column), nullptr, false);
  if (parsed.is_discarded()) return std::unexpected(damaged(column, "not JSON"));
  return parsed;
}

Result<std::optional<Json>> Row::optional_json() {
  if (statement_->is_null(column_)) {
    ++column_;
    return std::optional<Json>();
  }
  TRY_ASSIGN(Json value, json());
  return std::optional<Json>(std::move(value));
}

Error Row::damaged(int column, const std::string& why) const {
  return Error{ErrorKind::unavailable,
               fmt::format("the store holds a value that Gossamer never wrote, in column `{}`: {}",
                           statement_->column_name(column), why)};
}

}  // namespace gossamer::store::sqlite
