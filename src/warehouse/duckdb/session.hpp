// SPDX-License-Identifier: Apache-2.0
// warehouse/duckdb: queries. Owns locked-down sessions of the query engine: what they may read,
// views over pinned files, bound parameters, results as batches or Parquet. Never touches the
// catalog, and only worker processes link it. A session is for one thread; `interrupt` is for any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/columns/batch.hpp"
#include "base/files.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "release/publication.hpp"
#include "warehouse/quoting.hpp"
#include "warehouse/scalar_function.hpp"

namespace gossamer::warehouse {

enum class RowOrder : std::uint8_t { kept, any };

class SpareDatabases;

struct SessionOptions {
  std::vector<fs::path> readable_files;    // exactly these; a neighbour is refused
  std::vector<fs::path> writable_folders;  // the attempt's own output
  fs::path temporary_folder;               // emptied here and at the end; empty: nothing spills
  std::string timezone = "UTC";
  std::uint64_t memory_bytes = 0;  // of the engine's buffers; 0: 1 GiB
  int threads = 1;
  RowOrder row_order = RowOrder::kept;
  ScalarFunctions functions;
  SpareDatabases* spares = nullptr;  // null: the session opens and closes a database itself
};

// Asked and told while a statement runs, from a thread of the session's own.
struct Watch {
  std::function<bool()> is_cancelled;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // in rows of sources
  std::optional<Duration> time_limit;                                     // per statement
};

// `$name` of a statement: the SQL type's name and the value as JSON (a string for dates and times).
struct Parameter {
  std::string name;
  std::string type;
  Json value;
};
using Parameters = std::vector<Parameter>;
// {"name": {"type": "DATE", "value": "2026-11-22"}, ...}
Result<Parameters> parameters_from_json(const Json& json);

enum class PartitionColumns : std::uint8_t { left_out, written };

struct ParquetOptions {
  std::string compression = "zstd";  // zstd | snappy | uncompressed
  std::uint64_t row_group_rows = 122'880;
  std::vector<std::string> partition_by;  // columns; then `path` is a folder of Hive folders
  std::string file_stem;                  // with partition_by: `<stem><n>.parquet`
  PartitionColumns partition_columns = PartitionColumns::left_out;
};

enum class TextFormat : std::uint8_t { csv, json_array, json_lines };

// An open result; must not outlive its session.
class Rows {
 public:
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  [[nodiscard]] const std::vector<release::ColumnSchema>& columns() const;
  // The next rows (at most 2048), nothing at the end. Columns of types that a Batch does not have
  // become text.
  Result<std::optional<Batch>> next();
  // A batch of these columns without rows.
  [[nodiscard]] Result<Batch> none() const;

 private:
  friend class Session;
  struct State;
  explicit Rows(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Session {
 public:
  // A new instance, set up and locked: no other file, no network, no extension, no setting.
  static Result<Session> open(const SessionOptions& options, Watch watch = {});
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // Runs statements of our own making; the rows they touched.
  Result<std::uint64_t> run(const std::string& sql);
  // Names and types of what `query` would return, without running it.
  Result<std::vector<release::ColumnSchema>> describe(const std::string& query,
                                                      const Parameters& parameters);
  Result<Rows> query(const std::string& query, const Parameters& parameters);
  // All rows at once.
  Result<Batch> fetch(const std::string& query, const Parameters& parameters);
  // Keeps a query's rows as a temporary table of this session, which may spill; the rows.
  Result<std::uint64_t> keep(const std::string& name, const std::string& query,
                             const Parameters& parameters);
  // The rows written. HUGEINT becomes BIGINT, since Parquet has no such type; a value that does
  // not fit is an error. A column name that comes twice is one too.
  Result<std::uint64_t> copy_to_parquet(const std::string& query, const Parameters& parameters,
                                        const fs::path& path, const ParquetOptions& options = {});
  // The rows written, for programs that read text. CSV begins with the columns' names.
  Result<std::uint64_t> copy_to_text(const std::string& query, const Parameters& parameters,
                                     const fs::path& path, TextFormat format);
  // Ends the running statement soon, with an error. From any thread.
  void interrupt();

 private:
  struct State;
  Result<std::uint64_t> copy(const std::string& selected, const std::string& query,
                             const Parameters& parameters, const fs::path& path,
                             const std::string& how);
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::warehouse
