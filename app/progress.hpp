// SPDX-License-Identifier: Apache-2.0
// What a person sees while runs are driven: a line per step on a terminal, plain lines otherwise.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/session.hpp"

namespace gossamer::app {

// Reads the events of the API (`step`, `run`, `gate`, `note`) and prints them to stderr.
class Progress {
 public:
  explicit Progress(Session& session) : session_(session), console_(session.console()) {}
  void on_event(const Json& event);
  // Ends the live block; what was shown stays.
  void finish();
  bool any_failed() const { return !failed_.empty(); }
  bool any_waiting() const { return !waiting_.empty(); }

 private:
  void on_step(const Json& event);
  void on_run(const Json& event);
  enum class Lines { cut, whole };
  void redraw(Lines lines);

  const Session& session_;
  Console& console_;
  std::vector<std::pair<std::string, std::string>> live_;  // key of a step, its line
  std::size_t drawn_lines_ = 0;
  std::set<std::string> failed_;   // runs
  std::set<std::string> waiting_;  // runs
};

enum class AfterDrive { wait, report_only };

// Posts, shows progress, prints the run that comes back. `wait`: 1 where a run that was driven
// failed, 4 where one waits for a decision, 0 where all have finished.
Result<ExitCode> drive_run(Session& session, const std::string& path, Json body, AfterDrive after);

}  // namespace gossamer::app
