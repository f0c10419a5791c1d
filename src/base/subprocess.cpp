// SPDX-License-Identifier: Apache-2.0
#include "base/subprocess.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/event_fd.hpp"
#include "base/spawn_child.hpp"

// clone(2) by the C library's other name: ThreadSanitizer takes the usual one for fork(2) and
// stumbles over a child that shares the memory.
// NOLINTNEXTLINE(readability-identifier-naming): it reads the C library's name, not ours
extern "C" int plain_clone(int (*function)(void*), void* stack, int flags, void* argument,
                           ...) __asm__("__clone");

namespace gossamer {
namespace {

constexpr std::size_t child_stack_bytes = std::size_t{64} * 1024;

// The child's program: looked up in the child's own PATH, as the shell would.
Result<std::string> find_program(const SpawnOptions& options) {
  const std::string& name = options.argv.front();
  if (name.find('/') != std::string::npos) return name;
  const auto path = options.environment.find("PATH");
  std::string_view rest = path == options.environment.end() ? "/usr/local/bin:/usr/bin:/bin"
                                                            : std::string_view(path->second);
  while (!rest.empty()) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    std::string candidate = std::string(rest.substr(0, colon)) + "/" + name;
    if (colon > 0 && ::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return not_found("cannot start `" + name + "`: no such program in the PATH it would run with");
}

Result<void> check(const SpawnOptions& options) {
  if (options.argv.empty() || options.argv.front().empty()) {
    return invalid_input("cannot start a program without a name");
  }
  const auto has_zero = [](const std::string& text) {
    return text.find('\0') != std::string::npos;
  };
  if (std::ranges::any_of(options.argv, has_zero)) {
    return invalid_input("cannot start `" + options.argv.front() +
                         "`: an argument has a zero byte");
  }
  for (const auto& [name, value] : options.environment) {
    if (name.empty() || name.find('=') != std::string::npos || has_zero(name) || has_zero(value)) {
      return invalid_input("cannot start `" + options.argv.front() + "`: the variable `" + name +
                           "` cannot stand in an environment");
    }
  }
  std::set<int> taken;
  for (const PassedDescriptor& passed : options.descriptors) {
    if (passed.as < 3 || !taken.insert(passed.as).second) {
      return bug(fmt::format("descriptor number {} is below 3 or given twice", passed.as));
    }
  }
  return {};
}

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Error start_error(const ChildPlan& plan, const SpawnOptions& options) {
  const std::string what = "start `" + options.argv.front() + "`";
  switch (plan.failed_at) {
    case ChildStep::folder:
      return system_error(plan.error, what + " in", options.folder);
    case ChildStep::descriptors:
      return system_error(plan.error, what + ": pass descriptors");
    case ChildStep::group:
      return system_error(plan.error, what + ": leave the process group");
    case ChildStep::parent:
      return Error{.kind = ErrorKind::unavailable, .message = "cannot " + what + ": cancelled"};
    case ChildStep::none:
    case ChildStep::program:
      break;
  }
  return system_error(plan.error, what);
}

ProcessEnd end_of(int status, const rusage& usage) {
  const auto duration = [](const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  ProcessEnd end;
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
    end.exit_code = 128 + end.signal;
  } else {
    end.exit_code = WEXITSTATUS(status);
  }
  end.user_time = duration(usage.ru_utime);
  end.system_time = duration(usage.ru_stime);
  end.peak_memory_bytes = usage.ru_maxrss * 1024;
  return end;
}

// Waits for the process; with WNOHANG nothing where it still runs.
Result<std::optional<ProcessEnd>> collect(pid_t pid, int flags) {
  int status = 0;
  rusage usage{};
  for (;;) {
    const pid_t got = ::wait4(pid, &status, flags, &usage);
    if (got == pid) return std::optional(end_of(status, usage));
    if (got == 0) return std::optional<ProcessEnd>();
    if (errno != EINTR) return std::unexpected(system_error(errno, "wait for a process"));
  }
}

struct Started {
  pid_t pid;
  FileDescriptor pidfd;
};

// The child shares this memory and this thread stands still until it has called exec or ended, as
// with vfork: no page table is copied, so the cost does not grow with this process.
Result<Started> start(ChildPlan& plan, const SpawnOptions& options) {
  const auto stack = std::make_unique_for_overwrite<char[]>(child_stack_bytes);
  char* top = stack.get() + child_stack_bytes;
  top -= reinterpret_cast<std::uintptr_t>(top) % 64;
  sigset_t every{};
  sigset_t before{};
  ::sigfillset(&every);
  // A handler of this process must not run in the child: it would run on this memory.
  ::pthread_sigmask(SIG_SETMASK, &every, &before);
  int pidfd = -1;
  const pid_t pid =
      ::plain_clone(run_child, top, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &pidfd);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    return std::unexpected(system_error(error, "start `" + options.argv.front() + "`"));
  }
  Started started{pid, FileDescriptor(pidfd)};
  if (plan.failed_at == ChildStep::none) return started;
  TRY(collect(pid, 0));
  return std::unexpected(start_error(plan, options));
}

}  // namespace

std::string ProcessEnd::describe() const {
  if (signal == 0) return fmt::format("exit code {}", exit_code);
  const char* name = ::sigdescr_np(signal);
  return fmt::format("killed by signal {} ({})", signal, name == nullptr ? "unknown" : name);
}

Result<Subprocess> Subprocess::spawn(const SpawnOptions& options) {
  TRY(check(options));
  TRY_ASSIGN(const std::string program, find_program(options));
  TRY_ASSIGN(const FileDescriptor nothing, open_file("/dev/null", O_RDWR));
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> variables;
  for (const auto& [name, value] : options.environment) {
    variables.push_back(name);
    variables.back().append("=").append(value);
  }
  const std::vector<char*> argument_pointers = pointers_of(arguments);
  const std::vector<char*> variable_pointers = pointers_of(variables);

  std::vector<PassedDescriptor> passed = options.descriptors;
  const auto or_nothing = [&](int number) { return number < 0 ? nothing.number() : number; };
  passed.push_back({or_nothing(options.standard_input), 0});
  passed.push_back({or_nothing(options.standard_output), 1});
  passed.push_back({or_nothing(options.standard_error), 2});

  ChildPlan plan;
  plan.program = program.c_str();
  plan.arguments = argument_pointers.data();
  plan.environment = variable_pointers.data();
  plan.folder = options.folder.empty() ? nullptr : options.folder.c_str();
  plan.descriptors = passed.data();
  plan.descriptor_count = passed.size();
  plan.group = options.group;
  plan.parent_death = options.parent_death;
  plan.parent = ::getpid();
  TRY_ASSIGN(Started started, start(plan, options));
  return Subprocess(started.pid, std::move(started.pidfd), options.group);
}

Subprocess::Subprocess(Subprocess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      group_(other.group_),
      end_(other.end_) {}

Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  if (this != &other) {
    end_now();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    group_ = other.group_;
    end_ = other.end_;
  }
  return *this;
}

Subprocess::~Subprocess() { end_now(); }

void Subprocess::end_now() noexcept {
  if (pid_ < 0 || end_) return;
  if (group_ != ProcessGroup::same) ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

Result<ProcessEnd> Subprocess::wait() {
  if (!end_) {
    TRY_ASSIGN(end_, collect(pid_, 0));
  }
  return *end_;
}

Result<std::optional<ProcessEnd>> Subprocess::wait_for(Duration patience) {
  if (end_) return end_;
  const std::vector<int> numbers = {pidfd_.number()};
  TRY(poll_readable(numbers, patience));
  TRY_ASSIGN(end_, collect(pid_, WNOHANG));
  return end_;
}

Result<void> Subprocess::send_signal(int signal) const {
  // An uncollected child keeps its number, so this cannot hit a stranger.
  if (pid_ < 0 || end_) return {};
  if (::kill(pid_, signal) != 0 && errno != ESRCH) {
    return std::unexpected(system_error(errno, "signal a process"));
  }
  return {};
}

Result<void> Subprocess::send_signal_to_group(int signal) const {
  if (group_ == ProcessGroup::same) return send_signal(signal);
  if (pid_ < 0 || end_) return {};
  if (::kill(-pid_, signal) != 0 && errno != ESRCH) {
    return std::unexpected(system_error(errno, "signal a process group"));
  }
  return {};
}

void Subprocess::release() {
  pid_ = -1;
  pidfd_.close();
}

}  // namespace gossamer
