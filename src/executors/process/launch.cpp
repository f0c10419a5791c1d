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

bool names_attempt(const fs::path& process, const AttemptId& attempt) {
  const auto environment = read_file(process / "environ");
  if (!environment) return false;
  const std::string entry = fmt::format("GOSSAMER_ATTEMPT={}", attempt.value());
  const auto entries = split(*environment, '\0');
  return std::ranges::find(entries, entry) != entries.end();
}

bool holds_file_below(const fs::path& process, const fs::path& folder) {
  const std::string below = folder.string() + "/";
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(process / "fd", error)) {
    std::error_code unreadable;
    const fs::path target = fs::read_symlink(entry.path(), unreadable);
    if (!unreadable && target.string().starts_with(below)) return true;
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

void end_holders(const AttemptId& attempt, const fs::path& folder,
                 const std::vector<pid_t>& spared) {
  const auto processes = list_folder("/proc");
  if (!processes) return;
  for (const std::string& name : *processes) {
    const auto number = parse_integer(name, 2);
    const auto pid = static_cast<pid_t>(number.value_or(0));
    if (!number || pid == ::getpid()) continue;
    if (std::ranges::find(spared, pid) != spared.end()) continue;
    // Held from before the look, so that a number that is given to another process is not killed.
    const FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!handle) continue;
    const fs::path process = fs::path("/proc") / name;
    if (!names_attempt(process, attempt) && !holds_file_below(process, folder)) continue;
    ::syscall(SYS_pidfd_send_signal, handle.number(), SIGKILL, nullptr, 0);
    const std::array numbers{handle.number()};
    // One that hangs in the kernel cannot be waited for; it does nothing more of its own.
    static_cast<void>(poll_readable(numbers, end_patience));
  }
}

}  // namespace gossamer::executors
