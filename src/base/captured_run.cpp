// SPDX-License-Identifier: Apache-2.0
// run_captured of subprocess.hpp.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "base/event_fd.hpp"
#include "base/subprocess.hpp"

namespace gossamer {
namespace {

enum class Pipe : std::uint8_t { open, ended };

// What can be read now; the pipe does not block.
Result<Pipe> drain(const FileDescriptor& pipe, std::string& output, std::size_t limit) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(pipe.number(), buffer.data(), buffer.size());
    if (got == 0) return Pipe::ended;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return Pipe::open;
    if (got < 0) return std::unexpected(system_error(errno, "read a program's output"));
    const std::size_t room = limit - output.size();
    output.append(buffer.data(), std::min(room, static_cast<std::size_t>(got)));
  }
}

}  // namespace

Result<CapturedRun> run_captured(SpawnOptions options, Duration patience, std::size_t limit) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::unexpected(system_error(errno, "make a pipe"));
  }
  FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  // Only this side: the program's own end must block as usual.
  if (::fcntl(reading.number(), F_SETFL, O_NONBLOCK) != 0) {
    return std::unexpected(system_error(errno, "make a pipe"));
  }
  options.standard_output = writing.number();
  options.standard_error = writing.number();
  TRY_ASSIGN(Subprocess process, Subprocess::spawn(options));
  writing.close();

  const SystemClock clock;
  const SteadyInstant deadline = clock.steady() + patience;
  CapturedRun run;
  for (;;) {
    const Duration left = std::max(deadline - clock.steady(), Duration::zero());
    const std::vector<int> numbers = {reading.number(), process.pidfd().number()};
    TRY_ASSIGN(const auto ready, poll_readable(numbers, left));
    if (ready.empty()) {
      TRY(process.send_signal_to_group(SIGKILL));
      return unavailable("`" + options.argv.front() + "` was killed: it ran longer than " +
                         format_duration(patience));
    }
    if (reading) {
      TRY_ASSIGN(const Pipe state, drain(reading, run.output, limit));
      if (state == Pipe::ended) reading.close();
    }
    // A descendant may hold the pipe open for ever, so the end of the process is the end.
    if (ready.back() == 1) break;
  }
  TRY_ASSIGN(run.end, process.wait());
  return run;
}

}  // namespace gossamer
