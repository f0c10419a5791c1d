// SPDX-License-Identifier: Apache-2.0
// A worker for tests: its jobs echo, fail, crash and wait on demand.
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

#include "base/json.hpp"
#include "base/socket.hpp"
#include "executors/worker/worker.hpp"
#include "executors/worker_protocol.hpp"

namespace {

using namespace gossamer;
using namespace gossamer::executors;

using Answer = Result<orchestration::AttemptResult>;

Answer echo(const Job& job, JobChannel& context) {
  context.log("echo");
  orchestration::AttemptResult result;
  result.attempt = job.attempt;
  result.result.report = job.spec;
  return result;
}

Answer refuse(const Job& job, JobChannel&) {
  return invalid_input(fmt::format("refused: {}", job.spec.dump()));
}

Answer crash(const Job&, JobChannel&) {
  // A sanitizer would make an exit code of the signal.
  ::signal(SIGSEGV, SIG_DFL);
  ::raise(SIGSEGV);
  return bug("still alive");
}

Answer raise_exception(const Job&, JobChannel&) { throw std::runtime_error("thrown"); }

// Says who it is to whoever reads the pipe that the job names, if it names one.
Result<void> announce(const Job& job) {
  if (!job.spec.is_object()) return {};
  TRY_ASSIGN(const auto ready, optional<std::string>(job.spec, "ready"));
  if (!ready) return {};
  TRY_ASSIGN(const FileDescriptor file, open_file(*ready, O_WRONLY));
  return write_all(file, fmt::format("{}\n", ::getpid()), *ready);
}

// Announces itself, then reports what comes out of another pipe.
Answer hear(const Job& job, JobChannel&) {
  TRY(announce(job));
  TRY_ASSIGN(const auto pipe, require<std::string>(job.spec, "pipe"));
  orchestration::AttemptResult result;
  result.attempt = job.attempt;
  TRY_ASSIGN(const std::string heard, read_file(pipe));
  result.result.report = {{"heard", heard}};
  return result;
}

Answer ignore_everything(const Job& job, JobChannel& context) {
  context.progress(1, 0);
  TRY(announce(job));
  for (;;)
    ::pause();
}

Answer wait_for_cancel(const Job& job, JobChannel& context) {
  TRY(announce(job));
  while (!context.is_cancelled())
    ::sched_yield();
  return unavailable("interrupted");
}

Answer who(const Job& job, JobChannel& context) {
  auto result = echo(job, context);
  if (result) result->result.report = {{"pid", ::getpid()}};
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || std::string(argv[1]) != "--state") return 2;
  const SystemClock clock;
  const StateFolder state{fs::path(argv[2])};
  const JobHandlers handlers{{"echo", echo},
                             {"refuse", refuse},
                             {"crash", crash},
                             {"throw", raise_exception},
                             {"ignore", ignore_everything},
                             {"until_cancel", wait_for_cancel},
                             {"who", who},
                             {"hear", hear}};
  const auto served =
      serve_jobs(Socket(FileDescriptor(worker_socket_descriptor)), state, handlers, clock);
  if (served) return 0;
  fmt::print(stderr, "{}\n", served.error().describe());
  return 1;
}
