// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/json.hpp"
#include "executors/prepare.hpp"
#include "orchestration/calendar.hpp"

namespace gossamer::executors {
namespace {

Json typed(std::string_view type, Json value) {
  return {{"type", type}, {"value", std::move(value)}};
}

std::string_view sql_type(std::string_view declared) {
  if (declared == "integer") return "BIGINT";
  if (declared == "number") return "DOUBLE";
  if (declared == "boolean") return "BOOLEAN";
  if (declared == "date") return "DATE";
  return "VARCHAR";
}

std::string_view sql_type_of(const Json& value) {
  if (value.is_number_integer()) return "BIGINT";
  if (value.is_number()) return "DOUBLE";
  if (value.is_boolean()) return "BOOLEAN";
  return "VARCHAR";
}

Json instant(Instant value) { return typed("TIMESTAMPTZ", format_instant(value)); }

}  // namespace

Result<Json> parameters_of(const orchestration::AttemptOrder& order) {
  Json out = Json::object();
  for (const auto& [name, parameter] : order.pipeline->parameters) {
    const auto given = order.params.find(name);
    out[name] = typed(sql_type(parameter.type),
                      given == order.params.end() ? parameter.default_value : *given);
  }
  if (order.window) {
    out["window_start"] = instant(order.window->start);
    out["window_end"] = instant(order.window->end);
  }
  const auto& scheme = order.pipeline->partitions;
  for (const pipeline::CategoryDimension& category : scheme.categories) {
    for (const auto& [key, value] : order.partition.pairs) {
      if (key == category.key) out[key] = typed("VARCHAR", value);
    }
  }
  if (!order.partition.pairs.empty()) {
    const std::string& first = order.partition.pairs.front().second;
    if (!scheme.calendar) {
      out["partition"] = typed("VARCHAR", first);
    } else if (scheme.calendar->every == pipeline::Every::hour) {
      if (!order.slice) return bug("an hour's partition without its time");
      out["partition"] = instant(order.slice->start);
    } else {
      out["partition"] = typed("DATE", first);
    }
  }
  if (const auto& foreach = order.declaration().foreach; foreach) {
    out[foreach->key] = typed(sql_type_of(order.each), order.each);
  }
  return out;
}

}  // namespace gossamer::executors
