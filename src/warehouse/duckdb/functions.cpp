// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/functions.hpp"

#include <fmt/format.h>

#include <exception>

#include "warehouse/duckdb/chunks.hpp"

namespace gossamer::warehouse {
namespace {

using FunctionPointer = std::shared_ptr<const ScalarFunction>;
using BoundPointer = std::shared_ptr<const BoundFunction>;
using ScalarHandle = Handle<duckdb_scalar_function, &duckdb_destroy_scalar_function>;

template <class T>
void destroy(void* pointer) {
  delete static_cast<T*>(pointer);
}

// Plans are copied; the copies share one immutable function.
void* copy_bound(void* bound) { return new BoundPointer(*static_cast<BoundPointer*>(bound)); }

Result<Json> folded(duckdb_client_context context, duckdb_expression expression) {
  Value value;
  ErrorText error(duckdb_expression_fold(context, expression, value.out()));
  if (duckdb_error_data_has_error(error.get())) {
    return std::unexpected(engine_error(duckdb_error_data_message(error.get()), ""));
  }
  if (duckdb_is_null_value(value.get())) return Json();
  switch (duckdb_get_type_id(duckdb_get_value_type(value.get()))) {
    case DUCKDB_TYPE_BOOLEAN:
      return Json(duckdb_get_bool(value.get()));
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
      return Json(duckdb_get_int64(value.get()));
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return Json(duckdb_get_double(value.get()));
    default:
      return Json(taken(duckdb_get_varchar(value.get())));
  }
}

Result<FunctionArgument> argument_of(duckdb_client_context context, duckdb_expression expression,
                                     std::size_t number) {
  const LogicalType type(duckdb_expression_return_type(expression));
  FunctionArgument argument;
  argument.sql_type = type_text(type.get());
  if (duckdb_expression_is_foldable(expression)) {
    TRY_ASSIGN(argument.constant, folded(context, expression));
  }
  const auto column_type = column_type_of(type.get());
  // NULL alone has no type; any will do, since all entries are missing.
  if (!column_type && duckdb_get_type_id(type.get()) != DUCKDB_TYPE_SQLNULL) {
    return invalid_input(fmt::format("argument {} has type {}, which cannot be used here: cast it",
                                     number, argument.sql_type));
  }
  argument.type = column_type.value_or(ColumnType::float64);
  return argument;
}

Result<BoundPointer> bound_function(duckdb_bind_info info, const ScalarFunction& function) {
  ClientContext context;
  duckdb_scalar_function_get_client_context(info, context.out());
  std::vector<FunctionArgument> arguments;
  const idx_t count = duckdb_scalar_function_bind_get_argument_count(info);
  for (idx_t index = 0; index < count; ++index) {
    const Expression expression(duckdb_scalar_function_bind_get_argument(info, index));
    TRY_ASSIGN(FunctionArgument argument, argument_of(context.get(), expression.get(), index + 1));
    arguments.push_back(std::move(argument));
  }
  return function.bind(arguments);
}

std::string message_of(const ScalarFunction& function, const Error& error) {
  return fmt::format("{}: {}", function.name(), error.describe());
}

void bind(duckdb_bind_info info) {
  const auto& function =
      **static_cast<FunctionPointer*>(duckdb_scalar_function_bind_get_extra_info(info));
  // Nothing may be thrown through the C interface.
  try {
    Result<BoundPointer> bound = bound_function(info, function);
    if (!bound) {
      duckdb_scalar_function_bind_set_error(info, message_of(function, bound.error()).c_str());
      return;
    }
    duckdb_scalar_function_set_bind_data(info, new BoundPointer(*std::move(bound)),
                                         &destroy<BoundPointer>);
    duckdb_scalar_function_set_bind_data_copy(info, &copy_bound);
  } catch (const std::exception& exception) {
    duckdb_scalar_function_bind_set_error(info, exception.what());
  }
}

// A vector of NULL literals has no storage; it becomes a column of missing numbers.
Result<Column> argument_column(duckdb_data_chunk chunk, std::size_t index, std::size_t rows) {
  duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, index);
  const LogicalType type(duckdb_vector_get_column_type(vector));
  std::string name = fmt::format("{}", index + 1);
  if (duckdb_get_type_id(type.get()) == DUCKDB_TYPE_SQLNULL) {
    return Column::of_float64(std::move(name), std::vector<double>(rows),
                              std::vector<bool>(rows, false));
  }
  return column_of_vector(std::move(name), vector, rows, nullptr);
}

Result<void> call(const BoundFunction& bound, ColumnType result_type, duckdb_data_chunk input,
                  duckdb_vector output) {
  const std::size_t rows = duckdb_data_chunk_get_size(input);
  std::vector<Column> arguments;
  for (std::size_t index = 0; index < duckdb_data_chunk_get_column_count(input); ++index) {
    TRY_ASSIGN(Column column, argument_column(input, index, rows));
    arguments.push_back(std::move(column));
  }
  TRY_ASSIGN(const Column answer, bound.execute(arguments, rows));
  if (answer.size() != rows || answer.type() != result_type) {
    return bug(fmt::format("the function gave {} entries of type {} for {} rows of type {}",
                           answer.size(), name_of(answer.type()), rows, name_of(result_type)));
  }
  return write_vector(answer, output);
}

void execute(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const auto& function =
      **static_cast<FunctionPointer*>(duckdb_scalar_function_get_extra_info(info));
  const auto& bound = **static_cast<BoundPointer*>(duckdb_scalar_function_get_bind_data(info));
  try {
    if (const auto done = call(bound, function.result_type(), input, output); !done) {
      duckdb_scalar_function_set_error(info, message_of(function, done.error()).c_str());
    }
  } catch (const std::exception& exception) {
    duckdb_scalar_function_set_error(info, exception.what());
  }
}

}  // namespace

Result<void> register_function(duckdb_connection connection,
                               std::shared_ptr<const ScalarFunction> function) {
  const std::string name = function->name();
  const LogicalType any(duckdb_create_logical_type(DUCKDB_TYPE_ANY));
  const LogicalType result(duckdb_create_logical_type(type_for(function->result_type())));
  const ScalarHandle handle(duckdb_create_scalar_function());
  duckdb_scalar_function_set_name(handle.get(), name.c_str());
  duckdb_scalar_function_set_varargs(handle.get(), any.get());
  duckdb_scalar_function_set_return_type(handle.get(), result.get());
  duckdb_scalar_function_set_special_handling(handle.get());
  if (function->is_called_for_each_row()) duckdb_scalar_function_set_volatile(handle.get());
  duckdb_scalar_function_set_bind(handle.get(), &bind);
  duckdb_scalar_function_set_function(handle.get(), &execute);
  duckdb_scalar_function_set_extra_info(handle.get(), new FunctionPointer(std::move(function)),
                                        &destroy<FunctionPointer>);
  if (duckdb_register_scalar_function(connection, handle.get()) != DuckDBSuccess) {
    return bug(fmt::format("the function {} cannot be registered", name));
  }
  return {};
}

}  // namespace gossamer::warehouse
