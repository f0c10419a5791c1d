// SPDX-License-Identifier: Apache-2.0
// Starts programs, fast and with nothing inherited that was not named: environment, descriptors and
// signal settings are those of `SpawnOptions`.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/result.hpp"

namespace gossamer {

enum class ProcessGroup : std::uint8_t {
  same,         // the caller's
  new_group,    // its own group in the caller's session
  new_session,  // its own session and group, without a terminal
};

enum class ParentDeath : std::uint8_t {
  ignore,
  kill,  // SIGKILL when the *thread* that spawned it ends
};

// A descriptor of this process that the child finds under the number `as`.
struct PassedDescriptor {
  int number = -1;
  int as = -1;
};

struct SpawnOptions {
  std::vector<std::string>
      argv;  // argv[0] is a path; a name without "/" is looked up in the child's PATH
  std::map<std::string, std::string> environment{};
  fs::path folder{};  // working folder; empty: the caller's
  // 0-2 of the child; -1: /dev/null. They may name the same descriptor.
  int standard_input = -1;
  int standard_output = -1;
  int standard_error = -1;
  std::vector<PassedDescriptor> descriptors{};  // `as` >= 3, each once
  ProcessGroup group = ProcessGroup::new_group;
  ParentDeath parent_death = ParentDeath::ignore;
};

// How a process ended: by exit code, or by signal.
struct ProcessEnd {
  int exit_code = 0;  // 128 + signal where a signal ended it
  int signal = 0;     // 0: none
  Duration user_time{};
  Duration system_time{};
  std::int64_t peak_memory_bytes = 0;

  [[nodiscard]] bool succeeded() const { return exit_code == 0; }
  // "exit code 3", "killed by signal 9 (Killed)".
  [[nodiscard]] std::string describe() const;
};

// A started child. Its end is collected by wait; a Subprocess that is destroyed without that is
// killed (its group too, where it has its own) and collected.
class Subprocess {
 public:
  // Returns once the program runs (exec has succeeded). not_found, denied or invalid_input say
  // which argument was wrong.
  static Result<Subprocess> spawn(const SpawnOptions& options);

  Subprocess(Subprocess&& other) noexcept;
  Subprocess& operator=(Subprocess&& other) noexcept;
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;
  ~Subprocess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Readable once the process has ended: for poll loops.
  [[nodiscard]] const FileDescriptor& pidfd() const { return pidfd_; }

  Result<ProcessEnd> wait();
  // Nothing where it still runs at the end of `patience` (0: only look).
  Result<std::optional<ProcessEnd>> wait_for(Duration patience);

  // To the process alone; one that has ended is fine.
  Result<void> send_signal(int signal) const;
  // To its whole group (to it alone where it shares the caller's).
  Result<void> send_signal_to_group(int signal) const;
  // Lets it run on without this object; nothing will collect it here.
  void release();

 private:
  Subprocess(pid_t pid, FileDescriptor pidfd, ProcessGroup group)
      : pid_(pid), pidfd_(std::move(pidfd)), group_(group) {}
  void end_now() noexcept;

  pid_t pid_ = -1;
  FileDescriptor pidfd_;
  ProcessGroup group_ = ProcessGroup::same;
  std::optional<ProcessEnd> end_;
};

struct CapturedRun {
  ProcessEnd end;
  std::string output;  // standard output and standard error as they came
};
// Runs to the end with both outputs captured, each byte up to `limit`; what is over it is read and
// dropped. The options' outputs are not used. Past `patience` it is killed and the result is
// unavailable.
Result<CapturedRun> run_captured(SpawnOptions options, Duration patience,
                                 std::size_t limit = std::size_t{1} << 20U);

}  // namespace gossamer
