// SPDX-License-Identifier: Apache-2.0
#include "executors/supervisor/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace gossamer::supervisor {
namespace {

enum class Stage : int { folder, program };

struct Refusal {
  Stage stage = Stage::program;
  int error = 0;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts)
    out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// Names without a slash are looked up in the program's own PATH, the rest is relative to its
// folder.
std::vector<std::string> candidates(const Spec& spec) {
  const std::string& name = spec.argv.front();
  if (name.find('/') != std::string::npos) return {name};
  std::string_view path = "/usr/local/bin:/usr/bin:/bin";
  for (const std::string& variable : spec.environment)
    if (variable.starts_with("PATH=")) path = std::string_view(variable).substr(5);
  std::vector<std::string> out;
  while (!path.empty()) {
    const std::size_t stop = std::min(path.find(':'), path.size());
    if (stop > 0) out.push_back(std::string(path.substr(0, stop)) + "/" + name);
    path.remove_prefix(std::min(stop + 1, path.size()));
  }
  return out;
}

void refuse(int pipe, Stage stage) {
  const Refusal refusal{stage, errno};
  // Nobody is left to hear of a failed write: the parent then sees an exit with 127.
  if (::write(pipe, &refusal, sizeof refusal) < 0) ::_exit(127);
  ::_exit(127);
}

struct Child {
  pid_t parent;
  int output;
  int refusals;
  const char* folder;
  const std::vector<std::string>* programs;
  char* const* argv;
  char* const* environment;
};

[[noreturn]] void become(const Child& child) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != child.parent) ::_exit(127);  // it died before we asked
  ::setpgid(0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  for (const int signal : {SIGPIPE, SIGHUP, SIGINT, SIGTERM})
    ::signal(signal, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(child.output, 1);
  ::dup2(child.output, 2);
  if (::chdir(child.folder) != 0) refuse(child.refusals, Stage::folder);
  int error = ENOENT;
  for (const std::string& program : *child.programs) {
    ::execve(program.c_str(), child.argv, child.environment);
    // As a shell does: what is there but may not be run says more than what is not there.
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (error != ENOENT && error != EACCES) break;
  }
  errno = error;
  refuse(child.refusals, Stage::program);
  ::_exit(127);
}

}  // namespace

Program run(const Spec& spec) {
  Program program;
  int output[2];
  int refusals[2];
  if (::pipe2(output, O_CLOEXEC) != 0 || ::pipe2(refusals, O_CLOEXEC) != 0) {
    program.error = errno;
    program.doing = "cannot make a pipe";
    return program;
  }
  const std::vector<char*> argv = pointers(spec.argv);
  const std::vector<char*> environment = pointers(spec.environment);
  const std::vector<std::string> programs = candidates(spec);
  const Child child{::getpid(), output[1],   refusals[1],       spec.workdir.c_str(),
                    &programs,  argv.data(), environment.data()};
  program.pid = ::fork();
  if (program.pid == 0) become(child);
  program.error = program.pid < 0 ? errno : 0;
  program.doing = "cannot start another process";
  ::close(output[1]);
  ::close(refusals[1]);
  program.output = output[0];
  ::fcntl(program.output, F_SETFL, O_NONBLOCK);

  Refusal refusal;
  ssize_t size = 0;
  while ((size = ::read(refusals[0], &refusal, sizeof refusal)) < 0 && errno == EINTR) {
  }
  ::close(refusals[0]);
  if (size == static_cast<ssize_t>(sizeof refusal)) {
    program.error = refusal.error;
    program.doing = refusal.stage == Stage::folder ? "cannot change into the folder " + spec.workdir
                                                   : "cannot run " + spec.argv.front();
  }
  return program;
}

}  // namespace gossamer::supervisor
