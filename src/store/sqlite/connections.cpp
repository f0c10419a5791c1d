// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/connections.hpp"

#include <fmt/core.h>

#include "base/files.hpp"
#include "store/embedded.hpp"

namespace gossamer::store::sqlite {

namespace {

constexpr std::string_view migrations_folder = "sqlite/migrations/";
constexpr std::size_t idle_readers_max = 16;
// 24 MB of pages, so that what open runs touch stays in memory, and a checkpoint each 16 MB of log:
// each costs two syncs more.
constexpr std::string_view writer_settings =
    "PRAGMA cache_size=-24576; PRAGMA wal_autocheckpoint=4000;";

}  // namespace

std::vector<sql::Migration> migrations() {
  std::vector<sql::Migration> all;
  for (const std::string_view path : embedded_paths()) {
    if (!path.starts_with(migrations_folder)) continue;
    all.push_back({.number = static_cast<int>(all.size()) + 1,
                   .name = path.substr(migrations_folder.size()),
                   .script = embedded_text(path)});
  }
  return all;
}

Result<sql::Statement> Session::query(std::string_view name,
                                      std::initializer_list<sql::Value> values) const {
  TRY_ASSIGN(sql::Statement statement, database_->prepare((*statements_)[name]));
  TRY(statement.bind_all(std::span(values.begin(), values.size())));
  return statement;
}

Result<std::int64_t> Session::execute(std::string_view name,
                                      std::initializer_list<sql::Value> values) const {
  return database_->execute((*statements_)[name], values);
}

Result<std::unique_ptr<Connections>> Connections::open(const std::filesystem::path& file,
                                                       Purpose purpose) {
  std::unique_ptr<Connections> connections(new Connections(file));
  if (purpose == Purpose::drive) {
    auto writer = sql::Database::open(file, {.mode = sql::OpenMode::create});
    if (!writer) {
      return std::unexpected(writer.error().wrapped(
          fmt::format("cannot open the workspace's state in {} for writing", file.string())));
    }
    TRY(writer->run_script(writer_settings));
    TRY(sql::migrate(*writer, migrations()));
    connections->writer_.with([&](auto& held) { held = *std::move(writer); });
    return connections;
  }
  TRY_ASSIGN(const bool exists, path_exists(file));
  if (!exists) {
    return not_found(
        fmt::format("{} does not exist: nothing was applied in this workspace yet; "
                    "run `gossamer apply`",
                    file.string()));
  }
  TRY_ASSIGN(sql::Database reader, connections->borrow());
  TRY(sql::check_migrated(reader, migrations()));
  connections->give_back(std::move(reader));
  return connections;
}

Result<void> Connections::check_integrity() {
  TRY_ASSIGN(sql::Database reader, borrow());
  auto checked = reader.check_integrity();
  give_back(std::move(reader));
  return checked;
}

Result<void> Connections::copy_to(const std::filesystem::path& target) const {
  TRY_ASSIGN(sql::Database reader, borrow());
  const auto copied = reader.execute("vacuum into ?1", {target.native()});
  if (!copied) return std::unexpected(copied.error().wrapped("cannot copy the store"));
  give_back(std::move(reader));
  return {};
}

Result<void> Connections::checkpoint() {
  return writer_.with([](std::optional<sql::Database>& writer) -> Result<void> {
    if (!writer) return std::unexpected(read_only_error());
    return writer->checkpoint();
  });
}

Result<sql::Database> Connections::borrow() const {
  auto idle = idle_readers_.with([](auto& readers) -> std::optional<sql::Database> {
    if (readers.empty()) return std::nullopt;
    std::optional<sql::Database> last(std::move(readers.back()));
    readers.pop_back();
    return last;
  });
  if (idle) return *std::move(idle);
  auto reader = sql::Database::open(file_, {.mode = sql::OpenMode::read_only});
  if (!reader) {
    return std::unexpected(reader.error().wrapped(
        fmt::format("cannot read the workspace's state in {}", file_.string())));
  }
  return reader;
}

void Connections::give_back(sql::Database reader) const {
  idle_readers_.with([&](auto& readers) {
    if (readers.size() < idle_readers_max) readers.push_back(std::move(reader));
  });
}

Error Connections::read_only_error() {
  return Error{ErrorKind::unavailable,
               "the store was opened for reading only: another process drives this workspace, or "
               "its folder cannot be written"};
}

}  // namespace gossamer::store::sqlite
