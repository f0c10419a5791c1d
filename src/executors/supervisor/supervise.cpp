// SPDX-License-Identifier: Apache-2.0
#include "executors/supervisor/supervise.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "executors/supervisor/attempt_log.hpp"
#include "executors/supervisor/children.hpp"
#include "executors/supervisor/durable.hpp"
#include "executors/supervisor/program.hpp"
#include "executors/supervisor/report.hpp"

namespace gossamer::supervisor {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{64} << 10U;
// The end of a process that watches a folder waits for the kernel's readers of watches: 7 ms. So
// only programs that run for a while are watched, and a cancel reaches the others this much later.
constexpr std::int64_t watch_after_us = 100'000;

void set_timer(int timer, std::int64_t after_us) {
  itimerspec when{};
  when.it_value.tv_sec = after_us / 1'000'000;
  when.it_value.tv_nsec = after_us % 1'000'000 * 1000;
  if (after_us <= 0) when.it_value.tv_nsec = 1;  // zero would mean never
  ::timerfd_settime(timer, 0, &when, nullptr);
}

// One attempt while its program runs.
class Attempt {
 public:
  explicit Attempt(const Spec& spec);
  Exit to_the_end();

 private:
  bool exists(const std::string& path) const { return ::access(path.c_str(), F_OK) == 0; }
  bool entombed() const { return exists(spec_.tombstones + "/" + spec_.attempt); }
  void explain(const std::string& what, int error);
  void watch();
  void handle_signals();
  void reap();
  void watch_for_cancel();
  void look_for_cancel();
  void stop(Ending why);
  void kill_program();
  // Takes what the program has written so far; false once nobody can write any more.
  bool drain();
  void conclude();
  Exit deliver();

  const Spec& spec_;
  int log_file_;
  AttemptLog log_;
  ReservedFile reserved_;
  int signals_ = -1;
  int cancels_ = -1;
  int watch_timer_ = -1;
  int timer_ = -1;
  Program program_;
  bool runs_ = false;
  bool stopping_ = false;  // TERM was sent, KILL follows at the end of the grace
  int status_ = 0;
  rusage usage_{};
  Report report_;
};

Attempt::Attempt(const Spec& spec)
    : spec_(spec),
      log_file_(
          ::open((spec.folder + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)),
      log_(log_file_, spec.log_bytes_max, spec.secrets),
      reserved_(spec.folder + "/report") {
  report_.attempt = spec.attempt;
  sigset_t handled;
  ::sigemptyset(&handled);
  ::sigaddset(&handled, SIGCHLD);
  ::sigaddset(&handled, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &handled, nullptr);
  for (const int signal : {SIGPIPE, SIGHUP, SIGINT})
    ::signal(signal, SIG_IGN);
  signals_ = ::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  watch_timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

Exit Attempt::to_the_end() {
  if (entombed()) return Exit::entombed;
  // From here on the program may have done something: the attempt cannot be begun a second time.
  const int begun = ::open((spec_.folder + "/begun").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (begun < 0) {
    explain("cannot write into the attempt's folder", errno);
    return deliver();
  }
  ::close(begun);
  program_ = run(spec_);
  runs_ = program_.pid > 0;
  if (program_.error != 0) {
    explain(program_.doing, program_.error);
  } else {
    report_.ending = Ending::exited;
    if (spec_.timeout_us > 0) set_timer(timer_, spec_.timeout_us);
    set_timer(watch_timer_, watch_after_us);
  }
  watch();
  report_.left_behind = end_children();
  while (drain()) {
  }
  conclude();
  return deliver();
}

void Attempt::explain(const std::string& what, int error) {
  report_.error = error;
  report_.message = what + ": " + system_text(error);
}

void Attempt::watch() {
  while (runs_) {
    std::array<pollfd, 5> wanted{{{signals_, POLLIN, 0},
                                  {cancels_, POLLIN, 0},
                                  {timer_, POLLIN, 0},
                                  {program_.output, POLLIN, 0},
                                  {watch_timer_, POLLIN, 0}}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0) continue;
    if (wanted[3].revents != 0 && !drain()) {
      ::close(program_.output);
      program_.output = -1;  // it closed its output and goes on
    }
    if (wanted[0].revents != 0) handle_signals();
    if (wanted[1].revents != 0) {
      std::array<char, 4096> events{};
      while (::read(cancels_, events.data(), events.size()) > 0) {
      }
      look_for_cancel();
    }
    if (wanted[4].revents != 0) watch_for_cancel();
    std::uint64_t expirations = 0;
    if (wanted[2].revents != 0 && ::read(timer_, &expirations, sizeof expirations) > 0) {
      if (stopping_)
        kill_program();
      else
        stop(Ending::timed_out);
    }
  }
}

void Attempt::handle_signals() {
  signalfd_siginfo signal{};
  while (::read(signals_, &signal, sizeof signal) > 0)
    if (signal.ssi_signo == SIGTERM) stop(Ending::terminated);
  reap();
}

// Collects whatever has ended: the program, and orphans of its descendants.
void Attempt::reap() {
  int status = 0;
  rusage usage{};
  for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0;) {
    if (pid != program_.pid) continue;
    runs_ = false;
    status_ = status;
    usage_ = usage;
  }
}

void Attempt::watch_for_cancel() {
  ::close(watch_timer_);
  watch_timer_ = -1;
  cancels_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  ::inotify_add_watch(cancels_, spec_.folder.c_str(), IN_CREATE | IN_MOVED_TO);
  look_for_cancel();
}

void Attempt::look_for_cancel() {
  if (exists(spec_.folder + "/cancel")) stop(Ending::cancelled);
}

void Attempt::stop(Ending why) {
  if (stopping_) return;
  stopping_ = true;
  report_.ending = why;
  ::kill(-program_.pid, SIGTERM);
  ::kill(-program_.pid, SIGCONT);  // a stopped program would not hear the first one
  set_timer(timer_, spec_.grace_us);
}

void Attempt::kill_program() {
  ::kill(-program_.pid, SIGKILL);
  ::kill(program_.pid, SIGKILL);  // it may have left its group
}

bool Attempt::drain() {
  if (program_.output < 0) return false;
  static std::array<char, chunk_bytes> buffer;
  const ssize_t size = ::read(program_.output, buffer.data(), buffer.size());
  if (size > 0) log_.take({buffer.data(), static_cast<std::size_t>(size)});
  return size > 0 || (size < 0 && runs_ && (errno == EAGAIN || errno == EINTR));
}

void Attempt::conclude() {
  if (program_.error == 0) {
    if (WIFSIGNALED(status_)) {
      report_.signal = WTERMSIG(status_);
      report_.exit_code = 128 + report_.signal;
      if (report_.ending == Ending::exited) report_.ending = Ending::signalled;
    } else {
      report_.exit_code = WEXITSTATUS(status_);
    }
  }
  if (report_.left_behind > 0) {
    log_.note("ended " + std::to_string(report_.left_behind) +
              " processes that the program left behind");
  }
  if (report_.ending == Ending::timed_out) log_.note("ended by its timeout");
  if (report_.ending == Ending::cancelled) log_.note("ended by a cancel");
  if (!report_.message.empty()) log_.note(report_.message);
  log_.finish();
  report_.log_bytes = log_.bytes_written();
  report_.log_bytes_dropped = log_.bytes_dropped();
  const int log_error = log_file_ < 0 ? EIO : log_.error();
  if (log_error != 0 && report_.message.empty()) explain("the log is incomplete", log_error);
  constexpr std::int64_t second_us = 1'000'000;
  report_.user_us = usage_.ru_utime.tv_sec * second_us + usage_.ru_utime.tv_usec;
  report_.system_us = usage_.ru_stime.tv_sec * second_us + usage_.ru_stime.tv_usec;
  report_.peak_memory_bytes = usage_.ru_maxrss * 1024;
}

Exit Attempt::deliver() {
  const bool succeeded = report_.ending == Ending::exited && report_.exit_code == 0;
  if (succeeded) {
    for (const std::string& path : spec_.sync) {
      const int error = sync_tree(path);
      if (error == 0 || error == ENOENT) continue;
      report_.ending = Ending::not_durable;
      explain("cannot make the output durable, " + path, error);
    }
  } else if (log_file_ >= 0) {
    ::fdatasync(log_file_);  // what explains a failure is kept through a power cut
  }
  if (entombed()) return Exit::entombed;
  const std::string target = spec_.done + "/" + spec_.attempt + ".json";
  // An engine that lives commits the result itself within moments; a report that nobody waits for
  // now has to survive until somebody does.
  const auto durability =
      ::getppid() == spec_.engine_pid ? Durability::not_needed : Durability::needed;
  const int error = reserved_.publish(to_json(report_), target, durability);
  if (error == 0) return Exit::reported;
  ::dprintf(2, "%s: cannot report to %s: %s\n", spec_.attempt.c_str(), target.c_str(),
            system_text(error).c_str());
  return Exit::unreported;
}

}  // namespace

Exit supervise(const Spec& spec) { return Attempt(spec).to_the_end(); }

Exit wait_for_lock(const char* path) {
  const int file = ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return Exit::misused;
  while (::flock(file, LOCK_EX) != 0)
    if (errno != EINTR) return Exit::misused;
  return Exit::reported;
}

}  // namespace gossamer::supervisor
