// SPDX-License-Identifier: Apache-2.0
#include "executors/process/launch.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/event_fd.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"

namespace gossamer::executors {
namespace {

constexpr Duration end_patience = std::chrono::seconds(2);

// The spec holds secrets: it is in memory that no file system ever sees.
Result<FileDescriptor> in_memory(std::string_view bytes) {
  FileDescriptor file(::memfd_create("gossamer-spec", MFD_CLOEXEC));
  if (!file) return std::unexpected(system_error(errno, "make a file in memory"));
  TRY(write_all(file, bytes, "a supervisor's order"));
  if (::lseek(file.number(), 0, SEEK_SET) != 0) {
    return std::unexpected(system_error(errno, "rewind a file in memory"));
  }
  return file;
}

bool is_one_of(const std::set<AttemptId>& attempts, std::string_view text) {
  const auto id = AttemptId::parse(std::string(text));
  return id && attempts.contains(*id);
}

bool names_attempt(const fs::path& process, const std::set<AttemptId>& attempts) {
  const auto environment = read_file(process / "environ");
  if (!environment) return false;
  static constexpr std::string_view name = "GOSSAMER_ATTEMPT=";
  return std::ranges::any_of(split(*environment, '\0'), [&](const std::string_view entry) {
    return entry.starts_with(name) && is_one_of(attempts, entry.substr(name.size()));
  });
}

bool holds_file_of(const fs::path& process, const std::string& runs,
                   const std::set<AttemptId>& attempts) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(process / "fd", error)) {
    std::error_code unreadable;
    const std::string target = fs::read_symlink(entry.path(), unreadable).string();
    if (unreadable || !target.starts_with(runs)) continue;
    const auto parts = split(std::string_view(target).substr(runs.size()), '/');
    // <run>/<step>/<attempt>/...
    if (parts.size() > 3 && is_one_of(attempts, parts[2])) return true;
  }
  return false;
}

}  // namespace

Result<Subprocess> launch(const fs::path& program, const supervisor::Spec& spec,
                          const FileLock& lock, const FileDescriptor& log) {
  TRY_ASSIGN(const FileDescriptor order, in_memory(supervisor::encode(spec)));
  SpawnOptions options;
  options.argv = {program.string(), "run"};
  options.folder = "/";
  options.standard_output = log.number();
  options.standard_error = log.number();
  options.descriptors = {{lock.descriptor().number(), supervisor::lock_descriptor},
                         {order.number(), supervisor::spec_descriptor}};
  options.group = ProcessGroup::new_session;
  return Subprocess::spawn(options);
}

Result<Subprocess> launch_lock_waiter(const fs::path& program, const fs::path& path,
                                      const FileDescriptor& log) {
  SpawnOptions options;
  options.argv = {program.string(), "wait-for-lock", path.string()};
  options.folder = "/";
  options.standard_output = log.number();
  options.standard_error = log.number();
  options.parent_death = ParentDeath::kill;
  return Subprocess::spawn(options);
}

void end_holders(const fs::path& runs, const std::set<AttemptId>& attempts,
                 const std::vector<pid_t>& spared) {
  const auto processes = list_folder("/proc");
  if (!processes) return;
  // The kernel names open files by their real paths.
  std::error_code error;
  const auto real = fs::canonical(runs, error);
  const std::string below = (error ? runs : real).string() + "/";
  for (const std::string& name : *processes) {
    const auto number = parse_integer(name, 2);
    const auto pid = static_cast<pid_t>(number.value_or(0));
    if (!number || pid == ::getpid()) continue;
    if (std::ranges::find(spared, pid) != spared.end()) continue;
    // Held from before the look, so that a number that is given to another process is not killed.
    const FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!handle) continue;
    const fs::path process = fs::path("/proc") / name;
    if (!names_attempt(process, attempts) && !holds_file_of(process, below, attempts)) continue;
    ::syscall(SYS_pidfd_send_signal, handle.number(), SIGKILL, nullptr, 0);
    const std::array numbers{handle.number()};
    // One that hangs in the kernel cannot be waited for; it does nothing more of its own.
    static_cast<void>(poll_readable(numbers, end_patience));
  }
}

}  // namespace gossamer::executors
