// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/files.hpp"
#include "base/ids.hpp"
#include "orchestration/run.hpp"

namespace gossamer::executors {

// Where one attempt leaves things: `.gossamer/runs/<run>/<step>/<attempt>/`.
struct AttemptFolder {
  fs::path root;
  [[nodiscard]] fs::path lock() const { return root / "lock"; }
  [[nodiscard]] fs::path job() const { return root / "job.json"; }
  [[nodiscard]] fs::path log() const { return root / "log"; }
  // Exists once the attempt may have had an effect: it cannot be begun a second time.
  [[nodiscard]] fs::path begun() const { return root / "begun"; }
  // Written to ask for its end; the content is the reason.
  [[nodiscard]] fs::path cancel() const { return root / "cancel"; }
};

// How a supervised program ended, as its supervisor reported it.
struct ProgramEnd {
  std::string ending;  // exited signalled timed_out cancelled terminated not_started not_durable
  int exit_code = 0;
  int signal = 0;
  int error = 0;  // errno of what kept it from starting or reporting
  std::string message;
  std::uint64_t left_behind = 0;
  std::uint64_t log_bytes_dropped = 0;
  std::int64_t peak_memory_bytes = 0;
};

// What lies in done/<attempt>.json: a supervisor's report, or the whole result from a worker.
using DoneReport = std::variant<ProgramEnd, orchestration::AttemptResult>;

// The files by which attempts survive their engine, below `.gossamer/`. A plain value.
class StateFolder {
 public:
  explicit StateFolder(fs::path root) : root_(std::move(root)) {}

  [[nodiscard]] const fs::path& root() const { return root_; }
  [[nodiscard]] AttemptFolder attempt(const RunId& run, const std::string& step,
                                      const AttemptId& attempt) const;
  [[nodiscard]] fs::path runs() const { return root_ / "runs"; }
  [[nodiscard]] fs::path run(const RunId& run) const { return runs() / run.value(); }
  [[nodiscard]] fs::path code() const { return root_ / "code"; }
  [[nodiscard]] fs::path done() const { return root_ / "done"; }
  [[nodiscard]] fs::path done(const AttemptId& attempt) const;
  [[nodiscard]] fs::path tombstones() const { return root_ / "tombstones"; }
  [[nodiscard]] fs::path tombstone(const AttemptId& attempt) const;

  // Creates what is missing. unavailable on a network file system, whose locks cannot be trusted.
  Result<void> prepare() const;

  // Nothing where there is no report. invalid_input where what lies there is none, or is another
  // attempt's: it counts as lost.
  [[nodiscard]] Result<std::optional<DoneReport>> read_done(const AttemptId& attempt) const;
  // Durable when it returns; conflict where a tombstone says that nobody waits for it any more.
  [[nodiscard]] Result<void> write_done(const orchestration::AttemptResult& result) const;
  // Leaves the tombstone. The caller holds the attempt's lock.
  [[nodiscard]] Result<void> bury(const AttemptId& attempt) const;
  // After the result is committed: nothing of this attempt is waited for any more.
  void forget(const AttemptId& attempt) const;

 private:
  fs::path root_;
};

// A folder as the registry keeps it: relative to `.gossamer/`, which job folders are below.
std::string relative_to_state(const fs::path& folder);

// For files that only living processes read: not synced, since a power cut ends its readers too.
Result<void> write_for_the_living(const fs::path& path, std::string_view text);

}  // namespace gossamer::executors
