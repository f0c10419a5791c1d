// SPDX-License-Identifier: Apache-2.0
// An engine for tests that kill it: takes the workspace's lock, starts or adopts one attempt,
// prints its result as a line of JSON. It can kill itself at a named point.
//
//   engine_driver WORKSPACE BIN_DIR KIND RUN ATTEMPT DIE_AT [ARGV...]
//
// DIE_AT: never, job (the job is being prepared), program (its files are), result (its result has
// arrived). `hold` instead of KIND: only takes the lock, says so, and waits to be killed.
#include <fmt/core.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "executors/dispatch.hpp"
#include "executors/engine_lock.hpp"

namespace {

using namespace gossamer;
using namespace gossamer::executors;

struct Arguments {
  fs::path workspace;
  fs::path programs;
  std::string kind;
  std::string run;
  std::string attempt;
  std::string die_at;
  std::vector<std::string> argv;
};

void die_if(bool reached) {
  if (reached) ::kill(::getpid(), SIGKILL);
}

void say(const std::string& line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

Result<orchestration::AttemptOrder> order_of(const Arguments& arguments) {
  auto pipeline = std::make_shared<pipeline::Pipeline>();
  pipeline->name = "p";
  pipeline->steps.resize(1);
  pipeline->steps[0].name = "step";
  pipeline->steps[0].kind =
      arguments.kind == "command" ? pipeline::StepKind::command : pipeline::StepKind::sql;
  orchestration::AttemptOrder order;
  TRY_ASSIGN(order.run, RunId::parse(arguments.run));
  TRY_ASSIGN(order.attempt, AttemptId::parse(arguments.attempt));
  order.pipeline = std::move(pipeline);
  order.definition = std::make_shared<pipeline::Definition>();
  return order;
}

Preparation preparation_of(const Arguments& arguments) {
  Preparation preparation;
  preparation.job = [arguments](const orchestration::AttemptOrder& order) -> Result<Job> {
    die_if(arguments.die_at == "job");
    Job job;
    job.attempt = order.attempt;
    job.run = order.run;
    job.step = "step";
    job.kind = arguments.kind;
    job.spec = {{"pipe", (arguments.workspace / "go").string()},
                {"ready", (arguments.workspace / "ready").string()}};
    return job;
  };
  preparation.program = [arguments](const orchestration::AttemptOrder&,
                                    const Job&) -> Result<supervisor::Spec> {
    die_if(arguments.die_at == "program");
    supervisor::Spec spec;
    spec.argv = arguments.argv;
    spec.workdir = arguments.workspace;
    spec.environment = {"PATH=/usr/bin:/bin"};
    return spec;
  };
  return preparation;
}

Result<void> drive(const Arguments& arguments) {
  const SystemClock clock;
  const fs::path state = arguments.workspace / ".gossamer";
  TRY_ASSIGN(auto lock, EngineLock::try_take(state));
  if (!lock) return conflict("another engine drives");
  say("driving");
  if (arguments.kind == "hold") {
    for (;;)
      ::pause();
  }
  WorkerPoolOptions pool;
  pool.program = arguments.programs.parent_path() / "tests" / "echo_worker";
  pool.state = state;
  WorkerPool workers(pool, clock, Log());
  TRY(workers.start());
  Guarded<std::optional<orchestration::AttemptResult>> arrived;
  Dispatch dispatch(
      {state, arguments.programs / "gossamer-supervisor"}, preparation_of(arguments), workers,
      [&](orchestration::AttemptResult result) {
        die_if(arguments.die_at == "result");
        arrived.change([&](auto& one) { one = std::move(result); });
      },
      clock, Log());
  TRY(dispatch.start());
  TRY_ASSIGN(const auto order, order_of(arguments));
  dispatch.adopt(order);
  const auto result =
      arrived.when([](const auto& one) { return one.has_value(); }, [](auto& one) { return *one; });
  TRY_ASSIGN(const std::string text, canonical(orchestration::to_json(result)));
  say(text);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) return 2;
  const Arguments arguments{fs::path(argv[1]), fs::path(argv[2]),      argv[3], argv[4], argv[5],
                            argv[6],           {argv + 7, argv + argc}};
  const auto driven = drive(arguments);
  if (driven) return 0;
  fmt::print(stderr, "{}\n", driven.error().describe());
  return 1;
}
