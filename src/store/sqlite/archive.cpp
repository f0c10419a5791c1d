// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/archive.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/ids.hpp"
#include "store/sqlite/columns.hpp"

namespace gossamer::store::sqlite {
namespace {

struct OldRun {
  RunId run;
  Instant ended;
  std::string line;
};

Result<std::vector<OldRun>> old_runs(const Session& session, Instant before, std::size_t limit) {
  TRY_ASSIGN(sql::Statement rows,
             session.query("runs.to_archive", {instant(before), number(limit)}));
  std::vector<OldRun> runs;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return runs;
    Row row(rows);
    OldRun old;
    TRY_ASSIGN(old.run, row.parsed<RunId>());
    old.ended = row.instant();
    old.line = row.text();
    runs.push_back(std::move(old));
  }
}

// A line that a crash has cut off stays one of its own: the next begins on a new line.
Result<bool> ends_within_a_line(const FileDescriptor& file, const fs::path& path) {
  const off_t size = ::lseek(file.number(), 0, SEEK_END);
  if (size < 0) return std::unexpected(system_error(errno, "look into", path));
  char last = '\n';
  if (size > 0 && ::pread(file.number(), &last, 1, size - 1) < 0) {
    return std::unexpected(system_error(errno, "read", path));
  }
  return last != '\n';
}

Result<void> append_durably(const fs::path& path, const std::string& lines) {
  TRY_ASSIGN(const FileDescriptor file, open_file(path, O_RDWR | O_CREAT | O_APPEND));
  TRY_ASSIGN(const bool is_cut, ends_within_a_line(file, path));
  TRY(write_all(file, is_cut ? "\n" + lines : lines, path));
  TRY(fsync_file(path));
  return fsync_folder(path.parent_path());
}

}  // namespace

fs::path archive_file(Instant ended) {
  return fs::path("history") / (format_instant(ended).substr(0, 7) + ".jsonl");
}

Result<std::size_t> archive_runs(const Session& session, const fs::path& folder, Instant before,
                                 std::size_t limit) {
  TRY_ASSIGN(const auto runs, old_runs(session, before, limit));
  std::map<fs::path, std::string> files;
  for (const OldRun& old : runs)
    files[folder / archive_file(old.ended)] += old.line + "\n";
  for (const auto& [path, lines] : files) {
    TRY(make_folders(path.parent_path()));
    TRY(append_durably(path, lines));
  }
  for (const OldRun& old : runs) {
    for (const char* statement :
         {"runs.forget_steps", "runs.forget_attempts", "runs.forget_history"}) {
      TRY(session.execute(statement, {id(old.run)}));
    }
  }
  return runs.size();
}

}  // namespace gossamer::store::sqlite
