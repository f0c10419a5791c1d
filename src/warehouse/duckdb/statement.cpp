// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/statement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace gossamer::warehouse {
namespace {

Error misfit(const Parameter& parameter, std::string_view why) {
  return Error{ErrorKind::invalid_input,
               fmt::format("parameter ${} ({}) cannot be {}: {}", parameter.name, parameter.type,
                           abbreviated(parameter.value.dump(), 60), why)};
}

template <class Make>
Result<Value> text_value(const Parameter& parameter, Make make) {
  if (!parameter.value.is_string()) {
    return std::unexpected(misfit(parameter, "a text is needed"));
  }
  return make(parameter.value.get_ref<const std::string&>());
}

std::int64_t microseconds(LocalTime local) { return local.time_since_epoch().count(); }

Result<Value> date_value(const std::string& text) {
  TRY_ASSIGN(const Date date, parse_date(text));
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return Value(duckdb_create_date(duckdb_date{static_cast<std::int32_t>(days)}));
}

Result<Value> timestamp_value(const std::string& text) {
  TRY_ASSIGN(const LocalTime local, parse_local_time(text));
  return Value(duckdb_create_timestamp(duckdb_timestamp{microseconds(local)}));
}

Result<Value> instant_value(const std::string& text) {
  TRY_ASSIGN(const Instant instant, parse_instant(text));
  return Value(duckdb_create_timestamp_tz(duckdb_timestamp{instant.time_since_epoch().count()}));
}

Result<Value> varchar_value(const std::string& text) {
  return Value(duckdb_create_varchar_length(text.data(), text.size()));
}

bool is_text_type(std::string_view type) {
  return type == "VARCHAR" || type == "DATE" || type.starts_with("TIMESTAMP");
}

Result<Value> number_value(const Parameter& parameter) {
  const Json& json = parameter.value;
  if (parameter.type == "BOOLEAN" && json.is_boolean()) {
    return Value(duckdb_create_bool(json.get<bool>()));
  }
  if (parameter.type == "DOUBLE" && json.is_number()) {
    return Value(duckdb_create_double(json.get<double>()));
  }
  const bool is_integer = parameter.type == "BIGINT" || parameter.type == "INTEGER";
  if (is_integer && json.is_number_integer()) {
    return Value(duckdb_create_int64(json.get<std::int64_t>()));
  }
  return std::unexpected(misfit(parameter, "the value is not of that type"));
}

Result<void> bind_all(duckdb_prepared_statement prepared, const Parameters& parameters) {
  for (idx_t index = 1; index <= duckdb_nparams(prepared); ++index) {
    const std::string name = taken(const_cast<char*>(duckdb_parameter_name(prepared, index)));
    const auto found = std::ranges::find_if(parameters, [&](const Parameter& parameter) {
      return lower_case(parameter.name) == lower_case(name);
    });
    if (found == parameters.end()) {
      std::vector<std::string> known;
      for (const Parameter& parameter : parameters)
        known.push_back(parameter.name);
      return invalid_input(fmt::format("the query uses ${}, which has no value here{}{}", name,
                                       did_you_mean(name, known),
                                       known.empty() ? "" : "; known are $" + join(known, " $")));
    }
    TRY_ASSIGN(const Value value, value_of(*found));
    if (duckdb_bind_value(prepared, index, value.get()) != DuckDBSuccess) {
      return invalid_input(fmt::format("parameter ${} cannot be bound", name));
    }
  }
  return {};
}

}  // namespace

Result<Value> value_of(const Parameter& parameter) {
  if (parameter.value.is_null()) return Value(duckdb_create_null_value());
  if (!is_text_type(parameter.type)) return number_value(parameter);
  const auto make = [&]() -> Result<Value> {
    if (parameter.type == "DATE") return text_value(parameter, date_value);
    if (parameter.type == "TIMESTAMP") return text_value(parameter, timestamp_value);
    if (parameter.type == "TIMESTAMPTZ" || parameter.type == "TIMESTAMP WITH TIME ZONE") {
      return text_value(parameter, instant_value);
    }
    return text_value(parameter, varchar_value);
  };
  Result<Value> value = make();
  if (!value) return std::unexpected(misfit(parameter, value.error().message));
  return value;
}

Error statement_error(std::string_view message, const Statement& statement, Watcher& watcher) {
  switch (watcher.end()) {
    case Watcher::Reason::cancelled:
      return Error{ErrorKind::unavailable, "cancelled"};
    case Watcher::Reason::too_long:
      return Error{ErrorKind::invalid_input,
                   fmt::format("the query ran longer than its time limit of {}: ask for less, or "
                               "raise the limit",
                               format_duration(*watcher.watch().time_limit))};
    case Watcher::Reason::none:
      break;
  }
  Error error = engine_error(message, statement.sql);
  if (!error.position.has_value()) return error;
  error.position->line -= statement.query_offset;
  const auto lines = std::ranges::count(statement.query, '\n') + 1;
  // A place in the text that is wrapped around the query means nothing to its author.
  if (error.position->line < 1 || error.position->line > lines) error.position.reset();
  return error;
}

Result<ResultOwner> run_statement(duckdb_connection connection, Watcher& watcher,
                                  const Statement& statement, const Parameters& parameters,
                                  Delivery delivery) {
  watcher.begin();
  Prepared prepared;
  if (duckdb_prepare(connection, statement.sql.c_str(), prepared.out()) != DuckDBSuccess) {
    const char* message = duckdb_prepare_error(prepared.get());
    return std::unexpected(statement_error(message, statement, watcher));
  }
  TRY(bind_all(prepared.get(), parameters));
  Pending pending;
  const duckdb_state state = delivery == Delivery::streaming
                                 ? duckdb_pending_prepared_streaming(prepared.get(), pending.out())
                                 : duckdb_pending_prepared(prepared.get(), pending.out());
  if (state != DuckDBSuccess) {
    return std::unexpected(
        statement_error(duckdb_pending_error(pending.get()), statement, watcher));
  }
  ResultOwner result;
  if (duckdb_execute_pending(pending.get(), result.get()) != DuckDBSuccess) {
    const char* message = duckdb_result_error(result.get());
    return std::unexpected(statement_error(
        message == nullptr ? duckdb_pending_error(pending.get()) : message, statement, watcher));
  }
  return result;
}

}  // namespace gossamer::warehouse
