// SPDX-License-Identifier: Apache-2.0
#include "warehouse/duckdb/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "warehouse/duckdb/chunks.hpp"
#include "warehouse/duckdb/functions.hpp"
#include "warehouse/duckdb/handles.hpp"
#include "warehouse/duckdb/spares.hpp"
#include "warehouse/duckdb/statement.hpp"
#include "warehouse/duckdb/watcher.hpp"

namespace gossamer::warehouse {
namespace {

constexpr std::uint64_t memory_bytes_default = std::uint64_t{1} << 30U;

std::string path_list(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  for (const fs::path& path : paths)
    texts.push_back(quoted_text(path.string()));
  return '[' + join(texts, ", ") + ']';
}

// The order matters: what is set before the lock cannot be set behind it, and a miss of an
// extension must not go to the network first.
std::vector<std::string> lock_down(const SessionOptions& options) {
  const std::uint64_t memory =
      options.memory_bytes == 0 ? memory_bytes_default : options.memory_bytes;
  return {
      "SET autoinstall_known_extensions = false",
      "SET autoload_known_extensions = false",
      "SET temp_directory = " + quoted_text(options.temporary_folder.string()),
      "SET TimeZone = " + quoted_text(options.timezone),
      fmt::format("SET memory_limit = '{}B'", memory),
      fmt::format("SET threads = {}", std::max(options.threads, 1)),
      fmt::format("SET preserve_insertion_order = {}", options.row_order == RowOrder::kept),
      "SET enable_progress_bar = true",
      "SET enable_progress_bar_print = false",
      "SET allowed_paths = " + path_list(options.readable_files),
      "SET allowed_directories = " + path_list(options.writable_folders),
      "SET enable_external_access = false",
      "SET lock_configuration = true",
  };
}

Result<void> empty_folder(const fs::path& folder) {
  if (folder.empty()) return {};
  TRY(remove_tree(folder));
  return make_folders(folder);
}

// What Parquet does not have, or a Batch: columns to cast, with the type to cast them to.
using Casts = std::vector<std::pair<std::string, std::string>>;

// The query begins on line 2 of what this gives.
std::string with_casts(const std::string& query, const Casts& casts) {
  if (casts.empty()) return "\n" + query + "\n";
  std::vector<std::string> replaced;
  for (const auto& [column, type] : casts) {
    const std::string name = quoted_name(column);
    replaced.push_back(fmt::format("CAST({} AS {}) AS {}", name, type, name));
  }
  return fmt::format("SELECT * REPLACE ({}) FROM (\n{}\n)", join(replaced, ", "), query);
}

Result<void> check_names(const std::vector<release::ColumnSchema>& columns) {
  std::set<std::string> seen;
  for (const release::ColumnSchema& column : columns) {
    if (!seen.insert(lower_case(column.name)).second) {
      return invalid_input(
          fmt::format("the query returns two columns named '{}': give one of them another name "
                      "with AS",
                      column.name));
    }
  }
  return {};
}

// Types whose values a Batch cannot hold go out as text.
bool fits_batch(std::string_view type) {
  constexpr std::array plain{"BOOLEAN",  "TINYINT",   "SMALLINT", "INTEGER", "BIGINT",
                             "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT",
                             "FLOAT",    "DOUBLE",    "DATE",     "VARCHAR"};
  if (type.ends_with("]")) return false;
  return std::ranges::find(plain, type) != plain.end() || type.starts_with("TIMESTAMP") ||
         type.starts_with("DECIMAL(") || type.starts_with("ENUM(");
}

}  // namespace

Result<Parameters> parameters_from_json(const Json& json) {
  Parameters parameters;
  if (!json.is_object()) return invalid_input("parameters must be a JSON object");
  for (const auto& [name, typed] : json.items()) {
    TRY_ASSIGN(std::string type, require<std::string>(typed, "type", name));
    if (!typed.contains("value")) {
      return invalid_input(fmt::format("parameter '{}' has no value", name));
    }
    parameters.push_back({name, std::move(type), typed["value"]});
  }
  return parameters;
}

struct Session::State {
  OpenDatabase opened;
  SpareDatabases* spares = nullptr;
  fs::path temporary_folder;
  std::unique_ptr<Watcher> watcher;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    watcher.reset();  // before its connection
    if (spares != nullptr) spares->close_later(std::move(opened));
    opened = {};
    // What is left of it is emptied again by the next session.
    if (!temporary_folder.empty()) static_cast<void>(remove_tree(temporary_folder));
  }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<Session> Session::open(const SessionOptions& options, Watch watch) {
  TRY(empty_folder(options.temporary_folder));
  auto state = std::make_unique<State>();
  state->temporary_folder = options.temporary_folder;
  TRY_ASSIGN(state->opened, options.spares != nullptr ? options.spares->take() : open_database());
  state->spares = options.spares;
  state->watcher = std::make_unique<Watcher>(state->opened.connection.get(), std::move(watch));
  for (const auto& function : options.functions) {
    TRY(register_function(state->opened.connection.get(), function));
  }
  Session session(std::move(state));
  for (const std::string& setting : lock_down(options)) {
    const auto set = session.run(setting);
    if (!set) return std::unexpected(set.error().wrapped("cannot set up the query engine"));
  }
  return session;
}

void Session::interrupt() { duckdb_interrupt(state_->opened.connection.get()); }

Result<std::uint64_t> Session::run(const std::string& sql) {
  const Statement statement{sql, sql, 0};
  TRY_ASSIGN(ResultOwner result, run_statement(state_->opened.connection.get(), *state_->watcher,
                                               statement, {}, Delivery::whole));
  state_->watcher->end();
  return duckdb_rows_changed(result.get());
}

Result<std::vector<release::ColumnSchema>> Session::describe(const std::string& query,
                                                             const Parameters& parameters) {
  const Statement statement{"DESCRIBE\n" + query, query, 1};
  TRY_ASSIGN(ResultOwner result, run_statement(state_->opened.connection.get(), *state_->watcher,
                                               statement, parameters, Delivery::whole));
  state_->watcher->end();
  std::vector<release::ColumnSchema> columns;
  while (Chunk chunk{duckdb_fetch_chunk(*result.get())}) {
    const std::vector<std::string> names{"name", "type"};
    TRY_ASSIGN(const Batch batch, batch_of_chunk(std::move(chunk), names));
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      columns.push_back({std::string(batch.columns()[0].string(row)),
                         std::string(batch.columns()[1].string(row))});
    }
  }
  return columns;
}

struct Rows::State {
  ResultOwner result;
  std::vector<release::ColumnSchema> columns;
  std::vector<std::string> names;
  Statement statement;
  Watcher* watcher = nullptr;
};

Rows::Rows(std::unique_ptr<State> state) : state_(std::move(state)) {}
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() {
  if (state_ != nullptr) state_->watcher->end();
}

const std::vector<release::ColumnSchema>& Rows::columns() const { return state_->columns; }

Result<std::optional<Batch>> Rows::next() {
  Chunk chunk(duckdb_fetch_chunk(*state_->result.get()));
  if (!chunk || duckdb_data_chunk_get_size(chunk.get()) == 0) {
    const char* message = duckdb_result_error(state_->result.get());
    if (message != nullptr) {
      return std::unexpected(statement_error(message, state_->statement, *state_->watcher));
    }
    state_->watcher->end();
    return std::nullopt;
  }
  TRY_ASSIGN(Batch batch, batch_of_chunk(std::move(chunk), state_->names));
  return batch;
}

Result<Batch> Rows::none() const {
  std::vector<Column> columns;
  for (std::size_t index = 0; index < state_->names.size(); ++index) {
    const LogicalType type(duckdb_column_logical_type(state_->result.get(), index));
    columns.push_back(empty_column(state_->names[index], type.get()));
  }
  return Batch::make(std::move(columns));
}

Result<Rows> Session::query(const std::string& query, const Parameters& parameters) {
  TRY_ASSIGN(std::vector<release::ColumnSchema> columns, describe(query, parameters));
  TRY(check_names(columns));
  Casts casts;
  for (const release::ColumnSchema& column : columns) {
    if (!fits_batch(column.type)) casts.emplace_back(column.name, "VARCHAR");
  }
  auto rows = std::make_unique<Rows::State>();
  rows->statement = {with_casts(query, casts), query, 1};
  rows->watcher = state_->watcher.get();
  for (const release::ColumnSchema& column : columns)
    rows->names.push_back(column.name);
  rows->columns = std::move(columns);
  TRY_ASSIGN(rows->result, run_statement(state_->opened.connection.get(), *state_->watcher,
                                         rows->statement, parameters, Delivery::streaming));
  return Rows(std::move(rows));
}

Result<Batch> Session::fetch(const std::string& text, const Parameters& parameters) {
  TRY_ASSIGN(Rows rows, query(text, parameters));
  std::vector<Batch> parts;
  while (true) {
    TRY_ASSIGN(std::optional<Batch> part, rows.next());
    if (!part.has_value()) break;
    parts.push_back(*std::move(part));
  }
  if (!parts.empty()) return concatenate(parts);
  return rows.none();
}

Result<std::uint64_t> Session::keep(const std::string& name, const std::string& query,
                                    const Parameters& parameters) {
  const Statement statement{
      fmt::format("CREATE TEMPORARY TABLE {} AS\n{}", quoted_name(name), query), query, 1};
  TRY_ASSIGN(ResultOwner result, run_statement(state_->opened.connection.get(), *state_->watcher,
                                               statement, parameters, Delivery::whole));
  state_->watcher->end();
  // The engine does not say how many rows it put into a new table.
  TRY_ASSIGN(const Batch count, fetch("SELECT count(*) AS n FROM " + quoted_name(name), {}));
  return static_cast<std::uint64_t>(count.columns()[0].int64s()[0]);
}

Result<std::uint64_t> Session::copy_to_parquet(const std::string& query,
                                               const Parameters& parameters, const fs::path& path,
                                               const ParquetOptions& options) {
  TRY_ASSIGN(const std::vector<release::ColumnSchema> columns, describe(query, parameters));
  TRY(check_names(columns));
  Casts casts;
  for (const release::ColumnSchema& column : columns) {
    if (column.type == "HUGEINT" || column.type == "UHUGEINT") {
      casts.emplace_back(column.name, "BIGINT");
    }
  }
  std::string written = fmt::format("FORMAT parquet, COMPRESSION {}, ROW_GROUP_SIZE {}",
                                    options.compression, options.row_group_rows);
  if (!options.partition_by.empty()) {
    std::vector<std::string> keys;
    for (const std::string& key : options.partition_by)
      keys.push_back(quoted_name(key));
    written += fmt::format(", PARTITION_BY ({}), FILENAME_PATTERN {}, WRITE_PARTITION_COLUMNS {}",
                           join(keys, ", "), quoted_text(options.file_stem + "{i}"),
                           options.partition_columns == PartitionColumns::written);
  }
  return copy(with_casts(query, casts), query, parameters, path, written);
}

Result<std::uint64_t> Session::copy_to_text(const std::string& query, const Parameters& parameters,
                                            const fs::path& path, TextFormat format) {
  TRY_ASSIGN(const std::vector<release::ColumnSchema> columns, describe(query, parameters));
  TRY(check_names(columns));
  const auto how = [format] {
    switch (format) {
      case TextFormat::csv:
        return "FORMAT csv, HEADER true";
      case TextFormat::json_array:
        return "FORMAT json, ARRAY true";
      case TextFormat::json_lines:
        return "FORMAT json, ARRAY false";
    }
    return "";
  };
  return copy(with_casts(query, {}), query, parameters, path, how());
}

Result<std::uint64_t> Session::copy(const std::string& selected, const std::string& query,
                                    const Parameters& parameters, const fs::path& path,
                                    const std::string& how) {
  const Statement statement{
      fmt::format("COPY ({}) TO {} ({})", selected, quoted_text(path.string()), how), query, 1};
  TRY_ASSIGN(ResultOwner result, run_statement(state_->opened.connection.get(), *state_->watcher,
                                               statement, parameters, Delivery::whole));
  state_->watcher->end();
  return duckdb_rows_changed(result.get());
}

}  // namespace gossamer::warehouse
