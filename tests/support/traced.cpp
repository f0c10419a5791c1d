// SPDX-License-Identifier: Apache-2.0
#include "tests/support/traced.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/files.hpp"

namespace gossamer::test {

namespace {

struct Call {
  long number;
  const char* name;
};
constexpr std::array name_calls{
    Call{SYS_mkdir, "mkdir"},       Call{SYS_mkdirat, "mkdirat"},
    Call{SYS_rmdir, "rmdir"},       Call{SYS_link, "link"},
    Call{SYS_linkat, "linkat"},     Call{SYS_rename, "rename"},
    Call{SYS_renameat, "renameat"}, Call{SYS_renameat2, "renameat2"},
    Call{SYS_unlink, "unlink"},     Call{SYS_unlinkat, "unlinkat"},
    Call{SYS_fsync, "fsync"},       Call{SYS_fdatasync, "fdatasync"},
    Call{SYS_syncfs, "syncfs"},     Call{SYS_ftruncate, "ftruncate"},
};
constexpr Call write_call{SYS_pwrite64, "pwrite64"};

std::string name_of(long number) {
  for (const auto& call : name_calls) {
    if (call.number == number) return call.name;
  }
  return number == write_call.number ? write_call.name : std::to_string(number);
}

// A filter that hands the calls to the tracer and lets all others through.
std::vector<sock_filter> filter_of(DiskSteps which) {
  std::vector<long> numbers;
  for (const auto& call : name_calls)
    numbers.push_back(call.number);
  if (which == DiskSteps::writes) numbers.push_back(write_call.number);
  std::vector<sock_filter> filter;
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const long number : numbers) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(number), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  return filter;
}

// The child's part: only what is allowed between fork and exec.
[[noreturn]] void become(const std::vector<char*>& argv, const std::vector<char*>& environment,
                         const char* folder, const std::vector<sock_filter>& filter) {
  constexpr int cannot = 126;
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int stream : {0, 1, 2})
    ::dup2(nowhere, stream);
  const sock_fprog program{static_cast<unsigned short>(filter.size()),
                           const_cast<sock_filter*>(filter.data())};
  if (::chdir(folder) != 0 || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(cannot);
  ::raise(SIGSTOP);  // until the tracer has said what it wants to see
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    ::_exit(cannot);
  }
  ::execve(argv.front(), argv.data(), environment.data());
  ::_exit(cannot);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts)
    all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// The process that a thread belongs to.
pid_t process_of(pid_t thread) {
  const auto status = read_file(fmt::format("/proc/{}/status", thread)).value_or("");
  const auto at = status.find("Tgid:");
  return at == std::string::npos ? thread : static_cast<pid_t>(std::stol(status.substr(at + 5)));
}

class Tracer {
 public:
  Tracer(pid_t program, std::uint64_t kill_at) : program_(program), kill_at_(kill_at) {}

  // Until the program and everything that it started has ended.
  TracedEnd follow() {
    while (true) {
      int status = 0;
      const pid_t thread = ::waitpid(-1, &status, __WALL);
      if (thread < 0 && errno == EINTR) continue;
      if (thread < 0) return std::move(end_);
      if (WIFSTOPPED(status)) {
        go_on(thread, status);
      } else if (thread == program_) {
        end_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
    }
  }

 private:
  void go_on(pid_t thread, int status) {
    int deliver = 0;
    const int event = status >> 16;
    if (event == PTRACE_EVENT_SECCOMP) {
      if (++end_.steps == kill_at_) {
        user_regs_struct registers{};
        ::ptrace(PTRACE_GETREGS, thread, nullptr, &registers);
        end_.killed_at = name_of(static_cast<long>(registers.orig_rax));
        ::kill(process_of(thread), SIGKILL);
        return;
      }
    } else if (event == 0 && WSTOPSIG(status) != SIGSTOP && WSTOPSIG(status) != SIGTRAP) {
      deliver = WSTOPSIG(status);  // a new thread stops with SIGSTOP, which is not its own
    }
    ::ptrace(PTRACE_CONT, thread, nullptr, deliver);
  }

  pid_t program_;
  std::uint64_t kill_at_;
  TracedEnd end_;
};

}  // namespace

Result<TracedEnd> run_traced(const SpawnOptions& options, DiskSteps which, std::uint64_t kill_at) {
  auto argv_texts = options.argv;
  auto variables = options.environment;
  // The sanitizer's own search for leaks traces the process, which only one can do.
  variables["ASAN_OPTIONS"] += ":detect_leaks=0";
  std::vector<std::string> environment_texts;
  for (const auto& [name, value] : variables)
    environment_texts.push_back(fmt::format("{}={}", name, value));
  const auto argv = pointers(argv_texts);
  const auto environment = pointers(environment_texts);
  const auto filter = filter_of(which);
  const pid_t program = ::fork();
  if (program < 0) return std::unexpected(system_error(errno, "start", options.argv.front()));
  if (program == 0) become(argv, environment, options.folder.c_str(), filter);
  int status = 0;
  if (::waitpid(program, &status, 0) != program || !WIFSTOPPED(status)) {
    return unavailable("this user may not trace processes");
  }
  constexpr long what = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
                        PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SETOPTIONS, program, nullptr, what) != 0) {
    const int failed = errno;
    ::kill(program, SIGKILL);
    ::waitpid(program, &status, 0);
    return std::unexpected(system_error(failed, "trace", options.argv.front()));
  }
  ::ptrace(PTRACE_CONT, program, nullptr, 0);
  return Tracer(program, kill_at).follow();
}

}  // namespace gossamer::test
