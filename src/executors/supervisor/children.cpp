// SPDX-License-Identifier: Apache-2.0
#include "executors/supervisor/children.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace gossamer::supervisor {
namespace {

std::string content(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  std::string text;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::read(file, buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(size));
  ::close(file);
  return text;
}

// The field behind "pid (name) state", which may itself hold spaces and parentheses in the name.
pid_t parent_in(std::string_view stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || name_end + 4 >= stat.size()) return -1;
  stat.remove_prefix(name_end + 4);
  pid_t parent = -1;
  std::from_chars(stat.data(), stat.data() + stat.size(), parent);
  return parent;
}

// For kernels that do not list children: every process is asked for its parent.
std::vector<pid_t> children_by_search() {
  std::vector<pid_t> found;
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) return found;
  while (const dirent* entry = ::readdir(processes)) {
    pid_t pid = 0;
    const std::string_view name = entry->d_name;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ec != std::errc{} || parsed.ptr != name.data() + name.size()) continue;
    if (parent_in(content("/proc/" + std::string(name) + "/stat")) == ::getpid())
      found.push_back(pid);
  }
  ::closedir(processes);
  return found;
}

}  // namespace

std::vector<pid_t> children() {
  const std::string self = std::to_string(::getpid());
  const std::string path = "/proc/self/task/" + self + "/children";
  if (::access(path.c_str(), R_OK) != 0) return children_by_search();
  const std::string text = content(path);
  std::vector<pid_t> found;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t pid = 0;
    const auto parsed = std::from_chars(at, end, pid);
    if (parsed.ec == std::errc{}) found.push_back(pid);
    at = parsed.ptr + 1;
  }
  return found;
}

std::uint64_t end_children() {
  std::uint64_t ended = 0;
  for (;;) {
    for (const pid_t child : children())
      ::kill(child, SIGKILL);
    const pid_t reaped = ::waitpid(-1, nullptr, 0);
    if (reaped > 0) {
      ++ended;
    } else if (errno != EINTR) {
      return ended;  // ECHILD: nothing is left
    }
  }
}

}  // namespace gossamer::supervisor
